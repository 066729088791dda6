/// What the facade asks of the runtime behind it. Programs never use this package; one runtime
/// implements it.
@NullMarked
package org.rayakka.api.runtime;

import org.jspecify.annotations.NullMarked;

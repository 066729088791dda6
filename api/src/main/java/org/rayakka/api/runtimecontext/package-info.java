/// What running code may ask about itself and its cluster.
@NullMarked
package org.rayakka.api.runtimecontext;

import org.jspecify.annotations.NullMarked;

/// The types of functions that run remotely: serialisable, by number of parameters.
@NullMarked
package org.rayakka.api.function;

import org.jspecify.annotations.NullMarked;

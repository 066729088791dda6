/// The surface a user's program compiles against: the {@link Ray} facade and the references,
/// handles and results that it hands out.
@NullMarked
package org.rayakka.api;

import org.jspecify.annotations.NullMarked;

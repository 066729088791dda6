/// A walk through the programming model, from the first `put` to actors. Start reading at {@link
/// Tutorial}.
@NullMarked
package org.rayakka.examples.tutorial;

import org.jspecify.annotations.NullMarked;

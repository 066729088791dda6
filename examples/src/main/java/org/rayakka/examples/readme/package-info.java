/// The program at the top of the README, compiled and run like any other.
@NullMarked
package org.rayakka.examples.readme;

import org.jspecify.annotations.NullMarked;

/// The example of the kit's README.
@NullMarked
package org.rayakka.testkit.readme;

import org.jspecify.annotations.NullMarked;

/// Rules that hold over all modules.
@NullMarked
package org.rayakka.architecture;

import org.jspecify.annotations.NullMarked;

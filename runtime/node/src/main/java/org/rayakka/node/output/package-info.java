/// What workers print, on its way to the driver that wants to see it.
@NullMarked
package org.rayakka.node.output;

import org.jspecify.annotations.NullMarked;

/// Wires one node together, starts its parts in order and stops them in the reverse order.
@NullMarked
package org.rayakka.node;

import org.jspecify.annotations.NullMarked;

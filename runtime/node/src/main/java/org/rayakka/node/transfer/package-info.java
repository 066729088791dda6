/// Moves objects from one node's store to another's, over Aeron. Nothing else in Rayakka sees
/// Aeron.
@NullMarked
package org.rayakka.node.transfer;

import org.jspecify.annotations.NullMarked;

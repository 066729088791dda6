/// Makes objects readable on this node, and lets go of those that nobody needs: who waits for what,
/// what was released, what was evicted and must come back. Called by the connections, the local
/// scheduler and Ray actors.
@NullMarked
package org.rayakka.node.object;

import org.jspecify.annotations.NullMarked;

/// Queues, dispatches or passes on the tasks that this node's clients submit. What decides is plain
/// classes; the actor carries messages.
@NullMarked
package org.rayakka.node.scheduling.local;

import org.jspecify.annotations.NullMarked;

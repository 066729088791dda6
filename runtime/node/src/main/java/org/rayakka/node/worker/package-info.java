/// Worker processes: started per job, watched, fed with tasks in lanes. Called by the schedulers
/// and by Ray actors; tells them through {@link org.rayakka.node.worker.WorkerEvent} what became of
/// their tasks.
@NullMarked
package org.rayakka.node.worker;

import org.jspecify.annotations.NullMarked;

package org.rayakka.client.execution;

import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.JobId;
import org.rayakka.client.submission.ClientRuntime;
import org.rayakka.client.submission.NodeSession;
import org.rayakka.client.submission.TaskContext;
import org.rayakka.protocol.TaskIds;

/// What `Ray` is to the tasks of a worker.
final class WorkerRuntime extends ClientRuntime {
  WorkerRuntime(NodeSession session, ClassLoader loader, long startupToken) {
    super(session, loader, outside(session.welcome(), startupToken), "worker");
  }

  /// For threads that no task has started: each worker has an id of its own to derive from.
  private static TaskContext outside(NodeSession.Welcome welcome, long startupToken) {
    JobId job = welcome.jobId();
    long seed =
        welcome.nodeId().low() ^ (startupToken << 32) ^ ProcessHandle.current().pid() ^ (1L << 62);
    return new TaskContext(
        job, TaskIds.ofDriver(job, seed), ActorId.NIL, "", new long[0], false, null, null);
  }
}

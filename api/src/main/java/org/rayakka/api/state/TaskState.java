package org.rayakka.api.state;

/// How far a task is.
public enum TaskState {
  /// Submitted; its arguments are not all there yet, or it awaits the global scheduler.
  WAITING,
  /// The global scheduler placed it on a node, which has not taken it yet.
  SCHEDULED,
  /// On the node that will run it, until a worker is free.
  QUEUED,
  /// A worker runs it.
  RUNNING,
  /// It ended, well or not.
  DONE,
  /// Its node or worker died, and it is not run again.
  LOST,
  /// It runs again because a result was lost.
  RECONSTRUCTING
}

package org.rayakka.node.control;

/// How far a task is. Its node's scheduler writes all of them but {@link #SCHEDULED}, which the
/// global scheduler writes, and {@link #RECONSTRUCTING}, which the object manager writes.
public enum TaskState {
  /// Submitted; its arguments are not all there yet, or it awaits the global scheduler.
  WAITING,
  /// The global scheduler placed it on a node, which has not taken it yet.
  SCHEDULED,
  /// On the node that will run it, until a worker is free.
  QUEUED,
  /// A worker runs it.
  RUNNING,
  /// It ended, well or not; its outputs are sealed.
  DONE,
  /// Its node or worker died, and it is not run again.
  LOST,
  /// It runs again because an output was lost.
  RECONSTRUCTING
}

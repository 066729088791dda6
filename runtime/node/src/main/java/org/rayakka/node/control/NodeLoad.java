package org.rayakka.node.control;

/// How busy a node is.
///
/// @param waitingTasks tasks that await arguments or a worker
/// @param runningTasks tasks that workers run
/// @param storeUsedBytes what its objects take
/// @param storeCapacityBytes what they may take
public record NodeLoad(
    int waitingTasks, int runningTasks, long storeUsedBytes, long storeCapacityBytes) {
  /// That of a node that has not reported any.
  public static final NodeLoad NONE = new NodeLoad(0, 0, 0, 0);
}

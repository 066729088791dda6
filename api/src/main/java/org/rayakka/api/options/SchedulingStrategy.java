package org.rayakka.api.options;

import org.rayakka.api.id.NodeId;

/// On which node of a cluster a task runs or an actor lives, of those that have its resources.
///
/// A task's objects may lie on any node; wherever it runs, it gets them.
public sealed interface SchedulingStrategy {
  /// The usual: a task runs on the node that it was submitted on while that can run it soon, and
  /// otherwise, as actors do from the start, where the fewest wait for each CPU.
  SchedulingStrategy DEFAULT = new Default();

  /// Evenly over all nodes, one after the other, whatever waits there: for what is better apart,
  /// such as readers of many disks, or one server on each node.
  SchedulingStrategy SPREAD = new Spread();

  /// On one node and no other. If it is not in the cluster, or is lost before the end, the task or
  /// actor fails with {@link org.rayakka.api.exception.TaskUnschedulableException}, or as it would
  /// whenever its node is lost.
  ///
  /// @param nodeId the node, as {@link
  ///   org.rayakka.api.runtimecontext.RuntimeContext#getAllNodeInfo()} lists it
  /// @return the strategy
  static SchedulingStrategy node(NodeId nodeId) {
    return new OnNode(nodeId, false);
  }

  /// On one node while it is in the cluster and has the resources, and otherwise as by {@link
  /// #DEFAULT}.
  ///
  /// @param nodeId the node, as {@link
  ///   org.rayakka.api.runtimecontext.RuntimeContext#getAllNodeInfo()} lists it
  /// @return the strategy
  static SchedulingStrategy preferNode(NodeId nodeId) {
    return new OnNode(nodeId, true);
  }

  /// The type of {@link #DEFAULT}.
  record Default() implements SchedulingStrategy {}

  /// The type of {@link #SPREAD}.
  record Spread() implements SchedulingStrategy {}

  /// A given node.
  ///
  /// @param nodeId which
  /// @param soft whether another will do if it cannot
  record OnNode(NodeId nodeId, boolean soft) implements SchedulingStrategy {
    /// Checks the node.
    public OnNode {
      if (nodeId == null || nodeId.isNil()) {
        throw new IllegalArgumentException("nodeId: " + nodeId + " (expected: the id of a node)");
      }
    }
  }
}

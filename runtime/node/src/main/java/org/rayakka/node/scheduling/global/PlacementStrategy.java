package org.rayakka.node.scheduling.global;

import org.rayakka.api.id.NodeId;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.Placement;

/// Which of the nodes that have its resources a task or an actor asks for.
///
/// @param placement how they are chosen
/// @param nodeId the node that it names or that has its arguments, or nil
/// @param bytes how much any other node would have to bring
public record PlacementStrategy(Placement placement, NodeId nodeId, long bytes) {
  /// Any node.
  public static final PlacementStrategy ANY = new PlacementStrategy(Placement.ANY, NodeId.NIL);

  /// A strategy that heeds no arguments.
  ///
  /// @param placement how nodes are chosen
  /// @param nodeId the node that it names, or nil
  public PlacementStrategy(Placement placement, NodeId nodeId) {
    this(placement, nodeId, 0);
  }

  /// Any node, and rather one that has large arguments.
  ///
  /// @param nodeId which has them
  /// @param bytes how large they are
  /// @return the strategy
  public static PlacementStrategy near(NodeId nodeId, long bytes) {
    return new PlacementStrategy(Placement.ANY, nodeId, bytes);
  }

  /// What a task or an actor asks for.
  ///
  /// @param spec the task, or the one that creates the actor
  /// @return its strategy
  public static PlacementStrategy of(TaskSpec spec) {
    return spec.placement() == Placement.ANY
        ? ANY
        : new PlacementStrategy(spec.placement(), spec.placementNode());
  }

  /// Whether a node that has the resources may run it without asking.
  ///
  /// @param here the node
  /// @param isAlone whether it knows of no other
  /// @return true if nobody else has to be asked
  public boolean isMetBy(NodeId here, boolean isAlone) {
    return switch (placement) {
      case SPREAD -> isAlone;
      case PREFERRED_NODE -> isAlone || nodeId.equals(here);
      case NODE -> nodeId.equals(here);
      default -> true;
    };
  }

  /// Whether what is placed by it may be placed again by where the shortest queue is.
  ///
  /// @return true if so
  public boolean isBalanced() {
    return placement == Placement.ANY;
  }

  /// Whether one more task may go where the last one went, for a while.
  ///
  /// @return true if so
  public boolean mayRepeat() {
    return placement != Placement.SPREAD && bytes == 0;
  }
}

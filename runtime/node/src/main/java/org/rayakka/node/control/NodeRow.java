package org.rayakka.node.control;

import java.util.Map;
import org.rayakka.api.id.NodeId;

/// A row of the {@link NodeTable}.
///
/// @param id the node
/// @param host its machine's name or address
/// @param address where its actor system listens
/// @param pid its process
/// @param isHead whether it is the head
/// @param resources what it has of each, by name; one CPU is 1.0
/// @param startMillis when it joined, since the epoch
/// @param heartbeatMillis its last sign of life, since the epoch
/// @param load how busy it was then
/// @param leftReason why it left; empty while it is a member
public record NodeRow(
    NodeId id,
    String host,
    String address,
    long pid,
    boolean isHead,
    Map<String, Double> resources,
    long startMillis,
    long heartbeatMillis,
    NodeLoad load,
    String leftReason) {
  /// Takes a copy of the resources.
  public NodeRow {
    resources = Map.copyOf(resources);
  }

  /// Whether it is a member.
  ///
  /// @return false once it left
  public boolean isAlive() {
    return leftReason.isEmpty();
  }
}

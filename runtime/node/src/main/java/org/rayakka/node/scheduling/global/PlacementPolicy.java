package org.rayakka.node.scheduling.global;

import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.rayakka.api.id.NodeId;

/// Chooses a node for what a local scheduler passed on: of those that have the resources at all,
/// the one with the shortest queue for its size.
final class PlacementPolicy {
  private PlacementPolicy() {}

  static Optional<NodeId> place(
      Map<String, Double> request, Collection<ClusterView.NodeLoad> nodes) {
    return nodes.stream()
        .filter(node -> node.covers(request))
        .min(
            Comparator.comparingDouble((ClusterView.NodeLoad node) ->
                    node.queued() / Math.max(1.0, node.total().getOrDefault("CPU", 1.0)))
                .thenComparing(ClusterView.NodeLoad::nodeId))
        .map(ClusterView.NodeLoad::nodeId);
  }

  /// Why nothing fits, for a person.
  static String infeasible(Map<String, Double> request, Collection<ClusterView.NodeLoad> nodes) {
    String have =
        nodes.stream()
            .map(node -> new TreeMap<>(node.total()).toString())
            .collect(Collectors.joining(", "));
    Map<String, Double> asked = new TreeMap<>(request);
    asked.values().removeIf(amount -> amount == 0);
    return "the task asks for " + asked + ", and no node has as much (nodes: " + have + ")";
  }
}

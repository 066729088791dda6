package org.rayakka.node.scheduling.global;

import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.rayakka.api.id.NodeId;

/// Chooses nodes for what a local scheduler passed on: for each task, of the nodes that have its
/// resources at all, the one with the shortest queue for its size.
final class PlacementPolicy {
  private static final Comparator<ClusterView.NodeLoad> SHORTEST_QUEUE =
      Comparator.comparingDouble(ClusterView.NodeLoad::queuedPerCpu)
          .thenComparing(ClusterView.NodeLoad::nodeId);

  private PlacementPolicy() {}

  /// Places tasks of one kind, and counts them as queued where they are placed.
  ///
  /// @param request what each needs
  /// @param count how many there are
  /// @param nodes the cluster
  /// @return how many go to which node; empty if no node has the resources
  static Map<NodeId, Integer> place(
      Map<String, Double> request, int count, Collection<ClusterView.NodeLoad> nodes) {
    PriorityQueue<ClusterView.NodeLoad> fitting = new PriorityQueue<>(SHORTEST_QUEUE);
    for (ClusterView.NodeLoad node : nodes) {
      if (node.covers(request)) {
        fitting.add(node);
      }
    }
    Map<NodeId, Integer> shares = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      ClusterView.NodeLoad node = fitting.poll();
      if (node == null) {
        break;
      }
      node.placed();
      shares.merge(node.nodeId(), 1, Integer::sum);
      fitting.add(node);
    }
    return shares;
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

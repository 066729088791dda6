package org.rayakka.node.scheduling.global;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.scheduling.global.ClusterView.NodeLoad;
import org.rayakka.protocol.sbe.Placement;

/// Chooses nodes for what a local scheduler passed on, of the nodes that have its resources at all:
/// for each task the one with the shortest queue for its size, or as its strategy says. What would
/// have to be brought to a node counts as a longer queue there.
final class PlacementPolicy {
  /// So much is brought while one task runs: ten milliseconds at one gigabyte a second.
  private static final double BYTES_PER_QUEUED_TASK = 10e6;

  /// How many were spread before: the next goes on from there.
  private int turn;

  /// Places tasks of one kind, and counts them as queued where they are placed.
  ///
  /// @param request what each needs
  /// @param strategy which nodes they ask for
  /// @param count how many there are
  /// @param nodes the cluster
  /// @return how many go to which node; empty if none will do
  Map<NodeId, Integer> place(
      Map<String, Double> request,
      PlacementStrategy strategy,
      int count,
      Collection<NodeLoad> nodes) {
    List<NodeLoad> fitting = new ArrayList<>();
    for (NodeLoad node : nodes) {
      if (node.covers(request)) {
        fitting.add(node);
      }
    }
    if (strategy.placement() == Placement.SPREAD) {
      return spread(fitting, count);
    }
    if (strategy.isBalanced()) {
      return balance(fitting, strategy, count);
    }
    for (NodeLoad node : fitting) {
      if (node.nodeId().equals(strategy.nodeId())) {
        node.placed(count);
        return Map.of(node.nodeId(), count);
      }
    }
    return strategy.placement() == Placement.NODE
        ? Map.of()
        : balance(fitting, PlacementStrategy.ANY, count);
  }

  private static Map<NodeId, Integer> balance(
      List<NodeLoad> fitting, PlacementStrategy strategy, int count) {
    double toBring = strategy.bytes() / BYTES_PER_QUEUED_TASK;
    PriorityQueue<NodeLoad> byQueue =
        new PriorityQueue<>(
            Comparator.comparingDouble((NodeLoad node) ->
                    node.queuedPerCpu() + (node.nodeId().equals(strategy.nodeId()) ? 0 : toBring))
                .thenComparing(NodeLoad::nodeId));
    byQueue.addAll(fitting);
    Map<NodeId, Integer> shares = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      NodeLoad node = byQueue.poll();
      if (node == null) {
        break;
      }
      node.placed(1);
      shares.merge(node.nodeId(), 1, Integer::sum);
      byQueue.add(node);
    }
    return shares;
  }

  private Map<NodeId, Integer> spread(List<NodeLoad> fitting, int count) {
    if (fitting.isEmpty()) {
      return Map.of();
    }
    fitting.sort(Comparator.comparing(NodeLoad::nodeId));
    Map<NodeId, Integer> shares = new TreeMap<>();
    for (int i = 0; i < Math.min(count, fitting.size()); i++) {
      NodeLoad node = fitting.get(Math.floorMod(turn + i, fitting.size()));
      int share = (count - i + fitting.size() - 1) / fitting.size();
      node.placed(share);
      shares.put(node.nodeId(), share);
    }
    turn += count;
    return shares;
  }

  /// Why none will do, for a person.
  static String infeasible(
      Map<String, Double> request, PlacementStrategy strategy, Collection<NodeLoad> nodes) {
    if (strategy.placement() == Placement.NODE) {
      for (NodeLoad node : nodes) {
        if (node.nodeId().equals(strategy.nodeId())) {
          return "the task asks for "
              + asked(request)
              + " on "
              + strategy.nodeId()
              + ", which has "
              + new TreeMap<>(node.total());
        }
      }
      return "the task asks for %s, which is not in the cluster (nodes: %s)"
          .formatted(
              strategy.nodeId(),
              nodes.stream()
                  .map(node -> node.nodeId().toString())
                  .sorted()
                  .collect(Collectors.joining(", ")));
    }
    String have =
        nodes.stream()
            .map(node -> new TreeMap<>(node.total()).toString())
            .collect(Collectors.joining(", "));
    return "the task asks for "
        + asked(request)
        + ", and no node has as much (nodes: "
        + have
        + ")";
  }

  private static Map<String, Double> asked(Map<String, Double> request) {
    Map<String, Double> asked = new TreeMap<>(request);
    asked.values().removeIf(amount -> amount == 0);
    return asked;
  }
}

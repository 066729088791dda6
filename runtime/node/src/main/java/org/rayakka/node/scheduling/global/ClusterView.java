package org.rayakka.node.scheduling.global;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.rayakka.api.id.NodeId;

/// What the global scheduler knows of the nodes, from what they report of themselves. Belongs to
/// the global scheduler.
final class ClusterView {

  /// A node as it described itself last.
  ///
  /// @param nodeId which
  /// @param total what it has of each resource
  /// @param queued how many of its tasks wait
  record NodeLoad(NodeId nodeId, Map<String, Double> total, int queued) {
    NodeLoad {
      total = Map.copyOf(total);
    }

    boolean covers(Map<String, Double> request) {
      return request.entrySet().stream()
          .allMatch(entry -> entry.getValue() <= total.getOrDefault(entry.getKey(), 0.0));
    }
  }

  private final Map<NodeId, NodeLoad> nodes = new HashMap<>();

  void update(NodeLoad node) {
    nodes.put(node.nodeId(), node);
  }

  void remove(NodeId nodeId) {
    nodes.remove(nodeId);
  }

  Collection<NodeLoad> nodes() {
    return nodes.values();
  }
}

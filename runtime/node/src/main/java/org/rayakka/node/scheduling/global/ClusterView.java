package org.rayakka.node.scheduling.global;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.rayakka.api.id.NodeId;

/// What the global scheduler knows of the nodes, from what they report of themselves and from what
/// it has placed since. Belongs to the global scheduler.
final class ClusterView {

  /// A node as it described itself last.
  static final class NodeLoad {
    private final NodeId nodeId;
    private final Map<String, Double> total;
    private int queued;

    /// Describes a node.
    ///
    /// @param nodeId which
    /// @param total what it has of each resource
    /// @param queued how many of its tasks wait or run
    NodeLoad(NodeId nodeId, Map<String, Double> total, int queued) {
      this.nodeId = nodeId;
      this.total = Map.copyOf(total);
      this.queued = queued;
    }

    NodeId nodeId() {
      return nodeId;
    }

    Map<String, Double> total() {
      return total;
    }

    /// How many tasks wait or run there for each of its CPUs.
    double queuedPerCpu() {
      return queued / Math.max(1.0, total.getOrDefault("CPU", 1.0));
    }

    /// It is given some more, of which its next report will tell.
    void placed(int count) {
      queued += count;
    }

    boolean covers(Map<String, Double> request) {
      for (Map.Entry<String, Double> entry : request.entrySet()) {
        if (entry.getValue() > total.getOrDefault(entry.getKey(), 0.0)) {
          return false;
        }
      }
      return true;
    }
  }

  private final Map<NodeId, NodeLoad> nodes = new HashMap<>();

  void update(NodeLoad node) {
    nodes.put(node.nodeId(), node);
  }

  /// A node tells how many of its tasks wait or run.
  void isQueued(NodeId nodeId, int queued) {
    NodeLoad node = nodes.get(nodeId);
    if (node != null) {
      node.queued = queued;
    }
  }

  void remove(NodeId nodeId) {
    nodes.remove(nodeId);
  }

  Collection<NodeLoad> nodes() {
    return nodes.values();
  }
}

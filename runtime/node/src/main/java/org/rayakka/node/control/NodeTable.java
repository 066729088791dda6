package org.rayakka.node.control;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.rayakka.api.id.NodeId;

/// The nodes of the cluster, for those who look; membership itself is the cluster's to decide.
public interface NodeTable {
  /// Records a node that joined, and publishes it to {@link Channel#NODES}.
  ///
  /// @param row the node
  void register(NodeRow row);

  /// Records a sign of life.
  ///
  /// @param node the node
  /// @param timeMillis when, since the epoch
  /// @param load how busy it is
  void heartbeat(NodeId node, long timeMillis, NodeLoad load);

  /// Records that a node left or died, and publishes it to {@link Channel#NODES}. Its row goes
  /// after a time.
  ///
  /// @param node the node
  /// @param timeMillis when, since the epoch
  /// @param reason why
  void left(NodeId node, long timeMillis, String reason);

  /// Looks one up.
  ///
  /// @param node which
  /// @return its row, if there is one
  CompletionStage<Optional<NodeRow>> find(NodeId node);

  /// Lists the nodes, in no particular order.
  ///
  /// @return the rows
  CompletionStage<List<NodeRow>> list();
}

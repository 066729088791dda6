package org.rayakka.api.runtimecontext;

import java.util.Map;
import org.rayakka.api.id.NodeId;

/// A node as the cluster knows it.
///
/// @param nodeId its id
/// @param nodeAddress its IP address
/// @param nodeHostname its host name
/// @param nodeManagerPort the port on which it talks to other nodes
/// @param objectStoreSocketName the file in which its object store is mapped
/// @param isAlive whether it is a member of the cluster
/// @param resources what it has in all, by resource
/// @param labels what it is labelled with
public record NodeInfo(
    NodeId nodeId,
    String nodeAddress,
    String nodeHostname,
    int nodeManagerPort,
    String objectStoreSocketName,
    boolean isAlive,
    Map<String, Double> resources,
    Map<String, String> labels) {
  /// Copies the maps.
  public NodeInfo {
    resources = Map.copyOf(resources);
    labels = Map.copyOf(labels);
  }
}

package org.rayakka.node.connection;

import java.nio.file.Path;
import org.rayakka.api.id.NodeId;

/// What a client is told of its node, and what the node checks it by.
///
/// @param nodeId which node
/// @param sessionDirectory its session folder
/// @param segmentPath where the object store is mapped from
/// @param storeCapacity in bytes
/// @param address the node's host name or address
/// @param redisAddress `host:port` of the primary
/// @param secret what a client must know
/// @param taskWorkers how many workers a job starts with
public record NodeFacts(
    NodeId nodeId,
    Path sessionDirectory,
    Path segmentPath,
    long storeCapacity,
    String address,
    String redisAddress,
    String secret,
    int taskWorkers) {

  @Override
  public String toString() {
    // Without the secret.
    return nodeId + " at " + address;
  }
}

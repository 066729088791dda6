package org.rayakka.node.connection;

import java.nio.file.Path;
import java.util.List;
import org.rayakka.api.id.NodeId;

/// What a client is told of its node, and what the node checks it by.
///
/// @param nodeId which node
/// @param sessionDirectory its session folder
/// @param segmentPath where the object store is mapped from
/// @param storeCapacity in bytes
/// @param address the node's host name or address
/// @param redisAddresses `host:port` of each Redis server, the primary first
/// @param secret what a client must know
/// @param taskWorkers how many workers a job starts with
public record NodeFacts(
    NodeId nodeId,
    Path sessionDirectory,
    Path segmentPath,
    long storeCapacity,
    String address,
    List<String> redisAddresses,
    String secret,
    int taskWorkers) {
  /// Takes a copy of the addresses.
  public NodeFacts {
    redisAddresses = List.copyOf(redisAddresses);
  }

  @Override
  public String toString() {
    // Without the secret.
    return nodeId + " at " + address;
  }
}

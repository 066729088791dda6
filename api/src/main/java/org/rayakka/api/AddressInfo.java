package org.rayakka.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the processes are that this driver is connected to. Empty strings stand for processes that
/// do not exist, as in the local mode.
///
/// @param nodeIpAddress the IP address of this node
/// @param redisAddress host and port of the primary Redis server
/// @param redisShardAddresses hosts and ports of the other Redis servers
/// @param objectStoreAddress the file in which the object store of this node is mapped
/// @param objectManagerAddress where the object manager of this node takes objects from others
/// @param localSchedulerAddress the socket of this node's scheduler
/// @param sessionDirectory the folder of this session's files
/// @param webUrl the page that shows the cluster, or null if there is none
public record AddressInfo(
    String nodeIpAddress,
    String redisAddress,
    List<String> redisShardAddresses,
    String objectStoreAddress,
    String objectManagerAddress,
    String localSchedulerAddress,
    String sessionDirectory,
    @Nullable String webUrl) {
  /// Copies the list.
  public AddressInfo {
    redisShardAddresses = List.copyOf(redisShardAddresses);
  }
}

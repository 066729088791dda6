package org.rayakka.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.util.Optional;
import org.rayakka.api.options.InitOptions;
import org.rayakka.node.control.redis.RedisAddress;

/// A session of this machine whose node serves.
///
/// @param folder its folder
/// @param isHead whether its node is the head of its cluster
/// @param nodeIpAddress that other nodes reach its node by
/// @param redisAddress of the primary Redis server
/// @param pid of its node
record RunningSession(
    SessionFolder folder, boolean isHead, String nodeIpAddress, String redisAddress, long pid) {

  /// Reads a session's address file.
  ///
  /// @param folder the session's folder, or any other
  /// @return empty if no node serves there
  static Optional<RunningSession> of(SessionFolder folder) {
    if (!Files.exists(folder.socket()) || folder.isDead()) {
      return Optional.empty();
    }
    try {
      Config parts = ConfigFactory.parseFile(folder.addressFile().toFile());
      return Optional.of(
          new RunningSession(
              folder,
              parts.getBoolean("head"),
              parts.getString("node-ip-address"),
              parts.getString("redis-address"),
              parts.getLong("node-pid")));
    } catch (ConfigException e) {
      return Optional.empty(); // It is not up yet, or has just ended.
    }
  }

  /// Whether its node ends with the program that started it.
  boolean isOwned() {
    return NodeLaunch.read(folder.settingsFile().toFile()).isOwned();
  }

  /// Whether it belongs to a cluster.
  ///
  /// @param address `auto` for any, `host:port` or `redis://host:port`
  boolean isOf(String address) {
    if (address.equals(InitOptions.AUTO)) {
      return true;
    }
    RedisAddress wanted = NodeAddress.primary(address);
    RedisAddress mine = RedisAddress.parse(redisAddress);
    return wanted.port() == mine.port() && isSameHost(wanted.host(), mine.host());
  }

  private static boolean isSameHost(String wanted, String mine) {
    if (wanted.equals(mine)) {
      return true;
    }
    try {
      return InetAddress.getByName(wanted).equals(InetAddress.getByName(mine));
    } catch (UnknownHostException e) {
      return false;
    }
  }
}

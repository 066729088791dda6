package org.rayakka.node.control.redis;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.agrona.concurrent.SystemNanoClock;
import org.rayakka.node.control.ControlStateException;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/// What a joining node must know of a cluster before it can open the tables: the hash `cluster` of
/// the primary. The head writes it before it serves anybody.
///
/// @param version of Rayakka, the same on all nodes
/// @param servers all Redis servers, the primary first
public record ClusterDescription(String version, List<RedisAddress> servers) {
  private static final String KEY = "cluster";
  private static final String VERSION = "version";
  private static final String SERVERS = "servers";

  /// Copies the list.
  public ClusterDescription {
    servers = List.copyOf(servers);
  }

  /// Writes it, and returns when the primary has it.
  ///
  /// @param settings how the primary is reached
  /// @throws ControlStateException if it does not take it
  public void write(RedisSettings settings) {
    String addresses =
        servers.stream().map(RedisAddress::toString).collect(Collectors.joining(","));
    try (Jedis primary = new Servers(settings).openForReads(Servers.PRIMARY)) {
      primary.hset(KEY, Map.of(VERSION, version, SERVERS, addresses));
    } catch (JedisException e) {
      throw new ControlStateException(
          "the description of the cluster cannot be written: " + e.getMessage(), e);
    }
  }

  /// Reads it; tries again while the primary is not there.
  ///
  /// @param settings how the primary is reached
  /// @param atMost how long to try
  /// @return what the head wrote
  /// @throws ControlStateException if there is none; the message says why
  public static ClusterDescription read(RedisSettings settings, Duration atMost) {
    RedisAddress primary = settings.shards().getFirst();
    RedisSettings patient = settings.withDeadlines(atMost, settings.closeTimeout());
    Map<String, String> fields;
    try (Reader reader =
        new Reader(
            new Servers(patient), patient, SystemNanoClock.INSTANCE, "control-description")) {
      fields =
          reader
              .read("the cluster at " + primary, source -> source.at(Servers.PRIMARY).hgetAll(KEY))
              .toCompletableFuture()
              .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ControlStateException refused) {
        throw refused;
      }
      throw e;
    }
    String version = fields.get(VERSION);
    String servers = fields.get(SERVERS);
    if (version == null || servers == null) {
      throw new ControlStateException(
          "redis address: %s describes no cluster (expected: the Redis of a head)"
              .formatted(primary));
    }
    return new ClusterDescription(
        version, Arrays.stream(servers.split(",", -1)).map(RedisAddress::parse).toList());
  }
}

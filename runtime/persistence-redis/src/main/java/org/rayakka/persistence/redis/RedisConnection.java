package org.rayakka.persistence.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import akka.actor.ActorSystem;
import com.typesafe.config.Config;
import java.util.function.Supplier;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisConnectionException;

/// The server and what its keys are called.
record RedisConnection(
    String host,
    int port,
    String username,
    String password,
    String keyPrefix,
    int connectMillis,
    int replyMillis) {

  private static final String SHARED = "akka-persistence-redis.redis";

  /// Reads a plugin's block.
  ///
  /// @param system whose settings hold what plugins share
  /// @param plugin the plugin's block, with a block `redis` of what differs
  static RedisConnection of(ActorSystem system, Config plugin) {
    Config config =
        plugin.getConfig("redis").withFallback(system.settings().config().getConfig(SHARED));
    return new RedisConnection(
        config.getString("host"),
        config.getInt("port"),
        config.getString("username"),
        config.getString("password"),
        config.getString("key-prefix"),
        (int) config.getDuration("connect-timeout").toMillis(),
        (int) config.getDuration("reply-timeout").toMillis());
  }

  RedisClient open() {
    DefaultJedisClientConfig.Builder client =
        DefaultJedisClientConfig.builder()
            .resp2()
            .connectionTimeoutMillis(connectMillis)
            .socketTimeoutMillis(replyMillis);
    if (!username.isEmpty()) {
      client.user(username);
    }
    if (!password.isEmpty()) {
      client.password(password);
    }
    return RedisClient.builder()
        .hostAndPort(new HostAndPort(host, port))
        .clientConfig(client.build())
        .build();
  }

  /// Reads, and once again if the connection turns out to be broken: the server may have been
  /// restarted since it was used last.
  static <T> T read(RedisClient client, Supplier<T> read) {
    try {
      return read.get();
    } catch (JedisConnectionException e) {
      client.getPool().clear();
      return read.get();
    }
  }

  /// A sequence number as a score: exact up to 2^53, the last that any actor will reach; beyond are
  /// only bounds that stand for "all".
  static double score(long sequenceNr) {
    return (double) sequenceNr;
  }

  byte[] key(String kind, String persistenceId) {
    return (keyPrefix + kind + ":" + persistenceId).getBytes(UTF_8);
  }

  @Override
  public String toString() {
    // Without the password.
    return "redis " + host + ":" + port;
  }
}

package org.rayakka.node.control.redis;

import java.time.Duration;
import org.rayakka.api.id.TaskId;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.SslOptions;

/// The servers: opens connections to them, and says which holds what.
final class Servers {
  /// The server of everything but tasks and objects.
  static final int PRIMARY = 0;

  private static final long GOLDEN_RATIO = 0x9E37_79B9_7F4A_7C15L;

  private final RedisSettings settings;

  Servers(RedisSettings settings) {
    this.settings = settings;
  }

  int count() {
    return settings.shards().size();
  }

  RedisAddress address(int shard) {
    return settings.shards().get(shard);
  }

  /// Where a task and its objects are. A task's id is a hash already; multiplying brings all its
  /// bits to bear, should ids ever be numbered.
  int of(TaskId task) {
    return of(task.high(), task.low());
  }

  int of(long taskHigh, long taskLow) {
    int others = count() - 1;
    long spread = ((taskHigh ^ Long.rotateLeft(taskLow, 32)) * GOLDEN_RATIO) >>> 33;
    return others == 0 ? PRIMARY : 1 + (int) (spread % others);
  }

  /// The first of the servers that hold tasks and objects; they go on to the last.
  int firstOfTasks() {
    return count() == 1 ? PRIMARY : 1;
  }

  Connection open(int shard) {
    Connection connection = new Connection(target(shard), config(settings.replyTimeout()));
    connection.connect();
    return connection;
  }

  Jedis openForReads(int shard) {
    Jedis jedis = new Jedis(target(shard), config(settings.replyTimeout()));
    jedis.connect();
    return jedis;
  }

  /// Opens a connection to wait on.
  ///
  /// @param silence how long the server may say nothing
  Jedis openForWaiting(int shard, Duration silence) {
    Jedis jedis = new Jedis(target(shard), config(silence));
    jedis.connect();
    return jedis;
  }

  private HostAndPort target(int shard) {
    RedisAddress address = address(shard);
    return new HostAndPort(address.host(), address.port());
  }

  private DefaultJedisClientConfig config(Duration replyTimeout) {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .resp2()
            .connectionTimeoutMillis(Math.toIntExact(settings.connectTimeout().toMillis()))
            .socketTimeoutMillis(Math.toIntExact(replyTimeout.toMillis()))
            .blockingSocketTimeoutMillis(Math.toIntExact(replyTimeout.toMillis()))
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
    if (settings.isTls()) {
      config.sslOptions(SslOptions.defaults());
    }
    if (!settings.username().isEmpty()) {
      config.user(settings.username());
    }
    if (!settings.password().isEmpty()) {
      config.password(settings.password());
    }
    return config.build();
  }
}

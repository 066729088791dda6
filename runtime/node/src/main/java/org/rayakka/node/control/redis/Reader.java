package org.rayakka.node.control.redis;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.agrona.concurrent.NanoClock;
import org.rayakka.node.control.ControlStateException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/// Reads from the servers, on one thread with connections of its own: one read after the other, and
/// each again while the servers are away, until its deadline.
///
/// The connections belong to the reader's thread.
final class Reader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reader.class);

  /// How many reads may wait; more are refused.
  private static final int QUEUE_LIMIT = 10_000;

  /// The connections of one read.
  interface Source {
    /// That to a server, opened if need be.
    Jedis at(int shard);
  }

  private final Servers servers;
  private final RedisSettings settings;
  private final NanoClock clock;
  private final String name;
  private final ThreadPoolExecutor executor;
  private final Map<Integer, Jedis> connections = new HashMap<>();

  Reader(Servers servers, RedisSettings settings, NanoClock clock, String name) {
    this.servers = servers;
    this.settings = settings;
    this.clock = clock;
    this.name = name;
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE_LIMIT),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /// Reads when its turn comes.
  ///
  /// @param what what the error message calls it
  /// @param read asks the servers; may be called again after a failure
  <T> CompletionStage<T> read(String what, Function<Source, T> read) {
    CompletableFuture<T> result = new CompletableFuture<>();
    long deadlineNanos = clock.nanoTime() + settings.readDeadline().toNanos();
    try {
      executor.execute(() -> {
        try {
          result.complete(attempt(what, read, deadlineNanos));
        } catch (RuntimeException failure) {
          result.completeExceptionally(failure);
        }
      });
    } catch (RejectedExecutionException refused) {
      result.completeExceptionally(
          new ControlStateException(
              executor.isShutdown()
                  ? what + ": closed"
                  : what + ": " + QUEUE_LIMIT + " reads wait already",
              refused));
    }
    return result;
  }

  private <T> T attempt(String what, Function<Source, T> read, long deadlineNanos) {
    long delayNanos = settings.retryDelay().toNanos();
    while (true) {
      try {
        return read.apply(this::connection);
      } catch (JedisException failure) {
        dropConnections();
        boolean canPass =
            failure instanceof JedisConnectionException
                || (failure instanceof JedisDataException && isLoading(failure));
        long rest = deadlineNanos - clock.nanoTime();
        if (!canPass || rest <= 0 || executor.isShutdown()) {
          throw new ControlStateException(what + ": " + failure.getMessage(), failure);
        }
        LockSupport.parkNanos(this, Math.min(rest, delayNanos));
        delayNanos = Math.min(2 * delayNanos, settings.maxRetryDelay().toNanos());
      }
    }
  }

  private static boolean isLoading(JedisException failure) {
    String message = failure.getMessage();
    return message != null && message.startsWith("LOADING");
  }

  private Jedis connection(int shard) {
    return connections.computeIfAbsent(shard, servers::openForReads);
  }

  private void dropConnections() {
    for (Jedis connection : connections.values()) {
      try {
        connection.close();
      } catch (JedisException broken) {
        LOG.debug("{} close: {}", name, broken.toString());
      }
    }
    connections.clear();
  }

  /// Ends the reads that wait with an error, and that in progress when it next fails or ends.
  @Override
  public void close() {
    executor.execute(this::dropConnections);
    executor.shutdown();
    try {
      if (!executor.awaitTermination(settings.closeTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
        executor.shutdownNow();
        executor.awaitTermination(Duration.ofSeconds(1).toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

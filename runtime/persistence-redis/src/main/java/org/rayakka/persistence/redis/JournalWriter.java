package org.rayakka.persistence.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;

/// The one thread that changes the journal, so that what one persistent actor asks for is done in
/// its order. All that has gathered while one round trip was under way leaves in the next: a busy
/// journal needs fewer of them.
///
/// Every change is one script, which Redis runs as a whole: it is done or it is not. A write that
/// fails is not tried again, since a script whose answer was lost may have run; what may run twice
/// is, once.
final class JournalWriter implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
  private static final int MAX_BATCH = 1_000;

  /// The highest sequence number that was ever written: kept beside the events when they are
  /// deleted.
  private static final String HIGHEST =
      """
      local highest = tonumber(redis.call('GET', KEYS[2]) or '0')
      local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
      if last[2] and tonumber(last[2]) > highest then highest = tonumber(last[2]) end
      """;

  /// Of two writers with one persistence id, the later finds its numbers taken.
  private static final String WRITE =
      HIGHEST
          + """
          if tonumber(ARGV[1]) <= highest then
            return redis.error_reply('TAKEN ' .. string.format('%.0f', highest))
          end
          for i = 1, #ARGV, 2 do redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1]) end
          return 0
          """;

  private static final String READ_HIGHEST = HIGHEST + "return string.format('%.0f', highest)";

  private static final String DELETE =
      HIGHEST
          + """
          if highest > 0 then redis.call('SET', KEYS[2], string.format('%.0f', highest)) end
          return redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
          """;

  private enum Script {
    WRITE(JournalWriter.WRITE, false),
    READ_HIGHEST(JournalWriter.READ_HIGHEST, true),
    DELETE(JournalWriter.DELETE, true);

    final String text;
    final boolean isRepeatable;

    Script(String text, boolean isRepeatable) {
      this.text = text;
      this.isRepeatable = isRepeatable;
    }
  }

  /// A change, and who waits for it.
  private record Change(
      Script script, List<byte[]> keys, List<byte[]> arguments, CompletableFuture<Object> done) {}

  private static final Change END =
      new Change(Script.READ_HIGHEST, List.of(), List.of(), new CompletableFuture<>());

  private final RedisConnection connection;
  private final RedisClient client;
  private final BlockingQueue<Change> waiting;
  private final int maxWaiting;
  private final Thread thread;

  JournalWriter(RedisConnection connection, RedisClient client, int maxWaiting) {
    this.connection = connection;
    this.client = client;
    this.maxWaiting = maxWaiting;
    waiting = new LinkedBlockingQueue<>(maxWaiting);
    thread = Thread.ofPlatform().name("redis-journal").daemon().start(this::run);
  }

  /// Writes events of one actor, all or none.
  ///
  /// @param events number, bytes, number, bytes, …
  CompletableFuture<Object> write(String persistenceId, List<byte[]> events) {
    return change(Script.WRITE, persistenceId, events);
  }

  /// The highest number that was ever written, 0 for none.
  CompletableFuture<Long> readHighest(String persistenceId) {
    return change(Script.READ_HIGHEST, persistenceId, List.of())
        .thenApply(answer -> Long.parseLong(new String((byte[]) answer, UTF_8)));
  }

  /// Deletes events up to a number.
  CompletableFuture<Object> delete(String persistenceId, String upTo) {
    return change(Script.DELETE, persistenceId, List.of(upTo.getBytes(UTF_8)));
  }

  private CompletableFuture<Object> change(
      Script script, String persistenceId, List<byte[]> arguments) {
    Change change =
        new Change(
            script,
            List.of(
                connection.key("events", persistenceId), connection.key("highest", persistenceId)),
            arguments,
            new CompletableFuture<>());
    if (!waiting.offer(change)) {
      change
          .done()
          .completeExceptionally(
              new IllegalStateException(
                  "max-waiting-writes: " + maxWaiting + " wait for " + connection + " already"));
    }
    return change.done();
  }

  private void run() {
    List<Change> batch = new ArrayList<>();
    try {
      while (true) {
        batch.add(waiting.take());
        waiting.drainTo(batch, MAX_BATCH - 1);
        boolean isLast = batch.remove(END);
        carryOut(batch, true);
        batch.clear();
        if (isLast) {
          return;
        }
      }
    } catch (InterruptedException e) {
      LOG.warn("the journal's writer was interrupted: {} writes are left", waiting.size());
    }
  }

  private void carryOut(List<Change> batch, boolean mayRepeat) {
    List<Response<Object>> answers = new ArrayList<>(batch.size());
    try (AbstractPipeline pipeline = client.pipelined()) {
      for (Change change : batch) {
        answers.add(
            pipeline.eval(change.script().text.getBytes(UTF_8), change.keys(), change.arguments()));
      }
      pipeline.sync();
    } catch (RuntimeException e) {
      client.getPool().clear();
      List<Change> again = new ArrayList<>();
      for (Change change : batch) {
        if (mayRepeat && change.script().isRepeatable) {
          again.add(change);
        } else {
          change.done().completeExceptionally(e);
        }
      }
      if (!again.isEmpty()) {
        carryOut(again, false);
      }
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      Change change = batch.get(i);
      try {
        change.done().complete(answers.get(i).get());
      } catch (JedisDataException e) {
        change.done().completeExceptionally(refused(change, e));
      }
    }
  }

  private static RuntimeException refused(Change change, JedisDataException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith("TAKEN")
        ? new IllegalStateException(
            "sequence number: "
                + new String(change.arguments().getFirst(), UTF_8)
                + " (expected: more than"
                + message.substring("TAKEN".length())
                + ", the highest that was written; another writer has the same persistence id)",
            e)
        : e;
  }

  /// Carries out what waits, and ends.
  @Override
  public void close() {
    try {
      waiting.put(END);
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

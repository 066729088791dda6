package org.rayakka.node.control.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;
import org.rayakka.node.control.ControlStateException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/// Writes one shard's rows, behind those who change them.
///
/// Callers put changes into a queue; the writer's own thread takes them out, merges each into the
/// row that is pending under its key, and writes the oldest rows in large batches. A row leaves the
/// map when the server has confirmed it, so that an outage loses nothing: the same batch, with
/// later changes merged in, is sent again until it succeeds.
///
/// All fields but the queue and the volatile ones belong to the writer's thread.
final class ShardWriter implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ShardWriter.class);

  /// How many changes are taken from the queue before the writer looks up.
  private static final int DRAIN_LIMIT = 16_384;

  private static final long NONE = Long.MIN_VALUE;

  private record Waiting(long sequence, CompletableFuture<Void> done) {}

  private final Servers servers;
  private final int shard;
  private final RedisSettings settings;
  private final Backlog backlog;
  private final NanoClock clock;
  private final Thread thread;

  private final Queue<Write> queue = new ConcurrentLinkedQueue<>();
  private volatile boolean isParked;
  private volatile boolean isClosing;
  private volatile boolean isEnded;
  private volatile long oldestNanos = NONE;
  private volatile @Nullable Connection connection;

  private final Map<Object, PendingRow> rows = new LinkedHashMap<>();
  private final Deque<Waiting> flushes = new ArrayDeque<>();
  private long nextSequence;
  private long closeNanos;
  private long retryNanos;
  private long retryDelayNanos;
  private boolean isAway;

  ShardWriter(
      Servers servers, int shard, RedisSettings settings, Backlog backlog, NanoClock clock) {
    this.servers = servers;
    this.shard = shard;
    this.settings = settings;
    this.backlog = backlog;
    this.clock = clock;
    retryDelayNanos = settings.retryDelay().toNanos();
    retryNanos = clock.nanoTime();
    thread = new Thread(this, "control-writer-" + shard);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  // For any thread

  void write(Write.Change change) {
    if (isClosing) {
      return;
    }
    backlog.add(1, change.bytes());
    queue.add(change);
    if (isParked) {
      isParked = false;
      LockSupport.unpark(thread);
    }
  }

  CompletionStage<Void> flush() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    queue.add(new Write.Flush(clock.nanoTime(), done));
    LockSupport.unpark(thread);
    if (isEnded) {
      failQueuedFlushes();
    }
    return done;
  }

  Duration lag() {
    long oldest = oldestNanos;
    if (oldest == NONE) {
      Write head = queue.peek();
      if (head == null) {
        return Duration.ZERO;
      }
      oldest = head.nanos();
    }
    return Duration.ofNanos(Math.max(0, clock.nanoTime() - oldest));
  }

  void beginClose() {
    isClosing = true;
    LockSupport.unpark(thread);
  }

  /// Waits for the thread to end, and breaks its connection if it does not end in time.
  void awaitEnd(long deadlineNanos) {
    try {
      thread.join(Duration.ofNanos(Math.max(1, deadlineNanos - clock.nanoTime())));
      if (thread.isAlive()) {
        Connection current = connection;
        if (current != null) {
          current.forceDisconnect();
        }
        thread.join(settings.connectTimeout());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (IOException broken) {
      LOG.debug("redis={} disconnect: {}", servers.address(shard), broken.toString());
    }
  }

  // The writer's thread

  @Override
  public void run() {
    try {
      while (doWork()) {
        // Each turn is bounded: it merges some changes, then writes one batch or parks.
      }
    } catch (RuntimeException defect) {
      LOG.error("redis={} writer ends by a defect", servers.address(shard), defect);
      throw defect;
    } finally {
      isEnded = true;
      disconnect();
      if (!rows.isEmpty()) {
        LOG.warn("redis={} closed with unwrittenRows={}", servers.address(shard), rows.size());
      }
      ControlStateException closed = closed();
      flushes.forEach(flush -> flush.done().completeExceptionally(closed));
      failQueuedFlushes();
    }
  }

  private boolean doWork() {
    boolean isDrained = drain();
    long now = clock.nanoTime();
    completeFlushes();
    if (isClosing) {
      if (closeNanos == 0) {
        closeNanos = now + settings.closeTimeout().toNanos();
      }
      if ((rows.isEmpty() && isDrained) || now - closeNanos >= 0) {
        return false;
      }
    }
    if (rows.isEmpty()) {
      if (isDrained) {
        parkUntilChanged();
      }
      return true;
    }
    long rest = writeAtNanos(now) - now;
    if (rest > 0) {
      if (isDrained) {
        LockSupport.parkNanos(this, rest);
      }
      return true;
    }
    writeOldest();
    return true;
  }

  /// When the next batch is due: at once if someone waits for it or it is large; else after the
  /// delay in which rows gather; not before the next attempt if the server is away.
  private long writeAtNanos(long now) {
    long due =
        !flushes.isEmpty() || isClosing || rows.size() >= settings.rowsPerRoundTrip()
            ? now
            : oldestNanos + settings.writeDelay().toNanos();
    return isAway && retryNanos - due > 0 ? retryNanos : due;
  }

  /// Takes changes from the queue.
  ///
  /// @return true if none is left in it
  private boolean drain() {
    for (int i = 0; i < DRAIN_LIMIT; i++) {
      Write write = queue.poll();
      switch (write) {
        case null -> {
          return true;
        }
        case Write.Change change -> merge(change);
        case Write.Flush flush -> flushes.add(new Waiting(nextSequence, flush.done()));
      }
    }
    return false;
  }

  private void merge(Write.Change change) {
    Object key = change.key();
    PendingRow row = rows.get(key);
    boolean begins = row == null;
    long bytesBefore = 0;
    if (row == null) {
      row = change.begin(nextSequence++);
      if (rows.isEmpty()) {
        oldestNanos = change.nanos();
      }
      rows.put(key, row);
    } else {
      bytesBefore = row.bytes;
    }
    if (row.merge(change)) {
      backlog.add(begins ? 0 : -1, row.bytes - bytesBefore - change.bytes());
    } else {
      rows.remove(key);
      backlog.add(begins ? -1 : -2, -bytesBefore - change.bytes());
      noteOldest();
    }
  }

  private void noteOldest() {
    oldestNanos = rows.isEmpty() ? NONE : rows.values().iterator().next().nanos;
  }

  private void completeFlushes() {
    if (flushes.isEmpty()) {
      return;
    }
    long oldest = rows.isEmpty() ? nextSequence : rows.values().iterator().next().sequence;
    while (!flushes.isEmpty() && flushes.element().sequence() <= oldest) {
      flushes.remove().done().complete(null);
    }
  }

  private void parkUntilChanged() {
    isParked = true;
    // A caller that did not see the flag has put its change before this looks.
    if (queue.isEmpty() && !isClosing) {
      LockSupport.park(this);
    }
    isParked = false;
  }

  private void writeOldest() {
    Batch batch = new Batch(settings.rowsPerCommand());
    int count = 0;
    long bytes = 0;
    for (PendingRow row : rows.values()) {
      if (count == settings.rowsPerRoundTrip()
          || (count > 0 && bytes + row.bytes > settings.bytesPerRoundTrip())) {
        break;
      }
      row.encode(batch);
      bytes += row.bytes;
      count++;
    }
    try {
      Connection current = connection;
      if (current == null) {
        current = servers.open(shard);
        connection = current;
      }
      batch.write(current);
    } catch (JedisException failure) {
      holdBack(failure);
      return;
    }
    if (isAway) {
      LOG.info("redis={} is back pendingRows={}", servers.address(shard), rows.size());
      isAway = false;
      retryDelayNanos = settings.retryDelay().toNanos();
    }
    Iterator<PendingRow> written = rows.values().iterator();
    for (int i = 0; i < count; i++) {
      written.next();
      written.remove();
    }
    backlog.add(-count, -bytes);
    noteOldest();
    completeFlushes();
  }

  /// Keeps the rows for another attempt. A refusal (out of memory, still loading, read-only) is
  /// treated like an absence: both can pass, and no row may be dropped.
  private void holdBack(JedisException failure) {
    if (!(failure instanceof JedisDataException)) {
      disconnect();
    }
    if (!isAway) {
      isAway = true;
      retryDelayNanos = settings.retryDelay().toNanos();
      LOG.warn(
          "redis={} does not take rows, holding pendingRows={}: {}",
          servers.address(shard),
          rows.size(),
          failure.toString());
    }
    retryNanos = clock.nanoTime() + retryDelayNanos;
    retryDelayNanos = Math.min(2 * retryDelayNanos, settings.maxRetryDelay().toNanos());
  }

  private void disconnect() {
    Connection current = connection;
    connection = null;
    if (current != null) {
      try {
        current.close();
      } catch (JedisException broken) {
        LOG.debug("redis={} close: {}", servers.address(shard), broken.toString());
      }
    }
  }

  private void failQueuedFlushes() {
    for (Write write = queue.poll(); write != null; write = queue.poll()) {
      if (write instanceof Write.Flush flush) {
        flush.done().completeExceptionally(closed());
      }
    }
  }

  private ControlStateException closed() {
    return new ControlStateException("redis: " + servers.address(shard) + ": closed");
  }
}

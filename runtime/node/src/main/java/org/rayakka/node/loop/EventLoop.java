package org.rayakka.node.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One thread that waits for sockets and runs what it is given.
///
/// A turn of the loop: run what was given (at most {@link #TASKS_PER_TURN}), flush the channels
/// that were written to, then look for sockets that are ready, waiting only if nothing is left to
/// run. So all that one turn writes to a client leaves in one write, and an answer to a single
/// message leaves at once.
///
/// {@link #execute} may be called by any thread; everything else belongs to the loop's thread,
/// unless it says otherwise. What runs here must never block.
public final class EventLoop implements Executor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

  /// So many tasks run before sockets are looked at again.
  private static final int TASKS_PER_TURN = 1024;

  private static final ConcurrentHashMap<Long, EventLoop> LOOPS = new ConcurrentHashMap<>();
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final long number = NUMBERS.incrementAndGet();
  private final Selector selector;
  private final Thread thread;
  private final ArrayDeque<Runnable> own = new ArrayDeque<>();
  private final ConcurrentLinkedQueue<Runnable> given = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean awake = new AtomicBoolean(true);
  private final List<Flushable> dirty = new ArrayList<>();
  private volatile boolean running = true;

  /// What has bytes to write at the end of a turn.
  @FunctionalInterface
  public interface Flushable {
    /// Writes what it can without blocking.
    void flush();
  }

  /// What to do when a socket is ready.
  @FunctionalInterface
  public interface ReadyHandler {
    /// The socket of the key is ready for what the key says.
    ///
    /// @param key the socket's key
    void onReady(SelectionKey key);
  }

  private EventLoop(String name) throws IOException {
    selector = Selector.open();
    thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  /// Starts a loop.
  ///
  /// @param name of its thread
  /// @return the running loop
  /// @throws IOException if the system gives no selector
  public static EventLoop start(String name) throws IOException {
    EventLoop loop = new EventLoop(name);
    LOOPS.put(loop.number, loop);
    loop.thread.start();
    return loop;
  }

  /// The number by which a dispatcher's configuration names this loop.
  ///
  /// @return the number, unique in this JVM
  public long number() {
    return number;
  }

  /// The running loop of a number.
  ///
  /// @param number what {@link #number} returned
  /// @return the loop
  /// @throws IllegalArgumentException if no such loop runs
  static EventLoop numbered(long number) {
    EventLoop loop = LOOPS.get(number);
    if (loop == null) {
      throw new IllegalArgumentException(
          "event loop: " + number + " (expected: one of " + LOOPS.keySet() + ")");
    }
    return loop;
  }

  /// Whether the caller is the loop's thread.
  ///
  /// @return true if so
  public boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  @Override
  public void execute(Runnable task) {
    if (isCurrent()) {
      own.add(task);
      return;
    }
    given.add(task);
    if (awake.compareAndSet(false, true)) {
      selector.wakeup();
    }
  }

  /// Watches a socket from now on.
  ///
  /// @param channel non-blocking
  /// @param operations of {@link SelectionKey}
  /// @param handler told when it is ready
  /// @return its key
  /// @throws IOException if the channel is closed
  public SelectionKey register(SelectableChannel channel, int operations, ReadyHandler handler)
      throws IOException {
    return channel.register(selector, operations, handler);
  }

  /// Has something flushed at the end of this turn.
  ///
  /// @param flushable what; the caller sees to it that it is not added twice a turn
  public void flushLater(Flushable flushable) {
    dirty.add(flushable);
  }

  private void run() {
    while (running) {
      try {
        turn();
      } catch (IOException | RuntimeException e) {
        LOG.error("the event loop goes on after an error", e);
      }
    }
    closeAll();
  }

  private void turn() throws IOException {
    runTasks();
    flushDirty();
    if (own.isEmpty() && given.isEmpty()) {
      awake.set(false);
      // A task given between the check and the flag would be waited on: look once more.
      if (given.isEmpty() && running) {
        selector.select(this::onSelected);
      }
      awake.set(true);
    } else {
      selector.selectNow(this::onSelected);
    }
  }

  private void onSelected(SelectionKey key) {
    if (key.attachment() instanceof ReadyHandler handler) {
      try {
        handler.onReady(key);
      } catch (RuntimeException e) {
        LOG.error("socket handler failed", e);
      }
    }
  }

  private void runTasks() {
    for (int i = 0; i < TASKS_PER_TURN; i++) {
      Runnable task = own.poll();
      if (task == null) {
        task = given.poll();
      } else if ((i & 63) == 63) {
        // What others gave must not starve behind what the loop gives itself.
        Runnable other = given.poll();
        if (other != null) {
          own.add(other);
        }
      }
      if (task == null) {
        return;
      }
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("task on the event loop failed", e);
      }
    }
  }

  private void flushDirty() {
    for (int i = 0; i < dirty.size(); i++) {
      try {
        dirty.get(i).flush();
      } catch (RuntimeException e) {
        LOG.error("flush failed", e);
      }
    }
    dirty.clear();
  }

  private void closeAll() {
    for (SelectionKey key : selector.keys()) {
      closeQuietly(key.channel());
    }
    closeQuietly(selector);
  }

  private static void closeQuietly(@Nullable AutoCloseable closeable) {
    if (closeable == null) {
      return;
    }
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.debug("close failed", e);
    }
  }

  /// Ends the loop and closes every socket that it watches. What was given and not yet run is run
  /// first. Called by any thread but the loop's own.
  @Override
  public void close() {
    LOOPS.remove(number);
    execute(() -> running = false);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted while the event loop ends", e));
    }
  }
}

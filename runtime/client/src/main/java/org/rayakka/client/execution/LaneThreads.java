package org.rayakka.client.execution;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The threads of a worker. They do two things: run lanes, and, one at a time, read the socket.
///
/// The thread that reads runs what it has read itself: it gives up the reading role and takes a
/// lane, so that a task starts without waking anybody. Whoever then has nothing to run takes the
/// role again. While all threads are busy nobody reads, which is right if it does not last: a
/// thread that is about to block passes the role on first ({@link #passReading}); if a batch holds
/// work for several lanes, others are woken for them; and a watchdog finds a reader if the role is
/// free for two of its ticks.
final class LaneThreads {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /// Ticks without anything to watch after which the watchdog parks.
  private static final int IDLE_TICKS = 100;

  private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Source source;
  private final Runner runner;
  private final AtomicBoolean reading = new AtomicBoolean();
  private final AtomicInteger threadNumbers = new AtomicInteger();
  private final Thread watchdog;
  private final Deque<LaneThread> idle = new ArrayDeque<>(); // guarded by itself
  private final AtomicLong readings = new AtomicLong(); // how often the role was taken
  private volatile boolean watchdogActive;
  private volatile boolean stopped;

  LaneThreads(Source source, Runner runner) {
    this.source = source;
    this.runner = runner;
    watchdog = Thread.ofPlatform().name("ray-watchdog").daemon().unstarted(this::watch);
  }

  /// Where the work comes from.
  interface Source {
    /// Waits until something arrives, and takes it in.
    ///
    /// @return the lanes that now need a thread each; often none
    /// @throws IOException at the end of the connection
    List<Lane> read() throws IOException;

    /// The connection ended. Called once, by the thread that read last.
    void ended(IOException cause);
  }

  /// What runs lanes.
  interface Runner {
    /// Runs a lane's tasks until there are none.
    void run(Lane lane);

    /// Called by the watchdog with each of its ticks: sends reports that wait for company.
    void tick();
  }

  /// One thread.
  private final class LaneThread extends Thread {
    private volatile @Nullable Lane assigned;
    private volatile boolean signalled;

    LaneThread() {
      super("ray-lane-" + threadNumbers.incrementAndGet());
      setDaemon(true);
    }

    @Override
    public void run() {
      do {
        signalled = false;
        Lane lane = assigned;
        assigned = null;
        while (lane != null || takeReading()) {
          if (lane != null) {
            runner.run(lane);
          }
          lane = lane != null || stopped ? null : readUntilWork();
          if (stopped) {
            return;
          }
        }
      } while (awaitSignal());
    }

    /// Parks until there is something to do.
    ///
    /// @return false if there was nothing for so long that the thread should end
    private boolean awaitSignal() {
      synchronized (idle) {
        idle.addLast(this);
      }
      long deadline = System.nanoTime() + KEEP_ALIVE_NANOS;
      while (!signalled) {
        LockSupport.parkNanos(this, KEEP_ALIVE_NANOS);
        Thread.interrupted();
        if (!signalled && System.nanoTime() - deadline >= 0) {
          synchronized (idle) {
            if (idle.remove(this)) {
              return false;
            }
          }
        }
      }
      return !stopped;
    }

    private void signal(@Nullable Lane lane) {
      assigned = lane;
      signalled = true;
      LockSupport.unpark(this);
    }
  }

  /// Starts: one thread begins to read.
  void start() {
    watchdog.start();
    new LaneThread().start();
  }

  private boolean takeReading() {
    if (stopped || !reading.compareAndSet(false, true)) {
      return false;
    }
    readings.incrementAndGet();
    return true;
  }

  /// Reads, with the reading role, until there is a lane for the calling thread, and gives the role
  /// up.
  private @Nullable Lane readUntilWork() {
    try {
      while (!stopped) {
        List<Lane> lanes = source.read();
        if (!lanes.isEmpty()) {
          Lane mine = lanes.getLast();
          for (int i = 0; i < lanes.size() - 1; i++) {
            assign(lanes.get(i));
          }
          releaseReading();
          return mine;
        }
      }
    } catch (IOException e) {
      stopped = true;
      source.ended(e);
    }
    return null;
  }

  private void releaseReading() {
    reading.set(false);
    if (!watchdogActive) {
      watchdogActive = true;
      LockSupport.unpark(watchdog);
    }
  }

  /// Finds a thread that runs a lane.
  void assign(Lane lane) {
    LaneThread thread = pollIdle();
    if (thread != null) {
      thread.signal(lane);
    } else {
      LaneThread fresh = new LaneThread();
      fresh.assigned = lane;
      fresh.start();
    }
  }

  /// Finds a thread that reads, if nobody does. For a thread that is about to block.
  void passReading() {
    if (reading.get() || stopped) {
      return;
    }
    LaneThread thread = pollIdle();
    if (thread != null) {
      thread.signal(null);
    } else {
      new LaneThread().start();
    }
  }

  private @Nullable LaneThread pollIdle() {
    synchronized (idle) {
      return idle.pollLast();
    }
  }

  /// Whether the watchdog ticks.
  boolean isWatched() {
    return watchdogActive;
  }

  private void watch() {
    long seen = -1;
    int quiet = 0;
    boolean wasFree = false;
    while (!stopped) {
      LockSupport.parkNanos(this, TICK_NANOS);
      runner.tick();
      long now = readings.get();
      boolean free = !reading.get();
      if (free && wasFree && now == seen) {
        passReading();
      }
      quiet = free || now != seen ? 0 : quiet + 1;
      wasFree = free;
      seen = now;
      if (quiet >= IDLE_TICKS) {
        quiet = 0;
        watchdogActive = false;
        // Whoever gives up the role reads watchdogActive afterwards.
        if (reading.get() && !stopped) {
          LockSupport.park(this);
        }
        watchdogActive = true;
      }
    }
  }

  /// Makes all threads end when they next look.
  void stop() {
    stopped = true;
    LockSupport.unpark(watchdog);
    LaneThread thread = pollIdle();
    while (thread != null) {
      thread.signal(null);
      thread = pollIdle();
    }
  }
}

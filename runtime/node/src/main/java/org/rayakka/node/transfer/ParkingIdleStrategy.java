package org.rayakka.node.transfer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.jspecify.annotations.Nullable;

/// Lets a thread that has nothing to do look again soon while something is transferred, and rarely
/// otherwise, when it is woken to begin. One instance for one thread.
final class ParkingIdleStrategy {
  private static final long MAX_SPINS = 10;
  private static final long MAX_YIELDS = 2;

  /// Short beside the time that a stream's window lasts. Shorter ones let a sender whose window is
  /// full, and a receiver that waits, look every 20 us, for a quarter of a core each.
  private static final long MIN_PARK_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  /// The first bytes of a transfer pass two threads, each of which may be parked.
  private static final long MAX_PARK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  /// Often enough for Aeron's time-outs, the shortest of which is seconds.
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final BackoffIdleStrategy backoff =
      new BackoffIdleStrategy(MAX_SPINS, MAX_YIELDS, MIN_PARK_NANOS, MAX_PARK_NANOS);
  private volatile @Nullable Thread thread;

  /// Has the thread look at once. Called by any thread.
  void wake() {
    LockSupport.unpark(thread);
  }

  /// Waits, if there was nothing to do. Called by the thread itself.
  ///
  /// @param workCount what it has just done
  /// @param isBusy whether something is being transferred
  void idle(int workCount, boolean isBusy) {
    if (thread == null) {
      thread = Thread.currentThread();
    }
    if (workCount > 0) {
      backoff.reset();
    } else if (isBusy) {
      backoff.idle();
    } else {
      LockSupport.parkNanos(REST_NANOS);
    }
  }
}

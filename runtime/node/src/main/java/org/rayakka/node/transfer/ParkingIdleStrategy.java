package org.rayakka.node.transfer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/// Lets a thread that has nothing to do look again soon while something is transferred, and rarely
/// otherwise, when it is woken to begin. One instance for one thread.
final class ParkingIdleStrategy implements IdleStrategy {
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
  private boolean isBusy;
  private volatile @Nullable Thread thread;

  /// Something is transferred from now on, or nothing is. Called by the thread itself.
  void setBusy(boolean busy) {
    isBusy = busy;
  }

  /// Has the thread look at once. Called by any thread.
  void wake() {
    LockSupport.unpark(thread);
  }

  @Override
  public void idle(int workCount) {
    if (workCount > 0) {
      backoff.reset();
    } else {
      idle();
    }
  }

  @Override
  public void idle() {
    if (thread == null) {
      thread = Thread.currentThread();
    }
    if (isBusy) {
      backoff.idle();
    } else {
      LockSupport.parkNanos(REST_NANOS);
    }
  }

  @Override
  public void reset() {
    backoff.reset();
  }
}

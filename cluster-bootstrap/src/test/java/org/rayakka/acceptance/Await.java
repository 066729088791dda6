package org.rayakka.acceptance;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Waits for what happens elsewhere and sends no signal, up to a deadline.
public final class Await {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private Await() {}

  /// Waits until a condition holds, and fails with a message if it does not in time.
  ///
  /// @param what the condition, for the message
  /// @param atMost the deadline
  /// @param condition looked at every few milliseconds
  /// @throws Exception what the condition throws
  public static void until(String what, Duration atMost, Callable<Boolean> condition)
      throws Exception {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(what + ": not within " + atMost);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}

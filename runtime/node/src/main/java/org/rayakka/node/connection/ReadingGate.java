package org.rayakka.node.connection;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// Holds drivers up while the control state cannot keep pace: their sockets are not read, so their
/// sends block, until it can. Workers are always read: what they report makes room. Belongs to the
/// event loop's thread.
final class ReadingGate {
  private static final Duration RECHECK = Duration.ofMillis(5);

  private final BooleanSupplier accepting;
  private final Timer timer;
  private final Set<ClientConnection> paused = new LinkedHashSet<>();

  /// Runs something on the event loop later.
  @FunctionalInterface
  interface Timer {
    void after(Duration delay, Runnable task);
  }

  ReadingGate(BooleanSupplier accepting, Timer timer) {
    this.accepting = accepting;
    this.timer = timer;
  }

  /// Looks whether a driver may go on sending.
  void check(ClientConnection driver) {
    if (accepting.getAsBoolean() || !paused.add(driver)) {
      return;
    }
    driver.pauseReading(true);
    if (paused.size() == 1) {
      timer.after(RECHECK, this::recheck);
    }
  }

  private void recheck() {
    if (!accepting.getAsBoolean()) {
      timer.after(RECHECK, this::recheck);
      return;
    }
    paused.forEach(driver -> driver.pauseReading(false));
    paused.clear();
  }

  void forget(ClientConnection driver) {
    paused.remove(driver);
  }
}

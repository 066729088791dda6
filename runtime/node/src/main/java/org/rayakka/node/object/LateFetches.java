package org.rayakka.node.object;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.rayakka.api.id.ObjectId;

/// Objects that other nodes have and that do not come: for how long that has been so. A node that
/// has died counts as there until it is missed, so it takes longer than that to know that it is not
/// the node.
final class LateFetches {
  private final Duration timeout;
  private final Map<ObjectId, Long> since = new HashMap<>();

  /// Knows of none yet.
  ///
  /// @param timeout how long an object may not come
  LateFetches(Duration timeout) {
    this.timeout = timeout;
  }

  Duration timeout() {
    return timeout;
  }

  /// An object has not come.
  ///
  /// @param id which
  /// @param nowNanos the time
  /// @return whether it may still come; if not, it is forgotten
  boolean isToTryAgain(ObjectId id, long nowNanos) {
    long first = since.computeIfAbsent(id, none -> nowNanos);
    boolean isInTime = nowNanos - first < timeout.toNanos();
    if (!isInTime) {
      since.remove(id);
    }
    return isInTime;
  }

  /// It has come, or is not to come any more.
  void ended(ObjectId id) {
    since.remove(id);
  }
}

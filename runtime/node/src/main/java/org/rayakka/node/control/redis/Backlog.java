package org.rayakka.node.control.redis;

import java.util.concurrent.atomic.AtomicLong;

/// Counts what all shards' writers hold, and decides whether that is too much.
///
/// Any thread adds, the writers' threads take away.
final class Backlog {
  private final long highRows;
  private final long lowRows;
  private final long highBytes;
  private final long lowBytes;
  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private volatile boolean isFull;

  Backlog(RedisSettings settings) {
    highRows = settings.highWaterRows();
    lowRows = settings.lowWaterRows();
    highBytes = settings.highWaterBytes();
    lowBytes = highBytes / 2;
  }

  void add(long moreRows, long moreBytes) {
    rows.addAndGet(moreRows);
    bytes.addAndGet(moreBytes);
  }

  long rows() {
    return rows.get();
  }

  boolean accepting() {
    long heldRows = rows.get();
    long heldBytes = bytes.get();
    if (isFull) {
      isFull = heldRows > lowRows || heldBytes > lowBytes;
    } else {
      isFull = heldRows >= highRows || heldBytes >= highBytes;
    }
    return !isFull;
  }
}

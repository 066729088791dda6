package org.rayakka.client.submission;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/// Asks for a garbage collection when references pile up. An object in the store is let go of when
/// its reference is collected; but a heap with much room is collected seldom, and knows nothing of
/// the store that fills meanwhile. Belongs to one thread.
///
/// It asks when the number of watched references has doubled since the last time, so a program that
/// really holds millions is not collected over and over; and later still where the live heap is so
/// large that a collection takes long.
final class GarbageCollection {
  private static final int FIRST_REFERENCES = 1 << 18;
  private static final long LARGE_HEAP_BYTES = 1L << 30;
  private static final int LARGE_HEAP_FACTOR = 8;

  private long next = FIRST_REFERENCES;

  /// Collects if it is time.
  ///
  /// @param references how many references are watched
  void considerAt(int references) {
    if (references < next) {
      return;
    }
    if (liveBytes() > LARGE_HEAP_BYTES && references < LARGE_HEAP_FACTOR * next) {
      return;
    }
    System.gc();
    // What was unreachable is in the queue now, and out of the count before the next look.
    next = Math.max(FIRST_REFERENCES, 2L * references);
  }

  /// Called when few references are left: from here on they pile up anew.
  void settledAt(int references) {
    next = Math.max(FIRST_REFERENCES, 2L * references);
  }

  private static long liveBytes() {
    long live = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage usage = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
      live += usage == null ? 0 : usage.getUsed();
    }
    return live;
  }
}

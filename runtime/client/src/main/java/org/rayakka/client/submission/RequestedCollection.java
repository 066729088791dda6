package org.rayakka.client.submission;

import java.util.function.LongSupplier;

/// Collects garbage where the node asks for it: its store is full, and what the program cannot
/// reach any more still counts as in use there. A large heap takes seconds, and the node asks twice
/// a second as long as its store is full; so a collection is followed by a pause as long as it was,
/// or by a longer one where nobody waits for what it finds.
///
/// Belongs to one thread.
final class RequestedCollection {
  /// Pauses, in lengths of the collection before: half of the time where somebody waits for room, a
  /// fifth where objects go to disk otherwise.
  private static final int URGENT_PAUSE = 1;

  private static final int PAUSE = 4;

  private final LongSupplier nanoTime;
  private final Runnable collector;
  private long endedAt;
  private long length;

  RequestedCollection() {
    this(System::nanoTime, System::gc);
  }

  /// @param nanoTime the time
  /// @param collector collects, and returns when that is done
  RequestedCollection(LongSupplier nanoTime, Runnable collector) {
    this.nanoTime = nanoTime;
    this.collector = collector;
    endedAt = nanoTime.getAsLong();
  }

  /// The node asks.
  ///
  /// @param isUrgent whether somebody waits for the room
  void asked(boolean isUrgent) {
    long start = nanoTime.getAsLong();
    if (start - endedAt >= (isUrgent ? URGENT_PAUSE : PAUSE) * length) {
      collector.run();
      endedAt = nanoTime.getAsLong();
      length = endedAt - start;
    }
  }
}

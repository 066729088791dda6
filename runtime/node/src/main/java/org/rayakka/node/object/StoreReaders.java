package org.rayakka.node.object;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The clients that read the object store. An object stays in memory as long as one of them holds a
/// view of it, and a view that the client's program cannot reach any more is held until its garbage
/// collector finds it, which may be much later than the store needs the room.
///
/// Used by the event loop, and by the store's keeper.
public final class StoreReaders {
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Set<Reader> readers = ConcurrentHashMap.newKeySet();
  private volatile long askedAt = System.nanoTime() - INTERVAL_NANOS;

  /// The way to a client.
  public interface Reader {
    /// Asks it to let go of what its program cannot reach any more; does not block.
    void collectGarbage();
  }

  /// Makes an empty set.
  public StoreReaders() {}

  /// A client has mapped the store.
  ///
  /// @param reader the way to it
  public void joined(Reader reader) {
    readers.add(reader);
  }

  /// A client is gone.
  ///
  /// @param reader the way to it
  public void left(Reader reader) {
    readers.remove(reader);
  }

  /// Asks all to let go of what they do not need, unless they were asked a moment ago.
  void letGo() {
    long now = System.nanoTime();
    if (now - askedAt >= INTERVAL_NANOS) {
      askedAt = now;
      readers.forEach(Reader::collectGarbage);
    }
  }
}

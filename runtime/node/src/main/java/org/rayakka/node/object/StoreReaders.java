package org.rayakka.node.object;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The clients that read the object store. An object stays in memory as long as one of them holds a
/// view of it, and a view that the client's program cannot reach any more is held until its garbage
/// collector finds it, which may be much later than the store needs the room.
///
/// Clients join and leave on the event loop; everything else belongs to the store's keeper.
public final class StoreReaders {
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /// How often they are asked before spilling where that leads to more room than is spilled:
  /// clients see themselves that they do not collect all the time.
  private static final long MIN_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /// As seldom as this where it has led to nothing.
  private static final long MAX_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(8);

  private final Set<Reader> readers = ConcurrentHashMap.newKeySet();
  private final LongSupplier nanoTime;
  private long askedAt;
  private long patience = INTERVAL_NANOS;

  // Since they were asked.
  private long bytesLetGo;
  private long bytesSpilled;

  /// The way to a client.
  public interface Reader {
    /// Asks it to let go of what its program cannot reach any more; does not block.
    ///
    /// @param isUrgent whether room can be made in no other way
    void collectGarbage(boolean isUrgent);
  }

  /// Makes an empty set.
  public StoreReaders() {
    this(System::nanoTime);
  }

  StoreReaders(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    askedAt = nanoTime.getAsLong() - INTERVAL_NANOS;
  }

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

  /// Asks all to let go of what they do not need, unless they were asked a moment ago: somebody
  /// waits for room.
  void letGo() {
    ask(true, INTERVAL_NANOS);
  }

  /// The same before an object is spilled. Where programs hold all that there is, nothing comes of
  /// it, and they are asked less and less often.
  ///
  /// @param bytes the size of the object
  void letGoBeforeSpilling(long bytes) {
    bytesSpilled += bytes;
    boolean isWorthIt = bytesLetGo >= bytesSpilled;
    if (ask(false, isWorthIt ? MIN_INTERVAL_NANOS : patience)) {
      patience = isWorthIt ? INTERVAL_NANOS : Math.min(2 * patience, MAX_INTERVAL_NANOS);
    }
  }

  /// They have let go of something.
  ///
  /// @param bytes how much that was, in memory and on disk
  void haveLetGo(long bytes) {
    bytesLetGo += bytes;
  }

  private boolean ask(boolean isUrgent, long interval) {
    long now = nanoTime.getAsLong();
    if (now - askedAt < interval) {
      return false;
    }
    askedAt = now;
    bytesLetGo = 0;
    bytesSpilled = 0;
    readers.forEach(reader -> reader.collectGarbage(isUrgent));
    return true;
  }
}

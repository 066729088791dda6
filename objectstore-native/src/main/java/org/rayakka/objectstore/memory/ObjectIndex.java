package org.rayakka.objectstore.memory;

import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.layout.EntryLayout;
import org.rayakka.objectstore.layout.StoreDescriptor;

/// Finds the entry of an id. A bucket is a cache line: seven cells, each a tag and an entry, and a
/// mark that an id found no empty cell here and went on to the next bucket. The mark is set before
/// the id goes on and never cleared, so a search ends at the first bucket without it.
///
/// Clients fill EMPTY cells by compare-and-set; the node alone empties them.
///
/// Two clients may bring the same id in at the same time, into different cells. Each first puts its
/// entry into the index as CLAIMING, then looks at the whole path of the id. Only an entry that its
/// own client turns from CLAIMING counts. Of two that see each other CLAIMING, the one in the lower
/// cell aborts the other; one that sees the other established gives up itself. Whoever came into
/// the index last sees the other, so two can never both be established.
public final class ObjectIndex {
  /// No entry of that id.
  public static final int ABSENT = -1;

  /// {@link #claim} found the path of the id full.
  public static final int FULL = -2;

  /// {@link #claim} lost to a rival that is not established yet: try once more.
  public static final int AGAIN = -3;

  private static final int UNDECIDED = -4;

  private static final long EMPTY = 0;
  private static final int MAX_PATH_BUCKETS = 32;

  /// How often to look at a rival with the right of way before taking it for dead.
  private static final int PATIENCE = 1000;

  private final MappedSegment segment;
  private final StoreDescriptor layout;
  private final EntryTable entries;
  private final int bucketMask;

  public ObjectIndex(MappedSegment segment, EntryTable entries) {
    this.segment = segment;
    this.layout = segment.layout();
    this.entries = entries;
    this.bucketMask = layout.buckets() - 1;
  }

  private static long hash(ObjectId id) {
    long hash = (id.high() * 0x9E3779B97F4A7C15L) ^ (id.low() * 0xC2B2AE3D27D4EB4FL);
    hash = (hash ^ id.index()) * 0xD6E8FEB86659FD93L;
    hash = (hash ^ (hash >>> 32)) * 0xD6E8FEB86659FD93L;
    return hash ^ (hash >>> 32);
  }

  private static long cellOf(long hash, int entry) {
    return (hash & 0xFFFF_FFFF_0000_0000L) | (entry + 1L);
  }

  private static boolean hasTag(long cell, long hash) {
    return ((cell ^ hash) >>> 32) == 0 && (int) cell != 0;
  }

  private static int entryOf(long cell) {
    return (int) cell - 1;
  }

  /// The entry of an id that is EXPECTED, CREATED, SEALED, or just being DELETED.
  public int find(ObjectId id) {
    long hash = hash(id);
    int bucket = (int) hash & bucketMask;
    for (int step = 0; step < MAX_PATH_BUCKETS; step++) {
      long offset = layout.bucket(bucket);
      for (int i = 0; i < StoreDescriptor.BUCKET_CELLS; i++) {
        long cell = segment.getAcquire(offset + i * 8L);
        if (hasTag(cell, hash)) {
          int entry = entryOf(cell);
          if (isEstablished(entries.wordIf(entry, id))) {
            return entry;
          }
        }
      }
      if (segment.getAcquire(offset + StoreDescriptor.BUCKET_OVERFLOWED) == 0) {
        return ABSENT;
      }
      bucket = (bucket + 1) & bucketMask;
    }
    return ABSENT;
  }

  private static boolean isEstablished(long word) {
    return switch (EntryLayout.state(word)) {
      case EntryLayout.EXPECTED, EntryLayout.CREATED, EntryLayout.SEALED, EntryLayout.DELETING ->
          true;
      default -> false;
    };
  }

  /// Brings a RESERVED and described entry of this client into the index and establishes it.
  ///
  /// @param state EXPECTED or CREATED
  /// @return the entry itself; or the entry that holds the id already; or {@link #FULL} or {@link
  ///   #AGAIN}. In all but the first case the given entry is ABORTED, and no longer the caller's
  public int claim(ObjectId id, int entry, int state) {
    long hash = hash(id);
    long reserved = entries.word(entry);
    long claiming = EntryLayout.with(reserved, EntryLayout.CLAIMING);
    long aborted = EntryLayout.with(reserved, EntryLayout.ABORTED);
    if (!entries.change(entry, reserved, claiming)) {
      throw new IllegalStateException("entry " + entry + " was taken away (expected: RESERVED)");
    }
    if (!insert(hash, entry)) {
      entries.change(entry, claiming, aborted);
      return FULL;
    }
    long established = EntryLayout.with(reserved, state);
    for (int patience = PATIENCE; ; patience--) {
      int other = rival(id, hash, entry, patience <= 0);
      if (other >= 0) {
        entries.change(entry, claiming, aborted);
        return other;
      }
      if (other == ABSENT) {
        if (entries.change(entry, claiming, established)) {
          return entry;
        }
        // Aborted by a rival.
        return AGAIN;
      }
      Thread.onSpinWait();
    }
  }

  /// Looks for other entries of the id: returns one that is established, or aborts those that give
  /// way, and returns UNDECIDED while one is left that has the right of way.
  private int rival(ObjectId id, long hash, int own, boolean impatient) {
    int bucket = (int) hash & bucketMask;
    boolean beforeOwn = true;
    int result = ABSENT;
    for (int step = 0; step < MAX_PATH_BUCKETS; step++) {
      long offset = layout.bucket(bucket);
      for (int i = 0; i < StoreDescriptor.BUCKET_CELLS; i++) {
        long cell = segment.getVolatile(offset + i * 8L);
        if (!hasTag(cell, hash)) {
          continue;
        }
        int entry = entryOf(cell);
        if (entry == own) {
          beforeOwn = false;
          continue;
        }
        long word = entries.wordIf(entry, id);
        if (isEstablished(word)) {
          return entry;
        }
        if (EntryLayout.state(word) == EntryLayout.CLAIMING) {
          boolean mustWait = beforeOwn && !impatient;
          // If it can no longer be aborted it has just been established, or given up: look again.
          if (mustWait
              || !entries.change(entry, word, EntryLayout.with(word, EntryLayout.ABORTED))) {
            result = UNDECIDED;
          }
        }
      }
      if (segment.getVolatile(offset + StoreDescriptor.BUCKET_OVERFLOWED) == 0) {
        return result;
      }
      bucket = (bucket + 1) & bucketMask;
    }
    return result;
  }

  private boolean insert(long hash, int entry) {
    long value = cellOf(hash, entry);
    int bucket = (int) hash & bucketMask;
    for (int step = 0; step < MAX_PATH_BUCKETS; step++) {
      long offset = layout.bucket(bucket);
      for (int i = 0; i < StoreDescriptor.BUCKET_CELLS; i++) {
        if (segment.getVolatile(offset + i * 8L) == EMPTY) {
          entries.intendCell(entry, bucket * StoreDescriptor.BUCKET_CELLS + i);
          if (segment.compareAndSet(offset + i * 8L, EMPTY, value)) {
            return true;
          }
        }
      }
      if (step + 1 < MAX_PATH_BUCKETS) {
        segment.setVolatile(offset + StoreDescriptor.BUCKET_OVERFLOWED, 1);
      }
      bucket = (bucket + 1) & bucketMask;
    }
    entries.intendCell(entry, -1);
    return false;
  }

  /// Node only: takes an entry out of the index.
  public void remove(int entry) {
    int at = entries.cell(entry);
    if (at < 0) {
      return;
    }
    long offset =
        layout.bucket(at / StoreDescriptor.BUCKET_CELLS) + (at % StoreDescriptor.BUCKET_CELLS) * 8L;
    // A client that died between saying which cell it would take and taking it has not got it.
    if (entryOf(segment.getVolatile(offset)) == entry) {
      segment.setVolatile(offset, EMPTY);
    }
  }
}

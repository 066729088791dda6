package org.rayakka.objectstore.memory;

import java.lang.invoke.VarHandle;
import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.layout.EntryLayout;
import org.rayakka.objectstore.layout.StoreDescriptor;

/// The table of objects. Clients take FREE entries and bring them up to SEALED; only the node makes
/// them FREE again. An entry is taken by the one change of its state word from FREE, so a client
/// killed at any instruction leaves either a free entry or one that carries its slot.
///
/// Entries come in blocks of 64 to keep clients out of each other's way and the table dense. A
/// block's word says who fills it and whether entries of it were freed since: a hint, rebuilt for
/// the blocks of a dead client.
public final class EntryTable {
  private static final long OWNER_MASK = 0xFFFF;
  private static final long HAS_FREE = 1L << 16;

  private static final int WINDOW_BLOCKS = 64;
  private static final long NO_BLOCK = StoreDescriptor.BLOCK_ENTRIES;

  private final MappedSegment segment;
  private final StoreDescriptor layout;
  private final int slot;

  /// block:32 | next position:32 of the block that this client takes entries from.
  private final java.util.concurrent.atomic.AtomicLong cursor =
      new java.util.concurrent.atomic.AtomicLong(NO_BLOCK);

  private final Object refillLock = new Object();
  private int currentBlock = -1;
  private int searchFrom;

  public EntryTable(MappedSegment segment, int slot) {
    this.segment = segment;
    this.layout = segment.layout();
    this.slot = slot;
  }

  /// Takes a free entry: RESERVED, by this client. Returns -1 when all are taken.
  public int reserve() {
    while (true) {
      long next = cursor.getAndIncrement();
      int position = (int) next;
      if (position < StoreDescriptor.BLOCK_ENTRIES) {
        int entry = (int) (next >>> 32) * StoreDescriptor.BLOCK_ENTRIES + position;
        long offset = layout.entry(entry);
        long word = segment.getAcquire(offset);
        if (EntryLayout.state(word) == EntryLayout.FREE
            && segment.compareAndSet(
                offset, word, EntryLayout.nextGeneration(word, EntryLayout.RESERVED, slot))) {
          return entry;
        }
      } else if (!refill()) {
        return -1;
      }
    }
  }

  /// Gives back an entry that {@link #reserve} gave and that never came into the index.
  public void unreserve(int entry) {
    free(entry);
  }

  private boolean refill() {
    synchronized (refillLock) {
      if ((int) cursor.get() < StoreDescriptor.BLOCK_ENTRIES) {
        return true;
      }
      if (currentBlock >= 0) {
        segment.getAndAnd(layout.block(currentBlock), ~OWNER_MASK);
        currentBlock = -1;
      }
      int block = takeBlock();
      if (block < 0) {
        cursor.set(NO_BLOCK);
        return false;
      }
      currentBlock = block;
      cursor.set((long) block << 32);
      return true;
    }
  }

  private int takeBlock() {
    int used = usedBlocks();
    int block = takeRecycled(used, Math.min(used, WINDOW_BLOCKS));
    if (block >= 0) {
      return block;
    }
    if (used < layout.blockCount()) {
      long fresh = segment.getAndAdd(StoreDescriptor.FRESH_BLOCKS_OFFSET, 1);
      if (fresh < layout.blockCount()) {
        segment.setVolatile(layout.block((int) fresh), slot + 1L);
        return (int) fresh;
      }
    }
    int all = usedBlocks();
    block = takeRecycled(all, all);
    return block >= 0 ? block : anyWithFree(all);
  }

  /// A block to share with its owner, when there is no other: entries are taken one by one anyway.
  private int anyWithFree(int used) {
    for (int block = 0; block < used; block++) {
      if (hasFreeEntry(block)) {
        return block;
      }
    }
    return -1;
  }

  private int takeRecycled(int used, int tries) {
    for (int i = 0; i < tries; i++) {
      searchFrom = searchFrom + 1 < used ? searchFrom + 1 : 0;
      long offset = layout.block(searchFrom);
      if (segment.getAcquire(offset) == HAS_FREE
          && segment.compareAndSet(offset, HAS_FREE, slot + 1L)) {
        return searchFrom;
      }
    }
    return -1;
  }

  /// How many blocks hold entries that were ever used.
  public int usedBlocks() {
    return (int)
        Math.min(
            segment.getVolatile(StoreDescriptor.FRESH_BLOCKS_OFFSET), (long) layout.blockCount());
  }

  /// One more than the last entry that was ever used.
  public int usedEntries() {
    return usedBlocks() * StoreDescriptor.BLOCK_ENTRIES;
  }

  /// Gives an entry back that nothing refers to any more: for the node only, but for {@link
  /// #unreserve}.
  public void free(int entry) {
    long offset = layout.entry(entry);
    long word = segment.getAcquire(offset);
    segment.put(offset + EntryLayout.OFFSET, 0);
    segment.put(offset + EntryLayout.SIZE, 0);
    segment.putInt(offset + EntryLayout.CELL, 0);
    segment.putInt(offset + EntryLayout.VISITED, 0);
    segment.setVolatile(offset, EntryLayout.with(word, EntryLayout.FREE, 0));
    segment.getAndOr(layout.block(entry / StoreDescriptor.BLOCK_ENTRIES), HAS_FREE);
  }

  /// Node only, after all entries of a dead client were freed: takes its blocks back, and those it
  /// had claimed without writing its name.
  public void takeBlocksFrom(int deadSlot) {
    int used = usedBlocks();
    for (int block = 0; block < used; block++) {
      long offset = layout.block(block);
      long word = segment.getVolatile(offset);
      long owner = word & OWNER_MASK;
      if (owner == deadSlot + 1L) {
        segment.setVolatile(offset, HAS_FREE);
      } else if (owner == 0 && (word & HAS_FREE) == 0 && hasFreeEntry(block)) {
        // Possibly a living client is between taking the block and writing its name: then both its
        // name and the hint stand, and two clients may use the block, which is harmless.
        segment.getAndOr(offset, HAS_FREE);
      }
    }
  }

  private boolean hasFreeEntry(int block) {
    int first = block * StoreDescriptor.BLOCK_ENTRIES;
    for (int i = 0; i < StoreDescriptor.BLOCK_ENTRIES; i++) {
      if (EntryLayout.state(word(first + i)) == EntryLayout.FREE) {
        return true;
      }
    }
    return false;
  }

  public long word(int entry) {
    return segment.getVolatile(layout.entry(entry));
  }

  public boolean change(int entry, long from, long to) {
    return segment.compareAndSet(layout.entry(entry), from, to);
  }

  /// The state word, if the entry is of this id in that very state; 0, which is FREE, otherwise.
  public long wordIf(int entry, ObjectId id) {
    long offset = layout.entry(entry);
    long word = segment.getAcquire(offset);
    boolean same =
        segment.get(offset + EntryLayout.ID_LOW) == id.low()
            && segment.get(offset + EntryLayout.ID_HIGH) == id.high()
            && segment.getInt(offset + EntryLayout.ID_INDEX) == id.index();
    VarHandle.loadLoadFence();
    long again = segment.getAcquire(offset);
    return same && EntryLayout.sameGeneration(word, again) ? again : 0;
  }

  public ObjectId id(int entry) {
    long offset = layout.entry(entry);
    return new ObjectId(
        segment.get(offset + EntryLayout.ID_HIGH),
        segment.get(offset + EntryLayout.ID_LOW),
        segment.getInt(offset + EntryLayout.ID_INDEX));
  }

  /// Writes what an entry that this client holds is about.
  public void describe(int entry, ObjectId id, int typeTag, long size) {
    long offset = layout.entry(entry);
    segment.put(offset + EntryLayout.ID_HIGH, id.high());
    segment.put(offset + EntryLayout.ID_LOW, id.low());
    segment.putInt(offset + EntryLayout.ID_INDEX, id.index());
    segment.putInt(offset + EntryLayout.TYPE_TAG, typeTag);
    segment.put(offset + EntryLayout.SIZE, size);
  }

  public int typeTag(int entry) {
    return segment.getInt(layout.entry(entry) + EntryLayout.TYPE_TAG);
  }

  public long size(int entry) {
    return segment.get(layout.entry(entry) + EntryLayout.SIZE);
  }

  public long dataOffset(int entry) {
    return segment.get(layout.entry(entry) + EntryLayout.OFFSET);
  }

  /// Says where the data of an entry will be, before that place is taken: what a dead client had
  /// taken is found through it.
  public void intendDataOffset(int entry, long dataOffset) {
    segment.setVolatile(layout.entry(entry) + EntryLayout.OFFSET, dataOffset);
  }

  public long sealedAt(int entry) {
    return segment.get(layout.entry(entry) + EntryLayout.SEALED_AT);
  }

  public void sealedAt(int entry, long nanos) {
    segment.put(layout.entry(entry) + EntryLayout.SEALED_AT, nanos);
  }

  public int cell(int entry) {
    return segment.getInt(layout.entry(entry) + EntryLayout.CELL) - 1;
  }

  /// Says which cell is about to point here, before it does.
  public void intendCell(int entry, int cell) {
    segment.setIntVolatile(layout.entry(entry) + EntryLayout.CELL, cell + 1);
  }

  public void visit(int entry) {
    long offset = layout.entry(entry) + EntryLayout.VISITED;
    if (segment.getInt(offset) == 0) {
      segment.putInt(offset, 1);
    }
  }

  /// Whether the entry was visited since this was last asked.
  public boolean unvisit(int entry) {
    long offset = layout.entry(entry) + EntryLayout.VISITED;
    if (segment.getInt(offset) == 0) {
      return false;
    }
    segment.putInt(offset, 0);
    return true;
  }

  public void pin(int entry) {
    setBit(layout.entry(entry) + EntryLayout.PINS, slot);
  }

  public void unpin(int entry) {
    clearBit(layout.entry(entry) + EntryLayout.PINS, slot);
  }

  public boolean isPinned(int entry) {
    return !isZero(layout.entry(entry) + EntryLayout.PINS);
  }

  public boolean isPinnedBy(int entry, int client) {
    return hasBit(layout.entry(entry) + EntryLayout.PINS, client);
  }

  public int pinCount(int entry) {
    int count = 0;
    long offset = layout.entry(entry) + EntryLayout.PINS;
    for (int i = 0; i < EntryLayout.BITMAP_WORDS; i++) {
      count += Long.bitCount(segment.getVolatile(offset + i * 8L));
    }
    return count;
  }

  public void await(int entry) {
    setBit(layout.entry(entry) + EntryLayout.WAITERS, slot);
  }

  public void stopAwaiting(int entry) {
    clearBit(layout.entry(entry) + EntryLayout.WAITERS, slot);
  }

  public boolean isAwaited(int entry) {
    return !isZero(layout.entry(entry) + EntryLayout.WAITERS);
  }

  /// Takes one word of the waiters' bitmap, leaving it empty.
  public long takeWaiters(int entry, int wordIndex) {
    long offset = layout.entry(entry) + EntryLayout.WAITERS + wordIndex * 8L;
    return segment.getVolatile(offset) == 0 ? 0 : segment.getAndSet(offset, 0);
  }

  /// Node only: removes every trace of a dead client from the bitmaps of an entry.
  public void clearBitsOf(int entry, int deadSlot) {
    long offset = layout.entry(entry);
    if (hasBit(offset + EntryLayout.PINS, deadSlot)) {
      clearBit(offset + EntryLayout.PINS, deadSlot);
    }
    if (hasBit(offset + EntryLayout.WAITERS, deadSlot)) {
      clearBit(offset + EntryLayout.WAITERS, deadSlot);
    }
  }

  private void setBit(long bitmap, int bit) {
    segment.getAndOr(bitmap + (bit >>> 6) * 8L, 1L << bit);
  }

  private void clearBit(long bitmap, int bit) {
    segment.getAndAnd(bitmap + (bit >>> 6) * 8L, ~(1L << bit));
  }

  private boolean hasBit(long bitmap, int bit) {
    return (segment.getVolatile(bitmap + (bit >>> 6) * 8L) & (1L << bit)) != 0;
  }

  private boolean isZero(long bitmap) {
    long bits = 0;
    for (int i = 0; i < EntryLayout.BITMAP_WORDS; i++) {
      bits |= segment.getVolatile(bitmap + i * 8L);
    }
    return bits == 0;
  }
}

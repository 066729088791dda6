package org.rayakka.objectstore.memory;

import java.util.ArrayDeque;
import org.rayakka.objectstore.layout.ExtentLayout;
import org.rayakka.objectstore.layout.SizeClasses;
import org.rayakka.objectstore.layout.StoreDescriptor;

/// The memory that objects live in. Clients claim FREE extents themselves, by changing their words:
/// a run of them for a large object, a slab of equal slots for small ones. What was taken is given
/// back by the node alone.
///
/// Taking is safe against a kill at any instruction because the entry says where its data will be
/// before that place is taken: runs and slabs carry their owner, and a sweep frees what an unsealed
/// entry of the dead client names, then every run of his that no entry names, and then disowns his
/// slabs.
public final class Extents {
  private static final int NONE = -1;
  private static final int SEARCH_WINDOW = 256;
  private static final int RECENT_RUNS = 8;

  private final MappedSegment segment;
  private final StoreDescriptor layout;
  private final EntryTable entries;
  private final SizeClasses classes;
  private final int slot;
  private final Lease[] leases;

  /// Written by the node's thread only.
  private long extentsFreed;

  /// Where this process had its last runs: their pages are mapped, so these are tried first.
  private final ArrayDeque<Integer> recentRuns = new ArrayDeque<>();

  /// The slab of a size class that this client fills. Guarded by itself.
  private static final class Lease {
    int extent = NONE;
    int word;
  }

  public Extents(MappedSegment segment, EntryTable entries, int slot) {
    this.segment = segment;
    this.layout = segment.layout();
    this.entries = entries;
    this.classes = new SizeClasses(layout.extentShift());
    this.slot = slot;
    this.leases = new Lease[classes.count()];
    for (int i = 0; i < leases.length; i++) {
      leases[i] = new Lease();
    }
  }

  /// How many contiguous free bytes an object of this size may need.
  public long roomFor(long bytes) {
    return layout.extentsFor(bytes) << layout.extentShift();
  }

  /// Takes memory for an entry that this client holds, and writes its place into the entry.
  ///
  /// @return false when there is none
  public boolean allocate(int entry, long bytes) {
    if (bytes == 0) {
      return true;
    }
    if (bytes <= classes.maxBytes()) {
      return allocateSlot(entry, classes.classOf(bytes));
    }
    return allocateRun(entry, (int) layout.extentsFor(bytes));
  }

  private boolean allocateSlot(int entry, int sizeClass) {
    Lease lease = leases[sizeClass];
    synchronized (lease) {
      while (true) {
        if (lease.extent != NONE && enter(lease.extent, sizeClass)) {
          if (takeSlot(entry, lease, sizeClass)) {
            leave(lease.extent);
            return true;
          }
          disown(lease.extent);
        }
        lease.extent = claimSlab(sizeClass);
        lease.word = 0;
        if (lease.extent == NONE) {
          return false;
        }
      }
    }
  }

  /// Keeps the node from reclaiming the slab meanwhile; false when it has done so already.
  private boolean enter(int extent, int sizeClass) {
    long offset = layout.extentWord(extent);
    long idle = ExtentLayout.slab(sizeClass, slot);
    while (true) {
      long word = segment.getVolatile(offset);
      if ((word & ~ExtentLayout.HAS_FREE) != idle) {
        return false;
      }
      if (segment.compareAndSet(offset, word, word | ExtentLayout.BUSY)) {
        return true;
      }
    }
  }

  private void leave(int extent) {
    segment.getAndAnd(layout.extentWord(extent), ~ExtentLayout.BUSY);
  }

  private void disown(int extent) {
    long offset = layout.extentWord(extent);
    while (true) {
      long word = segment.getVolatile(offset);
      if (segment.compareAndSet(offset, word, ExtentLayout.withoutOwner(word))) {
        return;
      }
    }
  }

  private boolean takeSlot(int entry, Lease lease, int sizeClass) {
    int slots = classes.slotsPerExtent(sizeClass);
    int words = (slots + 63) >>> 6;
    long bitmap = layout.bitmap(lease.extent);
    while (true) {
      for (; lease.word < words; lease.word++) {
        long taken = segment.getVolatile(bitmap + lease.word * 8L);
        int bit = Long.numberOfTrailingZeros(~taken);
        int index = (lease.word << 6) + bit;
        if (bit < 64 && index < slots) {
          entries.intendDataOffset(
              entry, layout.extentData(lease.extent) + (long) index * classes.slotBytes(sizeClass));
          segment.getAndOr(bitmap + lease.word * 8L, 1L << bit);
          return true;
        }
      }
      long offset = layout.extentWord(lease.extent);
      if ((segment.getAndAnd(offset, ~ExtentLayout.HAS_FREE) & ExtentLayout.HAS_FREE) == 0) {
        return false;
      }
      lease.word = 0;
    }
  }

  /// A slab of this class that has slots given back, or else a free extent, from the top down, so
  /// that slabs gather at one end and leave the other to runs.
  private int claimSlab(int sizeClass) {
    long reusable = ExtentLayout.slab(sizeClass, NONE) | ExtentLayout.HAS_FREE;
    long mine = ExtentLayout.slab(sizeClass, slot);
    int seenFree = NONE;
    for (int extent = layout.extents() - 1; extent >= 0; extent--) {
      long offset = layout.extentWord(extent);
      long word = segment.getAcquire(offset);
      if (word == reusable) {
        if (segment.compareAndSet(offset, word, mine)) {
          return extent;
        }
      } else if (word == ExtentLayout.FREE && seenFree == NONE) {
        seenFree = extent;
      }
      if (seenFree != NONE && seenFree - extent >= SEARCH_WINDOW) {
        break;
      }
    }
    for (int extent = seenFree; extent >= 0; extent--) {
      long offset = layout.extentWord(extent);
      if (segment.getAcquire(offset) == ExtentLayout.FREE
          && segment.compareAndSet(offset, ExtentLayout.FREE, mine)) {
        return extent;
      }
    }
    return NONE;
  }

  private boolean allocateRun(int entry, int length) {
    int first = claimRecent(length);
    if (first == NONE) {
      first = claimFirstFit(length);
    }
    if (first == NONE) {
      return false;
    }
    entries.intendDataOffset(entry, layout.extentData(first));
    synchronized (recentRuns) {
      recentRuns.remove(first);
      recentRuns.addFirst(first);
      if (recentRuns.size() > RECENT_RUNS) {
        recentRuns.removeLast();
      }
    }
    return true;
  }

  private int claimRecent(int length) {
    int[] starts;
    synchronized (recentRuns) {
      starts = new int[recentRuns.size()];
      int count = 0;
      for (int start : recentRuns) {
        starts[count++] = start;
      }
    }
    for (int start : starts) {
      if (start + length <= layout.extents()
          && freeLength(start, length) == length
          && claim(start, length)) {
        return start;
      }
    }
    return NONE;
  }

  private int claimFirstFit(int length) {
    int start = 0;
    while (start + length <= layout.extents()) {
      int free = freeLength(start, length);
      if (free == length && claim(start, length)) {
        return start;
      }
      start += free == length ? 1 : free + 1;
    }
    return NONE;
  }

  private int freeLength(int start, int wanted) {
    int length = 0;
    while (length < wanted
        && segment.getAcquire(layout.extentWord(start + length)) == ExtentLayout.FREE) {
      length++;
    }
    return length;
  }

  private boolean claim(int start, int length) {
    long mine = ExtentLayout.run(slot);
    for (int i = 0; i < length; i++) {
      if (!segment.compareAndSet(layout.extentWord(start + i), ExtentLayout.FREE, mine)) {
        for (int taken = 0; taken < i; taken++) {
          segment.setVolatile(layout.extentWord(start + taken), ExtentLayout.FREE);
        }
        return false;
      }
    }
    return true;
  }

  /// Node only: gives back the memory of an entry that nobody reads or writes any more.
  ///
  /// @return how many bytes are free now that were not: of the slot, or of the run
  public long free(long dataOffset, long size) {
    if (dataOffset == 0) {
      return 0;
    }
    int extent = layout.extentOf(dataOffset);
    long word = segment.getVolatile(layout.extentWord(extent));
    if (ExtentLayout.kind(word) == ExtentLayout.SLAB) {
      int slotBytes = classes.slotBytes(ExtentLayout.sizeClass(word));
      int index = (int) ((dataOffset - layout.extentData(extent)) / slotBytes);
      long bit = 1L << index;
      segment.getAndAnd(layout.bitmap(extent) + (index >>> 6) * 8L, ~bit);
      segment.getAndOr(layout.extentWord(extent), ExtentLayout.HAS_FREE);
      if (ExtentLayout.owner(word) == NONE) {
        // A slab that a client fills is left to it until memory is short.
        freeIfEmpty(extent);
      }
      return slotBytes;
    }
    int length = (int) layout.extentsFor(size);
    for (int i = 0; i < length; i++) {
      segment.setVolatile(layout.extentWord(extent + i), ExtentLayout.FREE);
    }
    extentsFreed += length;
    return (long) length << layout.extentShift();
  }

  /// Node only: makes an extent FREE again if it is a slab without objects, even if a client has
  /// leased it, as long as the client is not just taking a slot.
  public boolean freeIfEmpty(int extent) {
    long offset = layout.extentWord(extent);
    long word = segment.getVolatile(offset);
    if (ExtentLayout.kind(word) != ExtentLayout.SLAB || (word & ExtentLayout.BUSY) != 0) {
      return false;
    }
    if (ExtentLayout.owner(word) == NONE) {
      // Nobody takes slots without first owning it, which changes the word.
      return isEmpty(extent, word) && makeFree(offset, word);
    }
    long disowned = ExtentLayout.withoutOwner(word);
    if (!isEmpty(extent, word) || !segment.compareAndSet(offset, word, disowned)) {
      return false;
    }
    if (isEmpty(extent, disowned)) {
      return makeFree(offset, disowned);
    }
    // Its owner took a slot in between; it has lost the slab, which has other slots to give.
    segment.getAndOr(offset, ExtentLayout.HAS_FREE);
    return false;
  }

  private boolean makeFree(long offset, long word) {
    if (!segment.compareAndSet(offset, word, ExtentLayout.FREE)) {
      return false;
    }
    extentsFreed++;
    return true;
  }

  /// How many extents the node has freed so far: when it has not changed, no run can have appeared.
  public long extentsFreed() {
    return extentsFreed;
  }

  private boolean isEmpty(int extent, long word) {
    int words = (classes.slotsPerExtent(ExtentLayout.sizeClass(word)) + 63) >>> 6;
    long bitmap = layout.bitmap(extent);
    for (int i = 0; i < words; i++) {
      if (segment.getVolatile(bitmap + i * 8L) != 0) {
        return false;
      }
    }
    return true;
  }

  /// Node only: notes that a sealed object of a dead client lives in a run, which is its own now.
  public void disownRun(long dataOffset, long size, int deadSlot) {
    if (dataOffset == 0) {
      return;
    }
    int extent = layout.extentOf(dataOffset);
    if (segment.getVolatile(layout.extentWord(extent)) != ExtentLayout.run(deadSlot)) {
      return;
    }
    int length = (int) layout.extentsFor(size);
    for (int i = 0; i < length; i++) {
      segment.setVolatile(layout.extentWord(extent + i), ExtentLayout.run(NONE));
    }
  }

  /// Node only, after its entries were seen to: takes back the extents of a dead client.
  public void takeFrom(int deadSlot) {
    for (int extent = 0; extent < layout.extents(); extent++) {
      long offset = layout.extentWord(extent);
      long word = segment.getVolatile(offset);
      if (ExtentLayout.owner(word) != deadSlot) {
        continue;
      }
      if (ExtentLayout.kind(word) == ExtentLayout.RUN) {
        segment.setVolatile(offset, ExtentLayout.FREE);
        extentsFreed++;
      } else {
        segment.setVolatile(offset, ExtentLayout.withoutOwner(word) | ExtentLayout.HAS_FREE);
        freeIfEmpty(extent);
      }
    }
  }

  /// Node only: frees the slabs without objects, leased or not.
  public void freeEmptySlabs() {
    for (int extent = 0; extent < layout.extents(); extent++) {
      freeIfEmpty(extent);
    }
  }

  /// How many extents are free.
  public int freeExtents() {
    int free = 0;
    for (int extent = 0; extent < layout.extents(); extent++) {
      if (segment.getAcquire(layout.extentWord(extent)) == ExtentLayout.FREE) {
        free++;
      }
    }
    return free;
  }

  /// Whether so many neighbouring extents are free.
  public boolean hasFreeRun(int length) {
    int start = 0;
    while (start + length <= layout.extents()) {
      int free = freeLength(start, length);
      if (free == length) {
        return true;
      }
      start += free + 1;
    }
    return false;
  }

  /// The extents that the data of an entry touches: the first, and how many.
  public int firstExtent(long dataOffset) {
    return layout.extentOf(dataOffset);
  }

  public int extentCount(long dataOffset, long size) {
    long word = segment.getVolatile(layout.extentWord(layout.extentOf(dataOffset)));
    return ExtentLayout.kind(word) == ExtentLayout.SLAB ? 1 : (int) layout.extentsFor(size);
  }

  /// Whether an extent holds nothing.
  public boolean isFree(int extent) {
    return segment.getVolatile(layout.extentWord(extent)) == ExtentLayout.FREE;
  }

  /// How many bytes of memory an object of this size takes.
  public long allocatedBytes(long size) {
    if (size == 0) {
      return 0;
    }
    return size <= classes.maxBytes()
        ? classes.slotBytes(classes.classOf(size))
        : layout.extentsFor(size) << layout.extentShift();
  }
}

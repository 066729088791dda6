package org.rayakka.objectstore.layout;

/// Where the parts of a segment lie. Everything follows from the capacity and the number of
/// entries, which the header holds, so two processes cannot disagree about it.
///
/// ```
///   0            +---------------------------------------------------------+
///                | header      magic, version, capacity, entries, node pid |  4 KiB
///                |             (own line) how many blocks were ever used   |
///   slots        +---------------------------------------------------------+
///                | 256 client slots, 128 bytes each                        |
///   index        +---------------------------------------------------------+
///                | buckets of 64 bytes: 7 cells of (tag, entry + 1), and   |
///                | whether an id went on to the next bucket                |
///   blocks       +---------------------------------------------------------+
///                | a word for each block of 64 entries                     |
///   entries      +---------------------------------------------------------+
///                | 128 bytes each: who, where, how large, state, pins      |
///   extents      +---------------------------------------------------------+
///                | a word for each extent of the data                      |
///   bitmaps      +---------------------------------------------------------+
///                | a bit for each 64 bytes of data, used by slab extents   |
///   data         +---------------------------------------------------------+  at 2 MiB
///                | extents                                                 |
///   total        +---------------------------------------------------------+
/// ```
///
/// A client slot:
///
/// ```
///   0   state     FREE, OPEN (handed out), ATTACHED
///   4   (unused)
///   8   pid of the client
///  64   doorbell  futex word, rung by whoever sealed what this client waits for
///  68   sleeping  1 while a thread of the client is about to wait on the doorbell
/// ```
///
/// @param capacityBytes size of the data, a multiple of the extent
/// @param extentShift log2 of the extent's size
/// @param extents how many
/// @param entries how many, a multiple of 64
/// @param buckets how many, a power of two
/// @param slots offset of the client slots
/// @param index offset of the index
/// @param blocks offset of the words of entry blocks
/// @param entryTable offset of the entries
/// @param extentWords offset of the words of extents
/// @param bitmaps offset of the slab bitmaps
/// @param data offset of the data
/// @param totalBytes size of the segment
public record StoreDescriptor(
    long capacityBytes,
    int extentShift,
    int extents,
    int entries,
    int buckets,
    long slots,
    long index,
    long blocks,
    long entryTable,
    long extentWords,
    long bitmaps,
    long data,
    long totalBytes) {

  /// `RAYAKKA1` read as a little-endian word.
  public static final long MAGIC = 0x31414B4B41594152L;

  /// Raised with every change of the layout or the protocol on it.
  public static final int VERSION = 1;

  public static final long MAGIC_OFFSET = 0;
  public static final long VERSION_OFFSET = 8;
  public static final long CAPACITY_OFFSET = 16;
  public static final long ENTRIES_OFFSET = 24;
  public static final long NODE_PID_OFFSET = 32;

  /// How many entry blocks were ever given out; raised by clients.
  public static final long FRESH_BLOCKS_OFFSET = 128;

  public static final int HEADER_BYTES = 4096;

  public static final int SLOTS = 256;
  public static final int SLOT_BYTES = 128;
  public static final int SLOT_STATE = 0;
  public static final int SLOT_PID = 8;
  public static final int SLOT_DOORBELL = 64;
  public static final int SLOT_SLEEPING = 68;

  public static final int BUCKET_CELLS = 7;
  public static final int BUCKET_OVERFLOWED = 56;
  public static final int BUCKET_BYTES = 64;

  public static final int BLOCK_ENTRIES = 64;

  /// Every object starts at a multiple of this.
  public static final int ALIGNMENT = 64;

  /// The data starts at a multiple of this; and the file is longer than the segment by as much, so
  /// that each process can map the segment to where it has large pages.
  public static final long LARGE_PAGE_BYTES = 2L << 20;

  private static final int MIN_EXTENT_SHIFT = 16;
  private static final int MAX_EXTENT_SHIFT = 20;
  private static final int EXTENTS_WANTED_SHIFT = 12;
  private static final int MIN_ENTRIES = 1 << 16;
  private static final int MAX_ENTRIES = 1 << 26;
  private static final int BYTES_PER_ENTRY = 2048;
  private static final int PAGE_BYTES = 4096;

  /// The layout of a new store.
  ///
  /// @param capacityBytes wanted; rounded up to whole extents
  /// @param entries wanted; 0 for as many as fit the capacity
  public static StoreDescriptor of(long capacityBytes, int entries) {
    // A store is cut into about 4,096 extents, so that those that a client has opened and not
    // filled weigh little in a small store, and a large one is not a long list.
    int shift = MIN_EXTENT_SHIFT;
    while (shift < MAX_EXTENT_SHIFT
        && roundUp(capacityBytes, 1L << shift) >>> shift > (1L << EXTENTS_WANTED_SHIFT)) {
      shift++;
    }
    long extentCount = roundUp(capacityBytes, 1L << shift) >>> shift;
    if (extentCount > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException(
          "capacityBytes: " + capacityBytes + " (expected: < " + (1L << (shift + 30)) + ")");
    }
    int extents = (int) extentCount;
    long capacity = extentCount << shift;
    long wanted = entries > 0 ? entries : Math.max(MIN_ENTRIES, capacity / BYTES_PER_ENTRY);
    int entryCount = (int) roundUp(Math.min(wanted, MAX_ENTRIES), BLOCK_ENTRIES);
    // Two entries to a bucket of seven cells at most, when every entry is in use.
    int buckets = Math.max(64, Integer.highestOneBit(Math.max(1, (entryCount / 2) - 1)) << 1);

    long slots = HEADER_BYTES;
    long index = slots + (long) SLOTS * SLOT_BYTES;
    long blocks = roundUp(index + (long) buckets * BUCKET_BYTES, PAGE_BYTES);
    long entryTable = roundUp(blocks + (entryCount / BLOCK_ENTRIES) * 8L, PAGE_BYTES);
    long extentWords = roundUp(entryTable + (long) entryCount * EntryLayout.BYTES, PAGE_BYTES);
    long bitmaps = roundUp(extentWords + extents * 8L, PAGE_BYTES);
    long data = roundUp(bitmaps + capacity / ALIGNMENT / 8, LARGE_PAGE_BYTES);
    return new StoreDescriptor(
        capacity,
        shift,
        extents,
        entryCount,
        buckets,
        slots,
        index,
        blocks,
        entryTable,
        extentWords,
        bitmaps,
        data,
        data + capacity);
  }

  public static long roundUp(long value, long multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }

  public long extentBytes() {
    return 1L << extentShift;
  }

  /// How many whole extents hold so many bytes.
  public long extentsFor(long bytes) {
    return (bytes + extentBytes() - 1) >>> extentShift;
  }

  public long slot(int slot) {
    return slots + (long) slot * SLOT_BYTES;
  }

  public long bucket(int bucket) {
    return index + (long) bucket * BUCKET_BYTES;
  }

  public int blockCount() {
    return entries / BLOCK_ENTRIES;
  }

  public long block(int block) {
    return blocks + block * 8L;
  }

  public long entry(int entry) {
    return entryTable + (long) entry * EntryLayout.BYTES;
  }

  public long extentWord(int extent) {
    return extentWords + extent * 8L;
  }

  /// Where the bitmap of an extent starts.
  public long bitmap(int extent) {
    return bitmaps + ((long) extent << (extentShift - 9));
  }

  public long extentData(int extent) {
    return data + ((long) extent << extentShift);
  }

  /// The extent that an offset of the data lies in.
  public int extentOf(long offset) {
    return (int) ((offset - data) >>> extentShift);
  }
}

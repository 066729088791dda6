package org.rayakka.objectstore.layout;

/// An entry of the object table, and its state word, through which alone it changes hands.
///
/// ```
///    0  state      generation:32 | 0:8 | creator slot:16 | state:8
///    8  id         high, low, index (20 bytes)
///   28  type tag
///   32  offset     of the data in the segment; 0 for an object without bytes
///   40  size       of the data
///   48  sealed at  CLOCK_MONOTONIC, ns
///   56  cell       1 + the index cell that holds the entry; 0 for none
///   60  visited    1 when read since the evictor last came by
///   64  pins       256 bits, one for each client slot
///   96  waiters    256 bits, one for each client slot
/// ```
///
/// ```
///   FREE -> RESERVED -> CLAIMING -> EXPECTED -> CREATED -> SEALED -> DELETING -> FREE
///     client   client |   client |     client |    client |      node |     node
///                     |          +------------^           +-> DOOMED -+
///                     +-> ABORTED (any of the client's states) -> DELETING
/// ```
///
/// CLAIMING is an entry in the index whose id may yet turn out to be another entry's. EXPECTED is
/// one that somebody waits for and nobody has created. DOOMED is one deleted while pinned: no
/// longer found, freed when its last pin goes. Only the node makes an entry FREE.
public final class EntryLayout {
  public static final int BYTES = 128;

  public static final int STATE = 0;
  public static final int ID_HIGH = 8;
  public static final int ID_LOW = 16;
  public static final int ID_INDEX = 24;
  public static final int TYPE_TAG = 28;
  public static final int OFFSET = 32;
  public static final int SIZE = 40;
  public static final int SEALED_AT = 48;
  public static final int CELL = 56;
  public static final int VISITED = 60;
  public static final int PINS = 64;
  public static final int WAITERS = 96;
  public static final int BITMAP_WORDS = 4;

  public static final int FREE = 0;
  public static final int RESERVED = 1;
  public static final int CLAIMING = 2;
  public static final int EXPECTED = 3;
  public static final int CREATED = 4;
  public static final int SEALED = 5;
  public static final int DELETING = 6;
  public static final int DOOMED = 7;
  public static final int ABORTED = 8;

  private EntryLayout() {}

  public static int state(long word) {
    return (int) (word & 0xFF);
  }

  public static int creator(long word) {
    return (int) ((word >>> 8) & 0xFFFF);
  }

  public static int generation(long word) {
    return (int) (word >>> 32);
  }

  /// The same generation in another state, by the same creator.
  public static long with(long word, int state) {
    return (word & ~0xFFL) | state;
  }

  /// The same generation in another state, by another creator.
  public static long with(long word, int state, int creator) {
    return (word & 0xFFFF_FFFF_0000_0000L) | ((long) creator << 8) | state;
  }

  /// The first state of the next generation.
  public static long nextGeneration(long word, int state, int creator) {
    return ((long) (generation(word) + 1) << 32) | ((long) creator << 8) | state;
  }

  public static boolean sameGeneration(long word, long other) {
    return ((word ^ other) >>> 32) == 0;
  }

  public static boolean isSealed(long word) {
    return state(word) == SEALED;
  }
}

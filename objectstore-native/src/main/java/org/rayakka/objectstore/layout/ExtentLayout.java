package org.rayakka.objectstore.layout;

/// The word of an extent.
///
/// ```
///   0-1    kind       FREE, SLAB (slots of one size), RUN (part of one large object)
///   2      BUSY       its owner is taking a slot; the node keeps its hands off
///   3      HAS_FREE   slots were given back since its owner last looked
///   8-15   size class of a slab
///  16-31   owner      1 + slot of the client that fills it; 0 for none
/// ```
///
/// A FREE extent is claimed by whoever changes its word. An owner alone takes slots of its slab;
/// giving slots back, and making the extent FREE again, is the node's.
public final class ExtentLayout {
  public static final long FREE = 0;
  public static final long SLAB = 1;
  public static final long RUN = 2;
  public static final long BUSY = 1L << 2;
  public static final long HAS_FREE = 1L << 3;

  private static final long KIND_MASK = 3;
  private static final long OWNER_MASK = 0xFFFFL << 16;

  private ExtentLayout() {}

  public static long kind(long word) {
    return word & KIND_MASK;
  }

  public static int sizeClass(long word) {
    return (int) ((word >>> 8) & 0xFF);
  }

  /// The slot of the owner, or -1.
  public static int owner(long word) {
    return (int) ((word >>> 16) & 0xFFFF) - 1;
  }

  public static long slab(int sizeClass, int owner) {
    return SLAB | ((long) sizeClass << 8) | ((long) (owner + 1) << 16);
  }

  public static long run(int owner) {
    return RUN | ((long) (owner + 1) << 16);
  }

  public static long withOwner(long word, int owner) {
    return (word & ~OWNER_MASK) | ((long) (owner + 1) << 16);
  }

  public static long withoutOwner(long word) {
    return word & ~OWNER_MASK & ~BUSY;
  }
}

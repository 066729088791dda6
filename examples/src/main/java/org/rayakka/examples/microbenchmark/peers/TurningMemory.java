package org.rayakka.examples.microbenchmark.peers;

import java.nio.ByteBuffer;

/// What a bare transport sends from, or receives into: another part each time, of as many bytes in
/// all as the objects have that are fetched in turn. One part alone would stay in the caches.
final class TurningMemory {
  private static final int TOTAL_BYTES = 500_000_000;
  private static final int MAX_PARTS = 100;

  private ByteBuffer whole = ByteBuffer.allocateDirect(0);
  private int next;

  /// How many objects of a size are fetched in turn.
  static int parts(int size) {
    return Math.clamp(TOTAL_BYTES / size, 1, MAX_PARTS);
  }

  /// The next part.
  ByteBuffer next(int size) {
    int bytes = Math.multiplyExact(size, parts(size));
    if (whole.capacity() < bytes) {
      whole = ByteBuffer.allocateDirect(bytes);
    }
    if (next + size > bytes) {
      next = 0;
    }
    ByteBuffer part = whole.slice(next, size);
    next += size;
    return part;
  }
}

package org.rayakka.objectstore;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.rayakka.api.id.ObjectId;

/// Bytes that tell which object they belong to, and where in it, so that a reader notices every
/// byte that is not its object's.
final class Pattern {
  private Pattern() {}

  static ObjectId id(long number) {
    return new ObjectId(number * 0x9E37_79B9_7F4A_7C15L, number, 1);
  }

  private static long word(ObjectId id, long position) {
    return (id.low() + 1) * 0xD6E8_FEB8_6659_FD93L + position * 0x9E37_79B9L;
  }

  static void fill(MemorySegment data, ObjectId id) {
    long size = data.byteSize();
    long words = size & ~7L;
    for (long at = 0; at < words; at += 8) {
      data.set(ValueLayout.JAVA_LONG_UNALIGNED, at, word(id, at));
    }
    for (long at = words; at < size; at++) {
      data.set(ValueLayout.JAVA_BYTE, at, (byte) word(id, at));
    }
  }

  /// The first place that is not as it was filled, or -1.
  static long firstWrong(MemorySegment data, ObjectId id) {
    long size = data.byteSize();
    long words = size & ~7L;
    for (long at = 0; at < words; at += 8) {
      if (data.get(ValueLayout.JAVA_LONG_UNALIGNED, at) != word(id, at)) {
        return at;
      }
    }
    for (long at = words; at < size; at++) {
      if (data.get(ValueLayout.JAVA_BYTE, at) != (byte) word(id, at)) {
        return at;
      }
    }
    return -1;
  }

  /// Creates, fills and seals.
  static void put(ObjectStore store, ObjectId id, long size) {
    try (UnsealedObject object = store.create(id, (int) id.low(), size)) {
      fill(object.data(), id);
      object.seal();
    }
  }
}

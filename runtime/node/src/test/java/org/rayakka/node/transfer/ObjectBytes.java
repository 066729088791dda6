package org.rayakka.node.transfer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.rayakka.api.id.ObjectId;

/// Bytes that tell which object they belong to, and where in it.
final class ObjectBytes {
  private ObjectBytes() {}

  private static long word(ObjectId id, long position) {
    return (id.high() * 31 + id.low() + 1) * 0xD6E8_FEB8_6659_FD93L + position * 0x9E37_79B9L;
  }

  static void fill(MemorySegment data, ObjectId id) {
    long words = data.byteSize() & ~7L;
    for (long at = 0; at < words; at += 8) {
      data.set(ValueLayout.JAVA_LONG_UNALIGNED, at, word(id, at));
    }
    for (long at = words; at < data.byteSize(); at++) {
      data.set(ValueLayout.JAVA_BYTE, at, (byte) word(id, at));
    }
  }

  /// The first place that is not as it was filled, or -1.
  static long firstWrong(MemorySegment data, ObjectId id) {
    long words = data.byteSize() & ~7L;
    for (long at = 0; at < words; at += 8) {
      if (data.get(ValueLayout.JAVA_LONG_UNALIGNED, at) != word(id, at)) {
        return at;
      }
    }
    for (long at = words; at < data.byteSize(); at++) {
      if (data.get(ValueLayout.JAVA_BYTE, at) != (byte) word(id, at)) {
        return at;
      }
    }
    return -1;
  }
}

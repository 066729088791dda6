package org.rayakka.client.value;

import java.lang.foreign.MemorySegment;

/// Null or a boxed primitive.
///
/// @param bits the value's bytes, from the lowest on
record ScalarValue(int typeTag, int bytes, long bits) implements EncodedValue {
  static final ScalarValue NULL = new ScalarValue(TypeTags.NULL, 0, 0);
  static final ScalarValue TRUE = new ScalarValue(TypeTags.BOOLEAN, Byte.BYTES, 1);
  static final ScalarValue FALSE = new ScalarValue(TypeTags.BOOLEAN, Byte.BYTES, 0);

  @Override
  public long size() {
    return bytes;
  }

  @Override
  public void writeTo(MemorySegment destination) {
    switch (bytes) {
      case Byte.BYTES -> destination.set(Layouts.BYTE, 0, (byte) bits);
      case Short.BYTES -> destination.set(Layouts.SHORT, 0, (short) bits);
      case Integer.BYTES -> destination.set(Layouts.INT, 0, (int) bits);
      case Long.BYTES -> destination.set(Layouts.LONG, 0, bits);
      default -> {} // null has no bytes
    }
  }

  @Override
  public boolean isSimple() {
    return true;
  }
}

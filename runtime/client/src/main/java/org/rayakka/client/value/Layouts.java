package org.rayakka.client.value;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// How numbers stand in the bytes: little-endian, at any address.
final class Layouts {
  static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  static final ValueLayout.OfChar CHAR =
      ValueLayout.JAVA_CHAR_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Where arrays begin that are read in place: a cache line, as Arrow asks for.
  static final int ARRAY_ALIGNMENT = 64;

  private Layouts() {}

  /// The next multiple of {@link #ARRAY_ALIGNMENT}.
  static long alignArray(long offset) {
    return (offset + ARRAY_ALIGNMENT - 1) & -ARRAY_ALIGNMENT;
  }
}

package org.rayakka.client.value;

import java.lang.foreign.MemorySegment;
import org.rayakka.objectstore.UnsealedObject;

/// A primitive array other than `boolean[]`: its elements as they stand in memory.
record ArrayValue(int typeTag, MemorySegment elements) implements EncodedValue {
  static Object read(int typeTag, MemorySegment bytes) {
    long size = bytes.byteSize();
    Object array =
        switch (typeTag) {
          case TypeTags.BYTES -> new byte[length(size, Byte.BYTES)];
          case TypeTags.CHARS -> new char[length(size, Character.BYTES)];
          case TypeTags.SHORTS -> new short[length(size, Short.BYTES)];
          case TypeTags.INTS -> new int[length(size, Integer.BYTES)];
          case TypeTags.LONGS -> new long[length(size, Long.BYTES)];
          case TypeTags.FLOATS -> new float[length(size, Float.BYTES)];
          case TypeTags.DOUBLES -> new double[length(size, Double.BYTES)];
          default ->
              throw new IllegalArgumentException(
                  "type tag: " + typeTag + " (expected: an array's)");
        };
    segment(array).copyFrom(bytes);
    return array;
  }

  private static int length(long size, int elementBytes) {
    return Math.toIntExact(size / elementBytes);
  }

  /// An array as a segment.
  static MemorySegment segment(Object array) {
    return switch (array) {
      case byte[] bytes -> MemorySegment.ofArray(bytes);
      case char[] chars -> MemorySegment.ofArray(chars);
      case short[] shorts -> MemorySegment.ofArray(shorts);
      case int[] ints -> MemorySegment.ofArray(ints);
      case long[] longs -> MemorySegment.ofArray(longs);
      case float[] floats -> MemorySegment.ofArray(floats);
      case double[] doubles -> MemorySegment.ofArray(doubles);
      default ->
          throw new IllegalArgumentException(
              "array: " + array.getClass().getTypeName() + " (expected: of numbers or chars)");
    };
  }

  @Override
  public long size() {
    return elements.byteSize();
  }

  @Override
  public void writeTo(MemorySegment destination) {
    MemorySegment.copy(elements, 0, destination, 0, elements.byteSize());
  }

  @Override
  public void writeTo(UnsealedObject object) {
    object.write(elements, 0);
  }

  @Override
  public boolean isSimple() {
    return typeTag == TypeTags.BYTES && elements.byteSize() < SimpleValues.TOTAL_LIMIT;
  }
}

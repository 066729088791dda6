package org.rayakka.client.value;

import java.lang.foreign.MemorySegment;

/// A `boolean[]`, one byte each.
@SuppressWarnings("ArrayRecordComponent") // carried from the caller to the bytes, never compared
record BooleanArrayValue(boolean[] elements) implements EncodedValue {
  static boolean[] read(MemorySegment bytes) {
    boolean[] elements = new boolean[Math.toIntExact(bytes.byteSize())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = bytes.get(Layouts.BYTE, i) != 0;
    }
    return elements;
  }

  @Override
  public int typeTag() {
    return TypeTags.BOOLEANS;
  }

  @Override
  public long size() {
    return elements.length;
  }

  @Override
  public void writeTo(MemorySegment destination) {
    for (int i = 0; i < elements.length; i++) {
      destination.set(Layouts.BYTE, i, elements[i] ? (byte) 1 : 0);
    }
  }

  @Override
  public boolean isSimple() {
    return false;
  }
}

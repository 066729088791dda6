package org.rayakka.client.value;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.rayakka.objectstore.UnsealedObject;

/// A graph of objects, encoded, with its large arrays beside it.
///
/// Without arrays ({@link TypeTags#GRAPH}) the bytes are the graph's. With arrays:
///
/// ```
/// 0        8         16                      16 + 8n
/// | length | count n | length of array, n × | graph | array 0 | array 1 | …
/// ```
///
/// The graph and each array begin at the next multiple of 64.
///
/// @param value what was encoded
/// @param graph holds the graph's bytes
/// @param length how many they are
/// @param arrays the arrays, not copied yet
/// @param views whether any of them is read in place
@SuppressWarnings("ArrayRecordComponent") // carried from the serialiser to the bytes
record GraphValue(Object value, byte[] graph, int length, List<MemorySegment> arrays, boolean views)
    implements EncodedValue {
  /// The parts of what {@link #writeTo} wrote.
  record Parts(MemorySegment graph, List<MemorySegment> arrays) {
    static Parts of(int typeTag, MemorySegment bytes) {
      if (typeTag == TypeTags.GRAPH) {
        return new Parts(bytes, List.of());
      }
      long graphLength = bytes.get(Layouts.LONG, 0);
      int count = Math.toIntExact(bytes.get(Layouts.LONG, Long.BYTES));
      long offset = Layouts.alignArray(lengthsEnd(count));
      MemorySegment graph = bytes.asSlice(offset, graphLength);
      offset += graphLength;
      MemorySegment[] arrays = new MemorySegment[count];
      for (int i = 0; i < count; i++) {
        long length = bytes.get(Layouts.LONG, lengthsEnd(i));
        offset = Layouts.alignArray(offset);
        arrays[i] = bytes.asSlice(offset, length);
        offset += length;
      }
      return new Parts(graph, List.of(arrays));
    }
  }

  private static long lengthsEnd(int count) {
    return (2L + count) * Long.BYTES;
  }

  @Override
  public int typeTag() {
    if (arrays.isEmpty()) {
      return TypeTags.GRAPH;
    }
    return views ? TypeTags.GRAPH_WITH_VIEWS : TypeTags.GRAPH_WITH_COPIES;
  }

  @Override
  public long size() {
    if (arrays.isEmpty()) {
      return length;
    }
    long size = Layouts.alignArray(lengthsEnd(arrays.size())) + length;
    for (MemorySegment array : arrays) {
      size = Layouts.alignArray(size) + array.byteSize();
    }
    return size;
  }

  @Override
  public void writeTo(MemorySegment destination) {
    write(destination, BulkCopy.into(destination));
  }

  @Override
  public void writeTo(UnsealedObject object) {
    write(object.data(), object::write);
  }

  private void write(MemorySegment destination, BulkCopy bulk) {
    if (arrays.isEmpty()) {
      MemorySegment.copy(graph, 0, destination, Layouts.BYTE, 0, length);
      return;
    }
    destination.set(Layouts.LONG, 0, length);
    destination.set(Layouts.LONG, Long.BYTES, arrays.size());
    long offset = Layouts.alignArray(lengthsEnd(arrays.size()));
    MemorySegment.copy(graph, 0, destination, Layouts.BYTE, offset, length);
    offset += length;
    for (int i = 0; i < arrays.size(); i++) {
      MemorySegment array = arrays.get(i);
      destination.set(Layouts.LONG, lengthsEnd(i), array.byteSize());
      offset = Layouts.alignArray(offset);
      bulk.copy(array, offset);
      offset += array.byteSize();
    }
  }

  @Override
  public boolean isSimple() {
    return SimpleValues.isSimple(value);
  }
}

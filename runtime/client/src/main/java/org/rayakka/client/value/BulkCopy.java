package org.rayakka.client.value;

import java.lang.foreign.MemorySegment;

/// Copies a large part of a value to its place.
@FunctionalInterface
interface BulkCopy {
  /// Copies all bytes of a segment.
  ///
  /// @param position where in the value they go
  void copy(MemorySegment source, long position);

  /// Copies into a segment.
  static BulkCopy into(MemorySegment destination) {
    return (source, position) ->
        MemorySegment.copy(source, 0, destination, position, source.byteSize());
  }
}

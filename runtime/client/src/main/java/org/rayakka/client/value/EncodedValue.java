package org.rayakka.client.value;

import java.lang.foreign.MemorySegment;
import org.rayakka.objectstore.UnsealedObject;

/// A value on its way into the store or into a task: measured, and ready to be written. It may hold
/// the value itself, not a copy, so write it before the value changes. For one thread at a time.
public interface EncodedValue {
  /// What the bytes are; kept beside them by whoever stores them.
  int typeTag();

  /// How many bytes {@link #writeTo} writes.
  long size();

  /// Writes the bytes to the start of a segment. It may be called again.
  ///
  /// @param destination at least {@link #size} bytes; 64-byte aligned where the value is to be read
  ///   without a copy
  void writeTo(MemorySegment destination);

  /// Writes the bytes into an object of that size in the store: the fast way for large values.
  default void writeTo(UnsealedObject object) {
    writeTo(object.data());
  }

  /// Whether the value travels inside a task rather than through the store: a number, boolean,
  /// null, string or byte array, or a list or map with fewer than 100 entries of such, with fewer
  /// than 1,000 elements and characters in total.
  boolean isSimple();
}

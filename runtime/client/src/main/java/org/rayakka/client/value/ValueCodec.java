package org.rayakka.client.value;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.rayakka.objectstore.SealedObject;

/// Turns Java values into the bytes of objects and back. Safe for any number of threads.
@SuppressWarnings("DoNotCallSuggester")
public final class ValueCodec {
  /// A codec for one job.
  ///
  /// @param loader finds the job's classes; no other class is ever instantiated
  /// @param hook is told of handles inside values
  public ValueCodec(ClassLoader loader, ReferenceHook hook) {}

  /// Measures and prepares a value.
  ///
  /// @throws RuntimeException naming the class that cannot be
  ///     serialised and the path to it
  public EncodedValue encode(@Nullable Object value) {
    throw new UnsupportedOperationException("encode");
  }

  /// Reads a stored value, and takes over the pin: it is given up at once where the value is a copy,
  /// else when the value and all views of it are unreachable.
  public @Nullable Object decode(SealedObject object) {
    throw new UnsupportedOperationException("decode");
  }

  /// Reads a value that came inside a message. The result never refers to the bytes.
  public @Nullable Object decode(int typeTag, MemorySegment bytes) {
    throw new UnsupportedOperationException("decode");
  }
}

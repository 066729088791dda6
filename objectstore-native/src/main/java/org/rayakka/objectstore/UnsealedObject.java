package org.rayakka.objectstore;

import java.lang.foreign.MemorySegment;
import org.rayakka.api.id.ObjectId;

/// An object that its creator is writing. Nobody else sees it before {@link #seal}. For one thread
/// at a time.
@SuppressWarnings("DoNotCallSuggester")
public final class UnsealedObject implements AutoCloseable {
  private UnsealedObject() {}

  public ObjectId id() {
    throw new UnsupportedOperationException("id");
  }

  /// Where to write, 64-byte aligned. Not to be used after {@link #seal} or {@link #close}.
  public MemorySegment data() {
    throw new UnsupportedOperationException("data");
  }

  /// Makes the object readable by all and immutable, and wakes those that wait for it.
  public void seal() {
    throw new UnsupportedOperationException("seal");
  }

  /// Gives the object up if it is not sealed; otherwise does nothing.
  @Override
  public void close() {}
}

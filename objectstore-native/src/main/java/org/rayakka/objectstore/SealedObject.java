package org.rayakka.objectstore;

import java.lang.foreign.MemorySegment;
import org.rayakka.api.id.ObjectId;

/// A pinned, readable object. Close it to unpin it. Its data may be read by any thread; it is
/// closed once, by one.
@SuppressWarnings("DoNotCallSuggester")
public final class SealedObject implements AutoCloseable {
  private SealedObject() {}

  public ObjectId id() {
    throw new UnsupportedOperationException("id");
  }

  /// What its creator said it is.
  public int typeTag() {
    throw new UnsupportedOperationException("typeTag");
  }

  /// The bytes of its data.
  public long size() {
    throw new UnsupportedOperationException("size");
  }

  /// Its data in shared memory: read-only, 64-byte aligned. Throws, as does each access through a
  /// segment it returned, once this is closed.
  public MemorySegment data() {
    throw new UnsupportedOperationException("data");
  }

  /// Unpins the object. Closing twice does nothing.
  @Override
  public void close() {}
}

package org.rayakka.objectstore;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.rayakka.api.id.ObjectId;

/// An object that its creator is writing. Nobody else sees it before {@link #seal}. For one thread
/// at a time.
public final class UnsealedObject implements AutoCloseable {
  private final ObjectStore store;
  private final ObjectId id;
  private final int entry;
  private final long createdWord;
  private final long offset;
  private final long size;
  private final AtomicBoolean ended = new AtomicBoolean();

  UnsealedObject(
      ObjectStore store, ObjectId id, int entry, long createdWord, long offset, long size) {
    this.store = store;
    this.id = id;
    this.entry = entry;
    this.createdWord = createdWord;
    this.offset = offset;
    this.size = size;
  }

  public ObjectId id() {
    return id;
  }

  public long size() {
    return size;
  }

  /// Where to write, 64-byte aligned. Not to be used after {@link #seal} or {@link #close}: what is
  /// then written through it goes to whoever has the memory.
  ///
  /// @throws IllegalStateException after {@link #seal} or {@link #close}
  public MemorySegment data() {
    checkOpen();
    return store.dataAt(offset, size);
  }

  /// Copies a value to a place in the object: the fast way for large ones, which maps pages in
  /// large steps on its way.
  ///
  /// @param source the bytes
  /// @param position where in the object they go
  public void write(MemorySegment source, long position) {
    checkOpen();
    Objects.checkFromIndexSize(position, source.byteSize(), size);
    store.copyIn(source, offset + position);
  }

  /// Maps the pages of a part of it at once, for a writer that is about to write that by itself.
  ///
  /// @param position where the part begins
  /// @param bytes how long it is
  public void populate(long position, long bytes) {
    checkOpen();
    Objects.checkFromIndexSize(position, bytes, size);
    store.map(offset + position, bytes, true);
  }

  /// Makes the object readable by all and immutable, and wakes those that wait for it.
  ///
  /// @throws IllegalStateException if it is sealed or given up already, or the node has taken this
  ///   client for dead
  public void seal() {
    if (ended.getAndSet(true)) {
      throw ended();
    }
    store.seal(id, entry, createdWord);
  }

  /// Gives the object up if it is not sealed; otherwise does nothing.
  @Override
  public void close() {
    if (!ended.getAndSet(true)) {
      store.abort(entry, createdWord);
    }
  }

  private void checkOpen() {
    if (ended.get()) {
      throw ended();
    }
  }

  private IllegalStateException ended() {
    return new IllegalStateException(id + " is sealed or closed (expected: being written)");
  }
}

package org.rayakka.objectstore;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ObjectId;

/// A pinned, readable object. Close it to unpin it. Its data may be read by any thread; it is
/// closed once, by one.
public final class SealedObject implements AutoCloseable {
  private static final VarHandle CLOSED;
  private static final VarHandle GUARD;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CLOSED = lookup.findVarHandle(SealedObject.class, "closed", boolean.class);
      GUARD = lookup.findVarHandle(SealedObject.class, "guard", Arena.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final ObjectStore store;
  private final ObjectId id;
  private final int entry;
  private final int typeTag;
  private final long offset;
  private final long size;

  private volatile boolean closed;

  /// Its segments die with it. Made when first asked for: closing it costs microseconds, since
  /// every thread must have seen it.
  private volatile @Nullable Arena guard;

  SealedObject(ObjectStore store, ObjectId id, int entry, int typeTag, long offset, long size) {
    this.store = store;
    this.id = id;
    this.entry = entry;
    this.typeTag = typeTag;
    this.offset = offset;
    this.size = size;
  }

  public ObjectId id() {
    return id;
  }

  /// What its creator said it is.
  public int typeTag() {
    return typeTag;
  }

  /// The bytes of its data.
  public long size() {
    return size;
  }

  /// Its data in shared memory: read-only, 64-byte aligned. Throws, as does each access through a
  /// segment it returned, once this is closed.
  // The memory is mapped as long as the arena lives, since it is pinned; close() ends the arena.
  @SuppressWarnings({"restricted", "MustBeClosedChecker"})
  public MemorySegment data() {
    Arena arena = guard;
    if (arena == null) {
      Arena made = Arena.ofShared();
      if (GUARD.compareAndSet(this, (Arena) null, made)) {
        arena = made;
      } else {
        made.close();
        arena = guard;
      }
    }
    if (closed || arena == null) {
      throw released();
    }
    return store.dataAt(offset, size).reinterpret(arena, null).asReadOnly();
  }

  /// Its data, without the guard of {@link #data}: for code that is sure to close this after its
  /// last access, such as a decoder that copies what it reads. Reading later gives other bytes.
  public MemorySegment view() {
    if (closed) {
      throw released();
    }
    return store.dataAt(offset, size).asReadOnly();
  }

  /// Maps the pages of a large object at once, for a reader that is about to read all of it.
  public void populate() {
    populate(0, size);
  }

  /// Maps the pages of a part of it at once, for a reader that is about to read that.
  ///
  /// @param position where the part begins
  /// @param bytes how long it is
  public void populate(long position, long bytes) {
    Objects.checkFromIndexSize(position, bytes, size);
    if (closed) {
      throw released();
    }
    store.map(offset + position, bytes, false);
  }

  /// Unpins the object. Closing twice does nothing.
  ///
  /// @throws IllegalStateException if a system call is reading the data; the object stays pinned
  @Override
  public void close() {
    if ((boolean) CLOSED.getAndSet(this, true)) {
      return;
    }
    Arena arena = guard;
    if (arena != null) {
      try {
        arena.close();
      } catch (IllegalStateException inUse) {
        closed = false;
        throw inUse;
      }
    }
    store.unpin(entry);
  }

  private IllegalStateException released() {
    return new IllegalStateException(id + " is closed (expected: pinned)");
  }
}

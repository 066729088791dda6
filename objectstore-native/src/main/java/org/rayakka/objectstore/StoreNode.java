package org.rayakka.objectstore;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.rayakka.api.id.ObjectId;

/// The node's side of the store: makes the segment, hands out client slots, and is the only one
/// that evicts, deletes, spills, restores and frees.
///
/// All methods are called by one thread at a time (the node's object manager).
@SuppressWarnings("DoNotCallSuggester")
public final class StoreNode implements AutoCloseable {
  private StoreNode() {}

  /// Makes the store.
  public static StoreNode create(StoreSettings settings) {
    throw new UnsupportedOperationException("create");
  }

  /// What clients on this machine map, while this process lives.
  public Path segmentPath() {
    throw new UnsupportedOperationException("segmentPath");
  }

  /// Takes a slot for a client process.
  ///
  /// @throws IllegalStateException when all are taken
  public int openSlot(long pid) {
    throw new UnsupportedOperationException("openSlot");
  }

  /// Takes back all that a dead or departed client held: its pins, its unsealed objects, its memory.
  /// The slot can then be handed out again.
  public void sweep(int slot) {
    throw new UnsupportedOperationException("sweep");
  }

  /// Deletes an object, in memory and on disk.
  ///
  /// @return false when there is none, or when a process holds it: then it goes once unpinned
  public boolean delete(ObjectId id) {
    throw new UnsupportedOperationException("delete");
  }

  /// Evicts until so much more is free, or nothing can be evicted.
  ///
  /// @return how many bytes this made free
  public long makeRoom(long bytes) {
    throw new UnsupportedOperationException("makeRoom");
  }

  /// Sets who decides on eviction; without one everything unpinned may be dropped.
  public void onEvict(EvictionListener listener) {
    throw new UnsupportedOperationException("onEvict");
  }

  /// Brings a spilled object back.
  ///
  /// @return whether it is in memory now; false when it is not known, or no room can be made
  public boolean restore(ObjectId id) {
    throw new UnsupportedOperationException("restore");
  }

  /// Visits every object: sealed, being written, or spilled.
  public void forEachObject(Consumer<StoredObject> consumer) {
    throw new UnsupportedOperationException("forEachObject");
  }

  public StoreUsage usage() {
    throw new UnsupportedOperationException("usage");
  }

  /// The node's own view, slot 0.
  public ObjectStore client() {
    throw new UnsupportedOperationException("client");
  }

  @Override
  public void close() {}
}

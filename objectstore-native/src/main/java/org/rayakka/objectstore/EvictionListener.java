package org.rayakka.objectstore;

import org.rayakka.api.id.ObjectId;

/// Decides what becomes of the objects that {@link StoreNode#makeRoom} would take out of memory,
/// and learns what became of them. Called by the thread that called the {@link StoreNode}; must not
/// call back into it.
public interface EvictionListener {
  /// What to do with an object that is neither pinned nor recently used.
  enum Decision {
    /// Forget it: it can be had again (another copy, or its lineage), or nobody wants it.
    DROP,
    /// Write it to disk, to be restored on demand.
    SPILL,
    /// Leave it in memory.
    KEEP
  }

  /// Asked before an object leaves memory.
  Decision decide(ObjectId id, long sizeBytes);

  /// Told that an object was dropped; it is gone from this node.
  default void dropped(ObjectId id, long sizeBytes) {}

  /// Told that an object was spilled: {@link StoreNode#restore} brings it back.
  default void spilled(ObjectId id, long sizeBytes) {}
}

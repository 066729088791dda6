package org.rayakka.node.transfer;

import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.UnsealedObject;

/// An object on its way here. It outlives the transfers that bring it: the next one goes on where
/// the last one ended. Belongs to the plane's thread.
final class Incoming {
  static final long UNKNOWN_SIZE = -1;

  final ObjectId id;

  /// In bytes; may be unknown until the first chunk has come.
  long size;

  /// Null until the first chunk has come.
  @Nullable UnsealedObject object;

  /// So many of its first bytes are here, and have been checked.
  long received;

  /// So many have been put in their place, and checked, as they arrived; their stream has yet to
  /// tell of some.
  long placed;

  /// So many of its bytes have been mapped.
  long mapped;

  /// When a chunk came last; 0: the transfer has brought none yet.
  long lastProgressNanos;

  Incoming(ObjectId id, long size) {
    this.id = id;
    this.size = size;
  }

  /// Gives up what is here.
  void drop() {
    if (object != null) {
      object.close();
      object = null;
    }
    received = 0;
    placed = 0;
    mapped = 0;
  }
}

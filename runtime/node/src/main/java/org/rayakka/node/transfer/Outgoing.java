package org.rayakka.node.transfer;

import java.lang.foreign.MemorySegment;
import org.rayakka.api.id.NodeId;
import org.rayakka.objectstore.SealedObject;

/// An object on its way to another node, pinned until all of it has left. Belongs to the plane's
/// thread once it was handed over.
final class Outgoing {
  final long transferId;
  final NodeId receiver;
  final String endpoint;
  final long nonce;
  final SealedObject object;

  /// Not to be used after the object was closed.
  final MemorySegment data;

  /// So many of its first bytes have been sent, or were there before.
  long sent;

  /// So many of its bytes have been mapped.
  long mapped;

  Outgoing(
      long transferId,
      NodeId receiver,
      String endpoint,
      long nonce,
      SealedObject object,
      long offset) {
    this.transferId = transferId;
    this.receiver = receiver;
    this.endpoint = endpoint;
    this.nonce = nonce;
    this.object = object;
    data = object.view();
    sent = offset;
    mapped = offset;
  }
}

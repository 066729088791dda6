package org.rayakka.node.transfer;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.rayakka.api.id.NodeId;
import org.rayakka.objectstore.SealedObject;

/// An object on its way to another node, pinned until all of it is there. Belongs to the plane's
/// thread once it was handed over.
final class Outgoing {
  /// Large objects are mapped in such steps, ahead of the bytes: touching pages that are not mapped
  /// costs more than copying does.
  private static final long MAP_BYTES = 8L << 20;

  final long transferId;
  final NodeId receiver;
  final String endpoint;
  final long nonce;
  final SealedObject object;

  private final MemorySegment data;

  /// So many of its first bytes have been sent, or were there before.
  long sent;

  /// So many of its bytes have been mapped.
  private long mapped;

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

  /// Some of its bytes. Not to be called after the object was closed.
  ByteBuffer data(long offset, int length) {
    while (mapped < offset + length) {
      object.populate(mapped, Math.min(MAP_BYTES, object.size() - mapped));
      mapped = Math.min(object.size(), mapped + MAP_BYTES);
    }
    return data.asSlice(offset, length).asByteBuffer();
  }
}

package org.rayakka.node.transfer;

import io.aeron.protocol.DataHeaderFlyweight;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.zip.CRC32C;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.rayakka.api.id.NodeId;

/// What goes over a stream between two nodes. First, once, who sends:
///
/// ```
///   0  transfer     0
///   8  sender's id  16 bytes
///  24  proof        HMAC-SHA-256 of (sender's id, receiver's nonce, session) by the secret
///  56
/// ```
///
/// Then chunks of objects, those of one object in their order, those of several by turns:
///
/// ```
///   0  transfer     never 0
///   8  offset       of the chunk in the object
///  16  size         of the object
///  24  type tag     of the object
///  28  checksum     CRC-32C of the 28 bytes before and of the data
///  32  data
/// ```
///
/// The proof keeps a stranger from opening a stream. It does not protect against somebody who can
/// read and write the network between the nodes.
final class Chunk {
  static final int TRANSFER = 0;
  static final int OFFSET = 8;
  static final int SIZE = 16;
  static final int TYPE_TAG = 24;
  static final int CHECKSUM = 28;
  static final int HEADER_BYTES = 32;

  /// With that of Aeron's frame, in which a chunk is alone.
  static final int HEADERS_BYTES = DataHeaderFlyweight.HEADER_LENGTH + HEADER_BYTES;

  private static final int HELLO_SENDER = 8;
  private static final int HELLO_PROOF = 24;
  private static final int PROOF_BYTES = 32;
  static final int HELLO_BYTES = HELLO_PROOF + PROOF_BYTES;

  private static final String HMAC = "HmacSHA256";

  private Chunk() {}

  static byte[] proof(String secret, NodeId sender, long nonce, int session) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), HMAC));
      ByteBuffer claim =
          ByteBuffer.allocate(NodeId.BYTES + Long.BYTES + Integer.BYTES)
              .putLong(sender.high())
              .putLong(sender.low())
              .putLong(nonce)
              .putInt(session);
      return mac.doFinal(claim.array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(HMAC + ": missing (expected: in every JDK)", e);
    }
  }

  static UnsafeBuffer hello(NodeId sender, byte[] proof) {
    UnsafeBuffer hello = new UnsafeBuffer(new byte[HELLO_BYTES]);
    hello.putLong(HELLO_SENDER, sender.high());
    hello.putLong(HELLO_SENDER + Long.BYTES, sender.low());
    hello.putBytes(HELLO_PROOF, proof);
    return hello;
  }

  static boolean isHello(DirectBuffer buffer, int offset, int length) {
    return length == HELLO_BYTES && buffer.getLong(offset + TRANSFER) == 0;
  }

  static NodeId senderOf(DirectBuffer buffer, int offset) {
    return new NodeId(
        buffer.getLong(offset + HELLO_SENDER), buffer.getLong(offset + HELLO_SENDER + Long.BYTES));
  }

  static byte[] proofOf(DirectBuffer buffer, int offset) {
    byte[] proof = new byte[PROOF_BYTES];
    buffer.getBytes(offset + HELLO_PROOF, proof);
    return proof;
  }

  /// Computes checksums of chunks. For one thread.
  static final class Checksum {
    private final CRC32C crc = new CRC32C();
    private final byte[] header = new byte[CHECKSUM];

    int of(DirectBuffer chunk, int offset, ByteBuffer data) {
      chunk.getBytes(offset, header);
      crc.reset();
      crc.update(header);
      crc.update(data);
      return (int) crc.getValue();
    }
  }

  static void putHeader(
      MutableDirectBuffer buffer, int at, long transferId, long offset, long size, int typeTag) {
    buffer.putLong(at + TRANSFER, transferId);
    buffer.putLong(at + OFFSET, offset);
    buffer.putLong(at + SIZE, size);
    buffer.putInt(at + TYPE_TAG, typeTag);
  }
}

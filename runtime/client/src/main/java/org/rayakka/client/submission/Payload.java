package org.rayakka.client.submission;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.rayakka.api.id.ObjectId;

/// Writes the payload of a request: little-endian numbers, ids, and strings of `int32 length |
/// UTF-8`.
final class Payload {
  private ByteBuffer out = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);

  Payload putByte(int value) {
    reserve(1).put((byte) value);
    return this;
  }

  Payload putInt(int value) {
    reserve(Integer.BYTES).putInt(value);
    return this;
  }

  Payload putLong(long value) {
    reserve(Long.BYTES).putLong(value);
    return this;
  }

  Payload putString(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    reserve(Integer.BYTES + utf8.length).putInt(utf8.length).put(utf8);
    return this;
  }

  Payload putIds(List<ObjectId> ids) {
    putInt(ids.size());
    for (ObjectId id : ids) {
      putLong(id.high()).putLong(id.low()).putInt(id.index());
    }
    return this;
  }

  byte[] bytes() {
    return Arrays.copyOf(out.array(), out.position());
  }

  private ByteBuffer reserve(int bytes) {
    if (out.remaining() < bytes) {
      ByteBuffer larger =
          ByteBuffer.allocate(2 * out.capacity() + bytes).order(ByteOrder.LITTLE_ENDIAN);
      out = larger.put(out.flip());
    }
    return out;
  }

  /// Reads a payload's numbers.
  static ByteBuffer of(byte[] payload) {
    return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Reads a string at a payload's position.
  static String string(ByteBuffer payload) {
    byte[] utf8 = new byte[payload.getInt()];
    payload.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}

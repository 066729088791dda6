package org.rayakka.node.connection;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.rayakka.api.id.ActorId;
import org.rayakka.node.control.ErrorRow;

/// The contents of requests and replies: little-endian numbers, and strings as `int length |
/// UTF-8`.
final class Payload {
  static final byte[] EMPTY = {};

  private Payload() {}

  static String string(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException(
          "string length: " + length + " (expected: 0 to " + in.remaining() + ")");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static byte[] ofLong(long value) {
    return longs(value);
  }

  static byte[] ofListed(Table.Listed listed) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(listed.isCut() ? 1 : 0);
    string(out, listed.json());
    return out.toByteArray();
  }

  static byte[] ofActor(ActorId actorId, String className, int maxPendingCalls) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(longs(actorId.high(), actorId.low()));
    string(out, className);
    number(out, maxPendingCalls);
    return out.toByteArray();
  }

  static byte[] ofErrors(List<ErrorRow> rows) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    number(out, rows.size());
    for (ErrorRow row : rows) {
      out.writeBytes(longs(row.timeMillis(), row.task().high(), row.task().low()));
      string(out, row.type());
      string(out, row.function());
      string(out, row.message());
    }
    return out.toByteArray();
  }

  private static byte[] longs(long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      bytes.putLong(value);
    }
    return bytes.array();
  }

  private static void number(ByteArrayOutputStream out, int value) {
    out.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(out, bytes.length);
    out.writeBytes(bytes);
  }
}

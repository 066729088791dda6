package org.rayakka.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// What is stored in place of an object whose task failed. A node writes it without any class of
/// the user's; a worker adds the exception itself as the codec's bytes, which a reader that lacks
/// the classes leaves alone.
///
/// Layout, little-endian: `int kind code | long high | long low` (the task, actor or object that it
/// is about) then three strings and the cause, each `int length | bytes`: function name, message,
/// remote stack; cause (a codec tag of 4 bytes and the codec's bytes, or nothing).
///
/// @param kind what went wrong
/// @param subjectHigh first 8 bytes of the id of what it is about, or 0
/// @param subjectLow last 8 bytes of the same
/// @param functionName the function, as users read it; may be empty
/// @param message one line for a person
/// @param remoteStack the remote stack trace as text; may be empty
/// @param cause the exception as codec bytes behind their tag; may be empty
@SuppressWarnings("ArrayRecordComponent") // carried from store to exception, never compared
public record ErrorObject(
    Kind kind,
    long subjectHigh,
    long subjectLow,
    String functionName,
    String message,
    String remoteStack,
    byte[] cause) {

  /// What went wrong, and so which exception `get` throws.
  public enum Kind {
    /// The method threw.
    TASK(1),
    /// The worker process died.
    WORKER_DIED(2),
    /// The actor is dead, or its constructor failed.
    ACTOR_DIED(3),
    /// Every copy is lost and the object cannot be made again.
    UNRECONSTRUCTABLE(4),
    /// The task was cancelled.
    CANCELLED(5),
    /// No node of the cluster can ever meet the task's resource request.
    UNSCHEDULABLE(6),
    /// The task did not end within its own timeout.
    TIMED_OUT(7),
    /// The result did not fit into the object store.
    STORE_FULL(8),
    /// Another node has the object, and its bytes did not come in time.
    FETCH_TIMED_OUT(9);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    private static Kind of(int code) {
      for (Kind kind : KINDS) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalArgumentException(
          "error kind: " + code + " (expected: 1 to " + KINDS.length + ")");
    }
  }

  private static final Kind[] KINDS = Kind.values();

  /// An error that only a message describes.
  ///
  /// @param kind what went wrong
  /// @param subjectHigh first 8 bytes of the id of what it is about, or 0
  /// @param subjectLow last 8 bytes of the same
  /// @param functionName the function, as users read it; may be empty
  /// @param message one line for a person
  /// @return the error
  public static ErrorObject of(
      Kind kind, long subjectHigh, long subjectLow, String functionName, String message) {
    return new ErrorObject(kind, subjectHigh, subjectLow, functionName, message, "", new byte[0]);
  }

  /// The bytes to store.
  ///
  /// @return a new array
  public byte[] encode() {
    byte[][] parts = {
      functionName.getBytes(StandardCharsets.UTF_8),
      message.getBytes(StandardCharsets.UTF_8),
      remoteStack.getBytes(StandardCharsets.UTF_8),
      cause
    };
    int size = Integer.BYTES + 2 * Long.BYTES;
    for (byte[] part : parts) {
      size += Integer.BYTES + part.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(kind.code).putLong(subjectHigh).putLong(subjectLow);
    for (byte[] part : parts) {
      out.putInt(part.length).put(part);
    }
    return out.array();
  }

  /// Reads what {@link #encode} wrote.
  ///
  /// @param bytes the stored bytes
  /// @return the error
  /// @throws IllegalArgumentException if they are no error object
  public static ErrorObject decode(ByteBuffer bytes) {
    ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    Kind kind = Kind.of(in.getInt());
    long high = in.getLong();
    long low = in.getLong();
    String functionName = new String(part(in), StandardCharsets.UTF_8);
    String message = new String(part(in), StandardCharsets.UTF_8);
    String remoteStack = new String(part(in), StandardCharsets.UTF_8);
    return new ErrorObject(kind, high, low, functionName, message, remoteStack, part(in));
  }

  private static byte[] part(ByteBuffer in) {
    byte[] part = new byte[in.getInt()];
    in.get(part);
    return part;
  }
}

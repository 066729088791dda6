package org.rayakka.node.actor.durable;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.worker.FunctionRegistry;
import org.rayakka.protocol.TaskSpec;

/// What stands in a durable actor's journal.
public sealed interface JournalEntry {
  /// A method was called.
  ///
  /// @param spec the call, without references
  /// @param function what it runs, in the first call of each function since the state was saved;
  ///   else null
  record Called(TaskSpec spec, FunctionRegistry.@Nullable Function function)
      implements JournalEntry {}

  /// A call that stands before this has failed, or was cancelled: it is not to be run again.
  ///
  /// @param call which
  record Dropped(TaskId call) implements JournalEntry {}

  /// Encodes it: one byte that says which it is, then its parts.
  ///
  /// @return its bytes
  default byte[] encode() {
    return switch (this) {
      case Called(var spec, var function) -> {
        int head =
            function == null ? 1 : 1 + Long.BYTES + Integer.BYTES + function.descriptor().length;
        ByteBuffer to = ByteBuffer.allocate(head + spec.bytes().length);
        if (function == null) {
          to.put(Codes.CALLED);
        } else {
          to.put(Codes.CALLED_FIRST)
              .putLong(function.jobId().value())
              .putInt(function.descriptor().length)
              .put(function.descriptor());
        }
        yield to.put(spec.bytes()).array();
      }
      case Dropped(var call) ->
          ByteBuffer.allocate(1 + 2 * Long.BYTES)
              .put(Codes.DROPPED)
              .putLong(call.high())
              .putLong(call.low())
              .array();
    };
  }

  /// Decodes an entry.
  ///
  /// @param bytes what {@link #encode} gave
  /// @return the entry
  /// @throws IllegalArgumentException if the bytes are no entry
  static JournalEntry decode(byte[] bytes) {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    byte code = from.get();
    return switch (code) {
      case Codes.CALLED -> new Called(spec(bytes, from.position()), null);
      case Codes.CALLED_FIRST -> {
        JobId jobId = new JobId(from.getLong());
        byte[] descriptor = new byte[from.getInt()];
        from.get(descriptor);
        yield new Called(
            spec(bytes, from.position()), new FunctionRegistry.Function(jobId, descriptor));
      }
      case Codes.DROPPED -> new Dropped(new TaskId(from.getLong(), from.getLong()));
      default ->
          throw new IllegalArgumentException(
              "journal entry: code " + code + " (expected: 1, 2 or 3)");
    };
  }

  private static TaskSpec spec(byte[] bytes, int at) {
    return TaskSpec.read(new UnsafeBuffer(bytes), at, bytes.length - at);
  }

  /// The first byte of each kind of entry.
  final class Codes {
    private static final byte CALLED = 1;
    private static final byte CALLED_FIRST = 2;
    private static final byte DROPPED = 3;

    private Codes() {}
  }
}

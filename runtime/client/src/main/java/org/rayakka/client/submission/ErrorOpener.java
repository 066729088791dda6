package org.rayakka.client.submission;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.ObjectFetchTimedOutException;
import org.rayakka.api.exception.ObjectStoreFullException;
import org.rayakka.api.exception.RayActorException;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.exception.RayWorkerException;
import org.rayakka.api.exception.TaskCancelledException;
import org.rayakka.api.exception.TaskUnschedulableException;
import org.rayakka.api.exception.UnreconstructableException;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.client.value.EncodedValue;
import org.rayakka.client.value.ValueCodec;
import org.rayakka.protocol.ErrorObject;

/// Error objects as exceptions, and exceptions as error objects.
public final class ErrorOpener {
  private final ValueCodec codec;

  /// An opener.
  ///
  /// @param codec reads and writes the exceptions inside
  public ErrorOpener(ValueCodec codec) {
    this.codec = codec;
  }

  /// The exception that a get of an error object throws.
  ///
  /// @param id the object
  /// @param bytes its data
  RayException open(ObjectId id, ByteBuffer bytes) {
    ErrorObject error = ErrorObject.decode(bytes);
    Throwable cause = cause(error.cause());
    String message = error.message();
    return switch (error.kind()) {
      case TASK -> {
        // Written by `taskError`: the class of the exception, and what it says.
        int colon = message.indexOf(": ");
        yield new RayTaskException(
            error.functionName(),
            colon < 0 ? message : message.substring(0, colon),
            colon < 0 ? null : message.substring(colon + 2),
            error.remoteStack(),
            cause);
      }
      case WORKER_DIED -> new RayWorkerException(message, cause);
      case ACTOR_DIED ->
          new RayActorException(
              new ActorId(error.subjectHigh(), error.subjectLow()), message, false, cause);
      case UNRECONSTRUCTABLE -> new UnreconstructableException(id, message);
      case CANCELLED, TIMED_OUT -> new TaskCancelledException(id.taskId(), message);
      case UNSCHEDULABLE -> new TaskUnschedulableException(Map.of(), message);
      case STORE_FULL -> new ObjectStoreFullException(message, cause);
      case FETCH_TIMED_OUT -> new ObjectFetchTimedOutException(id, message);
    };
  }

  private @Nullable Throwable cause(byte[] bytes) {
    if (bytes.length <= Integer.BYTES) {
      return null;
    }
    int tag = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    try {
      return codec.decode(tag, MemorySegment.ofArray(bytes).asSlice(Integer.BYTES))
              instanceof Throwable cause
          ? cause
          : null;
    } catch (RuntimeException | LinkageError e) {
      // Its class is not known here. The text of the error says what it was.
      return null;
    }
  }

  /// The error object of a task that failed with an exception.
  ///
  /// @param task the task
  /// @param functionName as users read it
  /// @param failure what it threw
  /// @param prefix put in front of the exception's message; may be empty
  /// @param remoteStack as text; may be empty
  public ErrorObject taskError(
      TaskId task, String functionName, Throwable failure, String prefix, String remoteStack) {
    String said = prefix + message(failure);
    return new ErrorObject(
        ErrorObject.Kind.TASK,
        task.high(),
        task.low(),
        functionName,
        failure.getClass().getName() + (said.isEmpty() ? "" : ": " + said),
        remoteStack,
        causeBytes(failure));
  }

  private static String message(Throwable failure) {
    try {
      String message = failure.getMessage();
      return message == null ? "" : message;
    } catch (RuntimeException e) {
      return "its message cannot be had: " + e.getClass().getName();
    }
  }

  /// An exception as the bytes that an error object carries; empty if it cannot be encoded.
  public byte[] causeBytes(Throwable failure) {
    try {
      EncodedValue value = codec.encode(failure);
      byte[] bytes = new byte[Math.toIntExact(Integer.BYTES + value.size())];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(value.typeTag());
      value.writeTo(MemorySegment.ofArray(bytes).asSlice(Integer.BYTES));
      return bytes;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      // The caller gets the text of the failure, which needs no class of the user's.
      return new byte[0];
    }
  }
}

package org.rayakka.node.actor.durable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.SealedObject;
import org.rayakka.protocol.Protocol;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.ArgumentKind;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.TaskKind;
import org.rayakka.protocol.sbe.TaskSpecDecoder;
import org.rayakka.protocol.sbe.TaskSpecEncoder;

/// Makes the specifications that a durable actor needs beside those of its callers.
public final class CallSpecs {
  /// The largest call: its arguments are kept in Redis, in memory, until the next snapshot.
  public static final int MAX_BYTES = 16 << 20;

  private CallSpecs() {}

  /// Puts the values in the place of references, which may be gone when the call is run again.
  ///
  /// @param call of the actor
  /// @param store where the values are
  /// @return the same call without references; null if a value is not in the store
  /// @throws TooLargeException if it is larger than {@link #MAX_BYTES}
  public static @Nullable TaskSpec withoutReferences(TaskSpec call, ObjectStore store)
      throws TooLargeException {
    long size = call.bytes().length;
    for (ObjectId id : call.references()) {
      try (SealedObject object = store.get(id)) {
        if (object == null) {
          return null;
        }
        size += object.size();
      }
    }
    if (size > MAX_BYTES) {
      throw new TooLargeException(
          "its arguments take "
              + size
              + " bytes (expected: at most "
              + MAX_BYTES
              + " for a call of a durable actor)");
    }
    if (call.references().length == 0) {
      return call;
    }
    Rewriter to = new Rewriter(call);
    TaskSpecDecoder.ArgumentsDecoder from = to.source.arguments();
    TaskSpecEncoder.ArgumentsEncoder group = to.spec.argumentsCount(from.count());
    while (from.hasNext()) {
      from.next();
      if (from.kind() == ArgumentKind.VALUE) {
        int tag = from.typeTag();
        byte[] value = new byte[from.valueLength()];
        from.getValue(value, 0, value.length);
        to.putValue(group, tag, value);
        continue;
      }
      var ref = from.objectId();
      ObjectId id = new ObjectId(ref.high(), ref.low(), ref.index());
      from.skipValue();
      try (SealedObject object = store.get(id)) {
        if (object == null) {
          return null;
        }
        MemorySegment data = object.view();
        to.putValue(group, object.typeTag(), data.toArray(ValueLayout.JAVA_BYTE));
      }
    }
    return to.end();
  }

  /// Asks the worker for the actor's object.
  ///
  /// @param creation of the actor
  /// @param taskId a new one
  /// @return the call, whose only return is the object
  public static TaskSpec save(TaskSpec creation, TaskId taskId) {
    Rewriter to = own(creation, taskId, Protocol.SAVE_STATE, 1);
    to.spec.argumentsCount(0);
    to.source.arguments().forEachRemaining(TaskSpecDecoder.ArgumentsDecoder::skipValue);
    return to.end();
  }

  /// Gives the worker the object that the actor had.
  ///
  /// @param creation of the actor
  /// @param taskId a new one
  /// @param state the object
  /// @return the call, which returns nothing
  public static TaskSpec restore(TaskSpec creation, TaskId taskId, SavedState state) {
    Rewriter to = own(creation, taskId, Protocol.RESTORE_STATE, 0);
    to.putValue(to.spec.argumentsCount(1), state.typeTag(), state.data());
    to.source.arguments().forEachRemaining(TaskSpecDecoder.ArgumentsDecoder::skipValue);
    return to.end();
  }

  private static Rewriter own(
      TaskSpec creation, TaskId taskId, FunctionId function, int numReturns) {
    Rewriter to = new Rewriter(creation);
    to.spec.taskId().high(taskId.high()).low(taskId.low());
    to.spec.functionId().high(function.high()).low(function.low());
    to.spec.kind(TaskKind.ACTOR_CALL).numReturns(numReturns).captured(0).timeoutMs(-1);
    to.spec.retryExceptions((short) 0).maxRetries(0);
    return to;
  }

  /// Says that a call cannot be kept.
  public static final class TooLargeException extends Exception {
    private static final long serialVersionUID = 1;

    TooLargeException(String message) {
      super(message);
    }
  }

  /// A specification like another but for its arguments: those are written between the two.
  private static final class Rewriter {
    private final UnsafeBuffer from;
    private final TaskSpecDecoder source = new TaskSpecDecoder();
    private final ExpandableArrayBuffer buffer;
    private final TaskSpecEncoder spec = new TaskSpecEncoder();

    Rewriter(TaskSpec like) {
      from = new UnsafeBuffer(like.bytes());
      buffer = new ExpandableArrayBuffer(like.bytes().length + 64);
      source.wrapAndApplyHeader(from, 0, new MessageHeaderDecoder());
      spec.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
      buffer.putBytes(
          MessageHeaderEncoder.ENCODED_LENGTH,
          from,
          MessageHeaderDecoder.ENCODED_LENGTH,
          TaskSpecEncoder.BLOCK_LENGTH);
    }

    void putValue(TaskSpecEncoder.ArgumentsEncoder group, int typeTag, byte[] value) {
      group.next().kind(ArgumentKind.VALUE).typeTag(typeTag);
      group.objectId().high(0).low(0).index(0);
      group.putValue(value, 0, value.length);
    }

    /// Copies what stands behind the arguments. The source's have been read.
    TaskSpec end() {
      int rest = source.limit();
      int at = spec.limit();
      int length = from.capacity() - rest;
      buffer.putBytes(at, from, rest, length);
      return TaskSpec.read(buffer, 0, at + length);
    }
  }
}

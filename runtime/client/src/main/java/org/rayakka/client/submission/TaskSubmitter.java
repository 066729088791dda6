package org.rayakka.client.submission;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.api.options.ActorCreationOptions;
import org.rayakka.api.options.ActorLifetime;
import org.rayakka.api.options.CallOptions;
import org.rayakka.api.options.SchedulingStrategy;
import org.rayakka.client.value.EncodedValue;
import org.rayakka.client.value.ValueCodec;
import org.rayakka.protocol.Protocol;
import org.rayakka.protocol.TaskIds;
import org.rayakka.protocol.sbe.ArgumentKind;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.Placement;
import org.rayakka.protocol.sbe.TaskKind;
import org.rayakka.protocol.sbe.TaskSpecEncoder;

/// Turns calls into task specifications and appends them to the connection.
///
/// A specification is encoded into a buffer of the calling thread and copied into the connection's,
/// because encoding an argument may run code of its class, which must not run under the
/// connection's lock and may itself submit.
final class TaskSubmitter {
  /// Values travel inside a specification up to so many bytes in all; the others go through the
  /// store. Ray's limit, which its tests show.
  static final int MAX_INLINE_BYTES = 100 * 1024;

  private static final int MAX_ARGUMENTS = 65_534;
  private static final byte[] EMPTY = {};

  private final NodeConnection connection;
  private final FunctionExporter exporter;
  private final ValueCodec codec;
  private final ObjectPutter putter;
  private final References references;
  private final String namespace;
  private final ThreadLocal<Scratch> scratches = ThreadLocal.withInitial(Scratch::new);

  TaskSubmitter(
      NodeConnection connection,
      FunctionExporter exporter,
      ValueCodec codec,
      ObjectPutter putter,
      References references,
      String namespace) {
    this.connection = connection;
    this.exporter = exporter;
    this.codec = codec;
    this.putter = putter;
    this.references = references;
    this.namespace = namespace;
  }

  /// Where one thread encodes.
  private static final class Scratch {
    private static final int INITIAL_BYTES = 1024;
    private static final int KEPT_BYTES = 256 * 1024;

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final TaskSpecEncoder spec = new TaskSpecEncoder();
    private final List<ObjectId> stored = new ArrayList<>(0); // arguments that went to the store
    private ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
    private boolean busy;

    /// Forgets a buffer that one large task has made large.
    void release() {
      busy = false;
      stored.clear();
      if (buffer.capacity() > KEPT_BYTES) {
        buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
      }
    }
  }

  /// What differs between tasks, actor creations and actor calls.
  ///
  /// @param actorCounter how many calls the handle made before
  private record Call(
      TaskKind kind,
      RemoteFunction function,
      RayFunc instance,
      ActorId actor,
      long actorCounter,
      int defaultCpu,
      CallOptions options,
      @Nullable ActorCreationOptions creation) {}

  /// Submits a task.
  TaskId task(
      TaskContext context, RayFunc function, @Nullable Object[] arguments, CallOptions options) {
    return submit(
        context,
        new Call(
            TaskKind.TASK,
            exporter.resolve(function),
            function,
            ActorId.NIL,
            0,
            Protocol.RESOURCE_UNIT,
            options,
            null),
        arguments);
  }

  /// Submits an actor's creation, whose id is the actor's.
  TaskId creation(
      TaskContext context,
      RayFunc constructor,
      @Nullable Object[] arguments,
      ActorCreationOptions options) {
    return submit(
        context,
        new Call(
            TaskKind.ACTOR_CREATION,
            exporter.resolve(constructor),
            constructor,
            ActorId.NIL,
            0,
            0,
            CallOptions.ACTOR_DEFAULT,
            options),
        arguments);
  }

  /// Submits a call of an actor's method.
  TaskId call(
      TaskContext context,
      ClientActorHandle<?> actor,
      RayFunc method,
      @Nullable Object[] arguments,
      CallOptions options) {
    return submit(
        context,
        new Call(
            TaskKind.ACTOR_CALL,
            exporter.resolve(method),
            method,
            actor.getId(),
            actor.nextCall(),
            0,
            options,
            null),
        arguments);
  }

  /// The class that a function is of, for showing: of a constructor, the class it makes.
  String className(RayFunc function) {
    return exporter.resolve(function).className();
  }

  private TaskId submit(TaskContext context, Call call, @Nullable Object[] arguments) {
    @Nullable Object[] captured = call.function.captured(call.instance);
    int count = captured.length + arguments.length;
    if (count > MAX_ARGUMENTS) {
      throw new IllegalArgumentException(
          "arguments: " + count + " (expected: <= " + MAX_ARGUMENTS + ")");
    }
    Scratch scratch = scratches.get();
    if (scratch.busy) {
      scratch = new Scratch();
    }
    scratch.busy = true;
    try {
      long counter = context.nextSubmission();
      TaskId task =
          TaskIds.of(
              context.job(),
              context.task(),
              counter,
              call.function.id(),
              call.actor,
              call.actorCounter);
      int length = encode(scratch, context, call, task, counter, captured, arguments);
      if (scratch.stored.isEmpty()) {
        connection.append(scratch.buffer, 0, length);
      } else {
        // Goes with what follows below.
        DirectBuffer encoded = scratch.buffer;
        connection.gather((buffer, offset) -> {
          buffer.putBytes(offset, encoded, 0, length);
          return length;
        });
      }
      return task;
    } finally {
      // Until the specification is on its way, its references count.
      Reference.reachabilityFence(arguments);
      if (!scratch.stored.isEmpty()) {
        // Behind it the node holds them for the task; without it nobody does.
        references.release(scratch.stored);
      }
      scratch.release();
    }
  }

  private int encode(
      Scratch scratch,
      TaskContext context,
      Call call,
      TaskId task,
      long counter,
      @Nullable Object[] captured,
      @Nullable Object[] arguments) {
    CallOptions options = call.options;
    ActorCreationOptions creation = call.creation;
    Map<String, Double> resources = creation == null ? options.resources() : creation.resources();
    ActorId actor = creation == null ? call.actor : new ActorId(task.high(), task.low());
    TaskSpecEncoder spec = scratch.spec.wrapAndApplyHeader(scratch.buffer, 0, scratch.header);
    spec.jobId(context.job().value());
    spec.taskId().high(task.high()).low(task.low());
    spec.parentTaskId().high(context.task().high()).low(context.task().low());
    spec.parentCounter(counter);
    spec.functionId().high(call.function.id().high()).low(call.function.id().low());
    spec.actorId().high(actor.high()).low(actor.low());
    spec.actorCounter(call.actorCounter);
    spec.kind(call.kind);
    spec.priority(priority(options.priority()));
    spec.retryExceptions((short) (options.retryExceptions() ? 1 : 0));
    spec.numReturns(options.numReturns());
    spec.captured(captured.length);
    spec.timeoutMs(timeoutMillis(options.timeout()));
    spec.cpu(units(resources, CallOptions.CPU, call.defaultCpu));
    spec.gpu(units(resources, CallOptions.GPU, 0));
    if (creation == null) {
      spec.detached((short) 0);
      spec.maxRetries(options.maxRetries());
      spec.maxTaskRetries(0).maxConcurrency(1).maxPendingCalls(-1).callsPerSnapshot(0);
    } else {
      spec.detached((short) (creation.lifetime() == ActorLifetime.DETACHED ? 1 : 0));
      spec.maxRetries(creation.maxRestarts());
      spec.maxTaskRetries(creation.maxTaskRetries());
      spec.maxConcurrency(creation.maxConcurrency());
      spec.maxPendingCalls(creation.maxPendingCalls());
      spec.callsPerSnapshot(creation.callsPerSnapshot());
    }
    encodePlacement(
        spec, creation == null ? options.schedulingStrategy() : creation.schedulingStrategy());
    encodeArguments(scratch, context, captured, arguments);
    encodeResources(spec, resources);
    // Of an actor, what errors and tables show is its class.
    putText(spec, creation == null ? options.name() : call.function.className());
    if (creation == null) {
      putText(spec, "");
      putText(spec, "");
      putText(spec, options.retryOn().isEmpty() ? "" : String.join("\n", options.retryOn()));
    } else {
      putText(spec, creation.name());
      String named = creation.namespace();
      putText(spec, named == null ? namespace : named);
      putText(spec, String.join("\n", creation.jvmOptions()));
    }
    return MessageHeaderEncoder.ENCODED_LENGTH + spec.encodedLength();
  }

  private static void encodePlacement(TaskSpecEncoder spec, SchedulingStrategy strategy) {
    NodeId node = NodeId.NIL;
    switch (strategy) {
      case SchedulingStrategy.Default _ -> spec.placement(Placement.ANY);
      case SchedulingStrategy.Spread _ -> spec.placement(Placement.SPREAD);
      case SchedulingStrategy.OnNode(var given, var soft) -> {
        spec.placement(soft ? Placement.PREFERRED_NODE : Placement.NODE);
        node = given;
      }
    }
    spec.placementNode().high(node.high()).low(node.low());
  }

  private void encodeArguments(
      Scratch scratch,
      TaskContext context,
      @Nullable Object[] captured,
      @Nullable Object[] arguments) {
    int count = captured.length + arguments.length;
    TaskSpecEncoder.ArgumentsEncoder group = scratch.spec.argumentsCount(count);
    int budget = MAX_INLINE_BYTES;
    for (int i = 0; i < count; i++) {
      boolean isCaptured = i < captured.length;
      Object argument = isCaptured ? captured[i] : arguments[i - captured.length];
      if (!isCaptured && argument instanceof ObjectRef<?> ref) {
        encodeReference(scratch, group, ref.getId());
        continue;
      }
      EncodedValue value = encodeValue(argument, i, captured.length);
      long size = value.size();
      if (size <= budget) {
        budget -= (int) size;
        encodeInline(scratch, group, value);
      } else {
        ObjectId id = putter.putArgument(context, value);
        scratch.stored.add(id);
        encodeReference(scratch, group, id);
      }
    }
  }

  private EncodedValue encodeValue(@Nullable Object value, int index, int captured) {
    try {
      return codec.encode(value);
    } catch (RayException e) {
      e.addSuppressed(
          new IllegalArgumentException(
              index < captured
                  ? "it is captured by the function; to leave it behind, pass what the function"
                      + " needs as an argument"
                  : "it is argument " + (index - captured)));
      throw e;
    }
  }

  private static void encodeReference(
      Scratch scratch, TaskSpecEncoder.ArgumentsEncoder group, ObjectId id) {
    group.next().kind(ArgumentKind.REFERENCE).typeTag(0);
    group.objectId().high(id.high()).low(id.low()).index(id.index());
    putBytes(scratch.spec, EMPTY);
  }

  private static void encodeInline(
      Scratch scratch, TaskSpecEncoder.ArgumentsEncoder group, EncodedValue value) {
    group.next().kind(ArgumentKind.VALUE).typeTag(value.typeTag());
    group.objectId().high(0).low(0).index(0);
    int size = (int) value.size();
    int at = scratch.spec.limit();
    int end = at + Integer.BYTES + size;
    scratch.buffer.checkLimit(end);
    scratch.buffer.putInt(at, size, TaskSpecEncoder.BYTE_ORDER);
    if (size > 0) {
      value.writeTo(
          MemorySegment.ofArray(scratch.buffer.byteArray()).asSlice(at + Integer.BYTES, size));
    }
    scratch.spec.limit(end);
  }

  private static void encodeResources(TaskSpecEncoder spec, Map<String, Double> resources) {
    if (resources.isEmpty()) {
      spec.resourcesCount(0);
      return;
    }
    int others = 0;
    for (String name : resources.keySet()) {
      if (!isStandard(name)) {
        others++;
      }
    }
    TaskSpecEncoder.ResourcesEncoder group = spec.resourcesCount(others);
    for (Map.Entry<String, Double> resource : resources.entrySet()) {
      if (!isStandard(resource.getKey())) {
        group.next().amount(Protocol.units(resource.getValue()));
        putText(spec, resource.getKey());
      }
    }
  }

  private static boolean isStandard(String resource) {
    return resource.equals(CallOptions.CPU) || resource.equals(CallOptions.GPU);
  }

  private static int units(Map<String, Double> resources, String name, int otherwise) {
    if (resources.isEmpty()) {
      return otherwise;
    }
    Double amount = resources.get(name);
    return amount == null ? otherwise : Math.toIntExact(Protocol.units(amount));
  }

  private static byte priority(int priority) {
    if (priority < -100 || priority > 100) {
      throw new IllegalArgumentException("priority: " + priority + " (expected: -100 to 100)");
    }
    return (byte) priority;
  }

  private static int timeoutMillis(@Nullable Duration timeout) {
    if (timeout == null) {
      return -1;
    }
    long millis = Math.max(1, timeout.toMillis());
    return millis > Integer.MAX_VALUE ? -1 : (int) millis;
  }

  private static void putText(TaskSpecEncoder spec, String text) {
    putBytes(spec, text.isEmpty() ? EMPTY : text.getBytes(StandardCharsets.UTF_8));
  }

  /// Appends variable-length data: of the message or of the group element that was begun last.
  private static void putBytes(TaskSpecEncoder spec, byte[] bytes) {
    int at = spec.limit();
    spec.limit(at + Integer.BYTES + bytes.length);
    spec.buffer().putInt(at, bytes.length, TaskSpecEncoder.BYTE_ORDER);
    spec.buffer().putBytes(at + Integer.BYTES, bytes);
  }
}

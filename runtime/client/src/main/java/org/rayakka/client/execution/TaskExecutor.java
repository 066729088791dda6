package org.rayakka.client.execution;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RayIntentionalSystemExitException;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.api.runtime.SeveralReturns;
import org.rayakka.client.submission.NodeConnection;
import org.rayakka.client.submission.NodeSession;
import org.rayakka.client.submission.TaskContext;
import org.rayakka.client.value.EncodedValue;
import org.rayakka.objectstore.ObjectExistsException;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.ObjectStoreFullException;
import org.rayakka.objectstore.UnsealedObject;
import org.rayakka.protocol.ErrorObject;
import org.rayakka.protocol.Protocol;
import org.rayakka.protocol.StandardTags;
import org.rayakka.protocol.sbe.ArgumentKind;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.TaskErrorEncoder;
import org.rayakka.protocol.sbe.TaskKind;
import org.rayakka.protocol.sbe.TaskOutcome;
import org.rayakka.protocol.sbe.TaskSpecDecoder;

/// Runs one task: decodes its arguments, calls its function, seals what it returns, or an error in
/// the place of each return. Called by any lane thread.
final class TaskExecutor {
  private static final Object[] NOTHING = {};

  private final WorkerRuntime runtime;
  private final NodeConnection connection;
  private final ObjectStore store;
  private final FunctionTable functions;
  private final ClassLoader loader;
  private final @Nullable TaskOutput output;
  private final ThreadLocal<Decoders> decoders = ThreadLocal.withInitial(Decoders::new);

  /// An executor.
  ///
  /// @param output where tasks print to, if somebody wants to see it
  TaskExecutor(
      WorkerRuntime runtime,
      FunctionTable functions,
      ClassLoader loader,
      @Nullable TaskOutput output) {
    this.runtime = runtime;
    this.functions = functions;
    this.loader = loader;
    this.output = output;
    connection = runtime.session().connection();
    store = runtime.session().store();
  }

  /// A thread's flyweights.
  private static final class Decoders {
    private final UnsafeBuffer view = new UnsafeBuffer();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final TaskSpecDecoder spec = new TaskSpecDecoder();
  }

  /// What one execution needs to know of its task, read before user code can use the flyweights.
  private static final class Execution {
    private final QueuedTask task;
    private final JobId job;
    private final ActorId actor;
    private final int numReturns;
    private final int captured;
    private final int maxRetries;
    private final int maxConcurrency;
    private final boolean retryExceptions;
    private String name = "";
    private boolean isNamed; // by its caller
    private List<String> retryOn = List.of();
    private boolean argumentsFailed;

    Execution(QueuedTask task, TaskSpecDecoder spec) {
      this.task = task;
      job = new JobId(spec.jobId());
      actor =
          task.kind() == TaskKind.TASK
              ? ActorId.NIL
              : new ActorId(spec.actorId().high(), spec.actorId().low());
      numReturns = spec.numReturns();
      captured = spec.captured();
      maxRetries = spec.maxRetries();
      maxConcurrency = spec.maxConcurrency();
      retryExceptions = spec.retryExceptions() != 0;
    }
  }

  /// Runs a task to its end.
  ///
  /// @return how it ended; its returns are sealed, unless it is to be run again
  TaskOutcome execute(QueuedTask task) {
    Decoders mine = decoders.get();
    mine.view.wrap(task.spec());
    TaskSpecDecoder spec = mine.spec;
    spec.wrapAndApplyHeader(mine.view, 0, mine.header);
    Execution execution = new Execution(task, spec);
    Thread thread = Thread.currentThread();
    Lane lane = task.lane();
    if (lane.actorExited()) {
      // Called before the node could know.
      sealErrors(task.id(), execution.numReturns, exited(execution));
      lane.ended(task);
      return TaskOutcome.ACTOR_EXITED;
    }
    ActorInstance actor = lane.actor();
    TaskContext context =
        new TaskContext(
            execution.job,
            task.id(),
            execution.actor,
            actor == null ? "" : actor.className(),
            task.gpuIds(),
            actor == null ? task.attempt() > 0 : actor.restarted(),
            lane,
            thread);
    TaskContext.enter(context);
    if (!loader.equals(thread.getContextClassLoader())) {
      thread.setContextClassLoader(loader);
    }
    try {
      Object result;
      try {
        result = run(execution, spec, actor, context);
      } finally {
        // Before its result can be seen: who sees it may call again at once.
        if (context.exitRequested()) {
          lane.actorExits();
        }
        if (output != null) {
          output.taskEnded();
        }
      }
      if (task.attempt() != Protocol.REPLAY) {
        seal(execution, result);
      }
      return context.exitRequested() ? TaskOutcome.ACTOR_EXITED : TaskOutcome.SUCCEEDED;
    } catch (RayIntentionalSystemExitException e) {
      if (context.exitRequested()) {
        sealErrors(task.id(), execution.numReturns, exited(execution));
        return TaskOutcome.ACTOR_EXITED;
      }
      return failed(execution, e);
    } catch (Throwable e) {
      return failed(execution, e);
    } finally {
      lane.ended(task);
      // A cancellation's interrupt that came too late means the next task nothing.
      Thread.interrupted();
      TaskContext.enter(null);
    }
  }

  private @Nullable Object run(
      Execution execution, TaskSpecDecoder spec, @Nullable ActorInstance actor, TaskContext context)
      throws Exception {
    TaskKind kind = execution.task.kind();
    boolean isCall = kind == TaskKind.ACTOR_CALL;
    FunctionId id = execution.task.function();
    if (isCall && actor != null && Protocol.SAVE_STATE.equals(id)) {
      execution.name = actor.className();
      return actor.instance();
    }
    if (isCall && actor != null && Protocol.RESTORE_STATE.equals(id)) {
      restore(execution, spec, actor);
      return null;
    }
    FunctionTable.Entry function = functions.get(id);
    execution.name = function.displayName();
    @Nullable Object[] captured =
        execution.captured == 0 ? NOTHING : new Object[execution.captured];
    @Nullable Object[] arguments = arguments(execution, spec, captured, isCall ? 1 : 0);
    context.describe(label(execution, function, actor));
    if (isCall) {
      if (actor == null) {
        throw new IllegalStateException(
            execution.actor + " is not in this worker (expected: its creation before its calls)");
      }
      arguments[0] = actor.instance();
    }
    Object result = function.bind(captured).invoke(arguments);
    if (kind == TaskKind.ACTOR_CREATION) {
      if (result == null) {
        throw new IllegalStateException("the actor's factory returned null (expected: an object)");
      }
      execution
          .task
          .lane()
          .setActor(
              new ActorInstance(
                  execution.actor,
                  result.getClass().getName(),
                  result,
                  execution.task.attempt() > 0),
              execution.maxConcurrency);
      return null;
    }
    return result;
  }

  /// Gives a durable actor the object back that it had.
  private void restore(Execution execution, TaskSpecDecoder spec, ActorInstance actor) {
    execution.name = actor.className();
    Object state = arguments(execution, spec, NOTHING, 0)[0];
    if (state == null) {
      throw new IllegalStateException("the actor's state is null (expected: an object)");
    }
    execution
        .task
        .lane()
        .setActor(new ActorInstance(actor.id(), actor.className(), state, actor.restarted()), 1);
  }

  private static String label(
      Execution execution, FunctionTable.Entry function, @Nullable ActorInstance actor) {
    if (actor != null) {
      return actor.label();
    }
    if (execution.task.kind() == TaskKind.ACTOR_CREATION) {
      return function.simpleClassName();
    }
    return execution.isNamed ? execution.name : function.methodName();
  }

  /// Reads the captured values and the arguments.
  ///
  /// @param captured filled
  /// @param leading places to leave free in front of the arguments
  private @Nullable Object[] arguments(
      Execution execution, TaskSpecDecoder spec, @Nullable Object[] captured, int leading) {
    TaskSpecDecoder.ArgumentsDecoder group = spec.arguments();
    int count = group.count();
    @Nullable Object[] arguments = new Object[leading + count - captured.length];
    MemorySegment bytes = MemorySegment.ofArray(execution.task.spec());
    // References are waited for only when the flyweights are no longer needed: waiting may make
    // this thread run something else's code.
    ObjectId[] references = null;
    for (int i = 0; i < count; i++) {
      group.next();
      boolean isReference = group.kind() == ArgumentKind.REFERENCE;
      ObjectId id =
          isReference
              ? new ObjectId(
                  group.objectId().high(), group.objectId().low(), group.objectId().index())
              : null;
      int tag = group.typeTag();
      int length = group.valueLength();
      int at = spec.limit() + Integer.BYTES;
      group.skipValue();
      if (id != null) {
        if (references == null) {
          references = new ObjectId[count];
        }
        references[i] = id;
        continue;
      }
      Object value = runtime.codec().decode(tag, bytes.asSlice(at, length));
      if (i < captured.length) {
        captured[i] = value;
      } else {
        arguments[leading + i - captured.length] = value;
      }
    }
    for (TaskSpecDecoder.ResourcesDecoder resource : spec.resources()) {
      resource.skipResourceName();
    }
    if (spec.taskNameLength() > 0) {
      execution.name = NodeSession.text(spec.taskNameLength(), spec::getTaskName);
      execution.isNamed = true;
    } else {
      spec.skipTaskName();
    }
    spec.skipActorName();
    spec.skipActorNamespace();
    if (execution.retryExceptions && spec.jvmOptionsLength() > 0) {
      // In a task's specification: the exceptions that are worth another try.
      String names = NodeSession.text(spec.jvmOptionsLength(), spec::getJvmOptions);
      execution.retryOn = List.of(names.split("\n", -1));
    }
    if (references != null) {
      resolve(execution, references, captured, arguments, leading);
    }
    return arguments;
  }

  private void resolve(
      Execution execution,
      @Nullable ObjectId[] references,
      @Nullable Object[] captured,
      @Nullable Object[] arguments,
      int leading) {
    for (int i = 0; i < references.length; i++) {
      ObjectId id = references[i];
      if (id == null) {
        continue;
      }
      Object value;
      try {
        value = runtime.get(id);
      } catch (RayException e) {
        execution.argumentsFailed = true;
        int index = i - captured.length;
        throw new ArgumentFailure(
            (index < 0 ? "captured value " + i : "argument " + index) + " (" + id + ") failed: ",
            e);
      }
      if (i < captured.length) {
        captured[i] = value;
      } else {
        arguments[leading + i - captured.length] = value;
      }
    }
  }

  /// Says that a task did not run because of one of its arguments.
  private static final class ArgumentFailure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final RayException original;

    ArgumentFailure(String which, RayException original) {
      super(which, null, false, false);
      this.original = original;
    }
  }

  private void seal(Execution execution, @Nullable Object result) {
    int count = execution.numReturns;
    if (count == 1) {
      seal(execution, 1, result);
    } else if (count > 1) {
      List<@Nullable Object> parts = SeveralReturns.split(result, count);
      for (int i = 0; i < count; i++) {
        seal(execution, i + 1, parts.get(i));
      }
    }
  }

  private static ErrorObject exited(Execution execution) {
    return ErrorObject.of(
        ErrorObject.Kind.ACTOR_DIED,
        execution.actor.high(),
        execution.actor.low(),
        execution.name,
        "it exited by Ray.exitActor()");
  }

  private void seal(Execution execution, int index, @Nullable Object value) {
    if (value instanceof ObjectRef<?>) {
      throw new IllegalArgumentException(
          "returned: " + value + " (expected: not a reference; wrap it in a list)");
    }
    EncodedValue encoded = runtime.codec().encode(value);
    ObjectId id = ObjectId.ofReturn(execution.task.id(), index);
    try (UnsealedObject object = store.create(id, encoded.typeTag(), encoded.size())) {
      encoded.writeTo(object);
      object.seal();
    } catch (ObjectExistsException e) {
      // The task is run again for another of its returns; this one is still here.
    }
  }

  private TaskOutcome failed(Execution execution, Throwable failure) {
    QueuedTask task = execution.task;
    if (task.isCancelled()) {
      sealCancelled(task, execution.numReturns);
      return TaskOutcome.CANCELLED;
    }
    if (task.attempt() == Protocol.REPLAY || mayRunAgain(execution, failure)) {
      return TaskOutcome.FAILED;
    }
    ErrorObject error = error(execution, failure);
    sealErrors(task.id(), execution.numReturns, error);
    connection.gather((buffer, offset) -> {
      TaskErrorEncoder frame =
          new TaskErrorEncoder()
              .wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder())
              .jobId(execution.job.value())
              .timeMillis(System.currentTimeMillis());
      frame.taskId().high(task.id().high()).low(task.id().low());
      byte[] text = utf8("task");
      frame.putErrorType(text, 0, text.length);
      text = utf8(error.functionName());
      frame.putFunctionName(text, 0, text.length);
      text =
          // A stack begins with the message.
          utf8(error.remoteStack().isEmpty() ? error.message() : error.remoteStack());
      frame.putMessage(text, 0, text.length);
      return MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength();
    });
    return TaskOutcome.FAILED;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean mayRunAgain(Execution execution, Throwable failure) {
    if (!execution.retryExceptions || execution.argumentsFailed) {
      return false;
    }
    if (execution.maxRetries >= 0 && execution.task.attempt() >= execution.maxRetries) {
      return false;
    }
    if (execution.retryOn.isEmpty()) {
      return true;
    }
    for (Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) {
      if (execution.retryOn.contains(type.getName())) {
        return true;
      }
    }
    return false;
  }

  private ErrorObject error(Execution execution, Throwable failure) {
    TaskId task = execution.task.id();
    return switch (failure) {
      case ArgumentFailure argument ->
          runtime
              .errors()
              .taskError(
                  task,
                  execution.name,
                  argument.original,
                  String.valueOf(argument.getMessage()),
                  "");
      case ObjectStoreFullException full ->
          ErrorObject.of(
              ErrorObject.Kind.STORE_FULL,
              task.high(),
              task.low(),
              execution.name,
              execution.name + " returned what does not fit into the object store: " + full);
      default ->
          runtime.errors().taskError(task, execution.name, failure, "", RemoteStack.of(failure));
    };
  }

  /// Seals errors in the place of a task's returns, because it was cancelled.
  void sealCancelled(QueuedTask task, int numReturns) {
    TaskId id = task.id();
    int timeoutMs = task.timeoutMs();
    sealErrors(
        id,
        numReturns,
        timeoutMs < 0
            ? ErrorObject.of(
                ErrorObject.Kind.CANCELLED, id.high(), id.low(), "", "the task was cancelled")
            : ErrorObject.of(
                ErrorObject.Kind.TIMED_OUT,
                id.high(),
                id.low(),
                "",
                "the task did not end within its timeout of " + timeoutMs + " ms"));
  }

  /// How many returns a queued task has.
  static int numReturns(QueuedTask task) {
    TaskSpecDecoder spec = new TaskSpecDecoder();
    spec.wrapAndApplyHeader(new UnsafeBuffer(task.spec()), 0, new MessageHeaderDecoder());
    return spec.numReturns();
  }

  private void sealErrors(TaskId task, int numReturns, ErrorObject error) {
    byte[] bytes = error.encode();
    for (int i = 1; i <= numReturns; i++) {
      ObjectId id = ObjectId.ofReturn(task, i);
      if (!sealError(id, bytes)) {
        // Without the exception itself, which may be what is too large.
        sealError(
            id,
            ErrorObject.of(
                    error.kind(),
                    error.subjectHigh(),
                    error.subjectLow(),
                    error.functionName(),
                    error.message())
                .encode());
      }
    }
  }

  private boolean sealError(ObjectId id, byte[] bytes) {
    try (UnsealedObject object = store.create(id, StandardTags.ERROR, bytes.length)) {
      object.data().copyFrom(MemorySegment.ofArray(bytes));
      object.seal();
      return true;
    } catch (ObjectExistsException e) {
      return true;
    } catch (ObjectStoreFullException e) {
      return false;
    }
  }
}

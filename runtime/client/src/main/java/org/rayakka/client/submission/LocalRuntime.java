package org.rayakka.client.submission;

import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.AddressInfo;
import org.rayakka.api.BaseActorHandle;
import org.rayakka.api.ErrorInfo;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.WaitResult;
import org.rayakka.api.exception.RayActorException;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RayIntentionalSystemExitException;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.exception.UnreconstructableException;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.api.options.ActorCreationOptions;
import org.rayakka.api.options.CallOptions;
import org.rayakka.api.options.InitOptions;
import org.rayakka.api.runtime.RayRuntime;
import org.rayakka.api.runtime.SeveralReturns;
import org.rayakka.api.runtimecontext.ActorInfo;
import org.rayakka.api.runtimecontext.ActorState;
import org.rayakka.api.runtimecontext.NodeInfo;
import org.rayakka.api.runtimecontext.RuntimeContext;
import org.rayakka.api.state.ClusterState;
import org.rayakka.api.state.MemoryInfo;
import org.rayakka.client.value.EncodedValue;
import org.rayakka.client.value.ValueCodec;
import org.rayakka.protocol.TaskIds;

/// Everything in the calling thread, for debugging: a remote call runs the function at once, and
/// the reference it returns is complete. Arguments, results and puts are copied by the same codec
/// that carries them between processes, so that a program which works here does not depend on
/// sharing.
final class LocalRuntime implements RayRuntime {
  private static final JobId JOB = new JobId(1);

  private final InitOptions options;
  private final ValueCodec codec;
  private final TaskContext driver;
  private final Map<ObjectId, Outcome> objects = new ConcurrentHashMap<>();
  private final Map<ActorId, LocalActor> actors = new ConcurrentHashMap<>();
  private final List<ErrorInfo> errors = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong calls = new AtomicLong();
  private final RuntimeContext runtimeContext = new Context();

  LocalRuntime(InitOptions options) {
    this.options = options;
    Long seed = options.objectIdSeed();
    driver = TaskContext.ofDriver(JOB, TaskIds.ofDriver(JOB, seed == null ? 0 : seed));
    codec = new ValueCodec(LocalRuntime.class.getClassLoader(), new HandleHook());
  }

  /// What a task ended with.
  private sealed interface Outcome {
    /// A value, encoded.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Value(int typeTag, byte[] bytes) implements Outcome {}

    /// An exception to throw.
    record Failure(RayException exception) implements Outcome {}
  }

  /// An actor: an object in this process.
  private static final class LocalActor {
    private final String name;
    private final String className;
    private @Nullable Object instance; // null: dead, or its constructor failed
    private @Nullable Throwable failure;

    LocalActor(String name, String className) {
      this.name = name;
      this.className = className;
    }
  }

  private TaskContext context() {
    TaskContext context = TaskContext.current();
    return context == null ? driver : context;
  }

  @Override
  public AddressInfo addressInfo() {
    return new AddressInfo("127.0.0.1", "", List.of(), "", "", "", "", null);
  }

  @Override
  public void shutdown() {
    objects.clear();
    actors.clear();
  }

  private Outcome copy(@Nullable Object value) {
    EncodedValue encoded = codec.encode(value);
    byte[] bytes = new byte[Math.toIntExact(encoded.size())];
    encoded.writeTo(MemorySegment.ofArray(bytes));
    return new Outcome.Value(encoded.typeTag(), bytes);
  }

  private @Nullable Object open(ObjectId id) {
    return switch (objects.get(id)) {
      case Outcome.Value value -> codec.decode(value.typeTag, MemorySegment.ofArray(value.bytes));
      case Outcome.Failure failure -> throw failure.exception;
      case null -> throw new UnreconstructableException(id, "it was freed, or is of another run");
    };
  }

  @Override
  public <T extends @Nullable Object> ObjectRef<T> put(T value) {
    ObjectId id = ObjectId.ofPut(context().task(), context().nextPut());
    objects.put(id, copy(value));
    return new ClientObjectRef<>(id);
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the reference says what its object is, or null
  public <T extends @Nullable Object> T get(ObjectRef<T> ref, long timeoutMs) {
    return (T) open(ref.getId());
  }

  @Override
  public <T extends @Nullable Object> List<T> get(
      List<? extends ObjectRef<? extends T>> refs, long timeoutMs) {
    List<T> values = new ArrayList<>(refs.size());
    for (ObjectRef<? extends T> ref : refs) {
      values.add(get(ref, timeoutMs));
    }
    return values;
  }

  @Override
  public <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int numReturns, long timeoutMs, boolean fetchLocal) {
    return new WaitResult<>(
        List.copyOf(refs.subList(0, numReturns)),
        List.copyOf(refs.subList(numReturns, refs.size())));
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> toFuture(ObjectRef<T> ref) {
    try {
      return CompletableFuture.completedFuture(get(ref, NO_TIMEOUT));
    } catch (RayException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void free(
      Collection<? extends ObjectRef<?>> refs, boolean localOnly, boolean deleteCreatingTasks) {
    refs.forEach(ref -> objects.remove(ref.getId()));
  }

  private TaskId nextTask(ActorId actor) {
    return TaskIds.of(
        JOB,
        context().task(),
        context().nextSubmission(),
        FunctionId.NIL,
        actor,
        calls.getAndIncrement());
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> submitTask(
      RayFunc function, @Nullable Object[] arguments, CallOptions options) {
    TaskId task = nextTask(ActorId.NIL);
    run(task, context(ActorId.NIL, "", task), function, null, arguments, 1);
    return new ClientObjectRef<>(ObjectId.ofReturn(task, 1));
  }

  @Override
  public List<ObjectRef<?>> submitTaskOfMany(
      RayFunc function, @Nullable Object[] arguments, CallOptions options) {
    TaskId task = nextTask(ActorId.NIL);
    run(task, context(ActorId.NIL, "", task), function, null, arguments, options.numReturns());
    return many(task, options.numReturns());
  }

  private static List<ObjectRef<?>> many(TaskId task, int count) {
    List<ObjectRef<?>> refs = new ArrayList<>(count);
    for (int i = 1; i <= count; i++) {
      refs.add(new ClientObjectRef<>(ObjectId.ofReturn(task, i)));
    }
    return refs;
  }

  private static TaskContext context(ActorId actor, String className, TaskId task) {
    return new TaskContext(JOB, task, actor, className, new long[0], false, null, null);
  }

  /// Runs a function and keeps what it ends with.
  private void run(
      TaskId task,
      TaskContext context,
      RayFunc function,
      @Nullable LocalActor actor,
      @Nullable Object[] arguments,
      int numReturns) {
    TaskContext before = TaskContext.current();
    Outcome[] outcomes = new Outcome[numReturns];
    try {
      int leading = actor == null ? 0 : 1;
      @Nullable Object[] values = new Object[leading + arguments.length];
      if (actor != null) {
        values[0] = alive(context.actor(), actor);
      }
      for (int i = 0; i < arguments.length; i++) {
        values[leading + i] =
            arguments[i] instanceof ObjectRef<?> ref
                ? open(ref.getId())
                : value(copy(arguments[i]));
      }
      TaskContext.enter(context);
      Object result = function.invoke(values);
      if (numReturns == 1) {
        outcomes[0] = copy(result);
      } else {
        List<@Nullable Object> parts = SeveralReturns.split(result, numReturns);
        for (int i = 0; i < numReturns; i++) {
          outcomes[i] = copy(parts.get(i));
        }
      }
    } catch (RayIntentionalSystemExitException e) {
      if (actor != null) {
        actor.instance = null;
      }
      Arrays.fill(
          outcomes,
          actor == null
              ? failure(task, function, e)
              : new Outcome.Failure(
                  new RayActorException(context.actor(), "it exited by Ray.exitActor()")));
    } catch (RayActorException e) {
      Arrays.fill(outcomes, new Outcome.Failure(e));
    } catch (Throwable e) {
      Arrays.fill(outcomes, failure(task, function, e));
    } finally {
      TaskContext.enter(before);
    }
    for (int i = 0; i < numReturns; i++) {
      objects.put(ObjectId.ofReturn(task, i + 1), outcomes[i]);
    }
  }

  private @Nullable Object value(Outcome copied) {
    Outcome.Value value = (Outcome.Value) copied;
    return codec.decode(value.typeTag, MemorySegment.ofArray(value.bytes));
  }

  private static Object alive(ActorId id, LocalActor actor) {
    Object instance = actor.instance;
    if (instance == null) {
      throw new RayActorException(id, "the actor is dead", false, actor.failure);
    }
    return instance;
  }

  private Outcome failure(TaskId task, RayFunc function, Throwable e) {
    RemoteFunction remote = RemoteFunction.of(JOB, function);
    RayTaskException failure =
        new RayTaskException(remote.displayName(), e.getClass().getName(), e.getMessage(), "", e);
    errors.add(
        new ErrorInfo(
            "task", String.valueOf(failure.getMessage()), Instant.now(), JOB, task, null));
    return new Outcome.Failure(failure);
  }

  @Override
  public <A> ActorHandle<A> createActor(
      RayFunc constructor, @Nullable Object[] arguments, ActorCreationOptions options) {
    TaskId task = nextTask(ActorId.NIL);
    ActorId id = new ActorId(task.high(), task.low());
    String className = RemoteFunction.of(JOB, constructor).className();
    LocalActor actor = new LocalActor(options.name(), className);
    if (!options.name().isEmpty() && getActor(options.name(), null).isPresent()) {
      throw new IllegalArgumentException(
          "name: '" + options.name() + "' (expected: one that no living actor has)");
    }
    TaskContext before = TaskContext.current();
    try {
      @Nullable Object[] values = new Object[arguments.length];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            arguments[i] instanceof ObjectRef<?> ref
                ? open(ref.getId())
                : value(copy(arguments[i]));
      }
      TaskContext.enter(context(id, className, task));
      actor.instance = constructor.invoke(values);
    } catch (Exception e) {
      actor.failure = e;
      failure(task, constructor, e);
    } finally {
      TaskContext.enter(before);
    }
    actors.put(id, actor);
    return new ClientActorHandle<>(id, className, -1);
  }

  private LocalActor actor(BaseActorHandle handle) {
    LocalActor actor = actors.get(handle.getId());
    if (actor == null) {
      throw new RayActorException(handle.getId(), "no such actor");
    }
    return actor;
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> submitActorTask(
      ActorHandle<?> actor, RayFunc method, @Nullable Object[] arguments, CallOptions options) {
    TaskId task = call(actor, method, arguments, 1);
    return new ClientObjectRef<>(ObjectId.ofReturn(task, 1));
  }

  @Override
  public List<ObjectRef<?>> submitActorTaskOfMany(
      ActorHandle<?> actor, RayFunc method, @Nullable Object[] arguments, CallOptions options) {
    return many(call(actor, method, arguments, options.numReturns()), options.numReturns());
  }

  private TaskId call(
      ActorHandle<?> handle, RayFunc method, @Nullable Object[] arguments, int numReturns) {
    LocalActor actor = actor(handle);
    TaskId task = nextTask(handle.getId());
    TaskContext context = context(handle.getId(), actor.className, task);
    run(task, context, method, actor, arguments, numReturns);
    return task;
  }

  @Override
  public void killActor(BaseActorHandle actor, boolean noRestart) {
    actor(actor).instance = null;
  }

  @Override
  public void cancel(ObjectRef<?> ref, boolean force, boolean recursive) {
    // Every task has ended by the time its reference exists.
  }

  @Override
  public Optional<BaseActorHandle> getActor(String name, @Nullable String namespace) {
    for (Map.Entry<ActorId, LocalActor> entry : actors.entrySet()) {
      LocalActor actor = entry.getValue();
      if (actor.name.equals(name) && actor.instance != null) {
        return Optional.of(new ClientActorHandle<>(entry.getKey(), actor.className, -1));
      }
    }
    return Optional.empty();
  }

  @Override
  public RuntimeContext getRuntimeContext() {
    return runtimeContext;
  }

  @Override
  public void exitActor() {
    if (context().actor().isNil()) {
      throw new IllegalStateException(
          "exitActor() outside of an actor (expected: a call in an actor's method)");
    }
    throw new RayIntentionalSystemExitException(context().actor() + " exits as it asked to");
  }

  @Override
  public List<ErrorInfo> errorInfo() {
    return List.copyOf(errors);
  }

  @Override
  public ClusterState state() {
    return new LocalState();
  }

  @Override
  public MemoryInfo memory() {
    return LocalState.memory();
  }

  @Override
  public Runnable wrapRunnable(Runnable runnable) {
    return runnable;
  }

  @Override
  public <T> Callable<T> wrapCallable(Callable<T> callable) {
    return callable;
  }

  /// What code may know about itself.
  private final class Context implements RuntimeContext {
    private static final NodeId NODE = new NodeId(0, 1);

    @Override
    public JobId getCurrentJobId() {
      return JOB;
    }

    @Override
    public TaskId getCurrentTaskId() {
      return context().task();
    }

    @Override
    public ActorId getCurrentActorId() {
      return context().actor();
    }

    @Override
    public NodeId getCurrentNodeId() {
      return NODE;
    }

    @Override
    public boolean wasCurrentActorRestarted() {
      return false;
    }

    @Override
    public boolean isLocalMode() {
      return true;
    }

    @Override
    public List<NodeInfo> getAllNodeInfo() {
      Map<String, Double> resources = new HashMap<>(options.resources());
      Integer cpus = options.numCpus();
      resources.put(CallOptions.CPU, cpus == null ? 1.0 : cpus);
      return List.of(
          new NodeInfo(NODE, "127.0.0.1", "localhost", 0, "", true, resources, Map.of()));
    }

    @Override
    public List<ActorInfo> getAllActorInfo(@Nullable JobId jobId, @Nullable ActorState state) {
      List<ActorInfo> all = new ArrayList<>();
      actors.forEach((id, actor) -> {
        ActorState now = actor.instance == null ? ActorState.DEAD : ActorState.ALIVE;
        if ((jobId == null || jobId.equals(JOB)) && (state == null || state == now)) {
          all.add(
              new ActorInfo(
                  id,
                  JOB,
                  actor.className,
                  actor.name,
                  getNamespace(),
                  now,
                  0,
                  NODE,
                  "127.0.0.1",
                  ProcessHandle.current().pid()));
        }
      });
      return all;
    }

    @Override
    // The caller says what class its own actor has.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T extends BaseActorHandle> T getCurrentActorHandle() {
      TaskContext context = context();
      if (context.actor().isNil()) {
        throw new IllegalStateException(
            "getCurrentActorHandle() outside of an actor (expected: a call in an actor's method)");
      }
      return (T) new ClientActorHandle<>(context.actor(), context.actorClass(), -1);
    }

    @Override
    public List<Long> getGpuIds() {
      return List.of();
    }

    @Override
    public String getNamespace() {
      String namespace = options.namespace();
      return namespace == null ? "" : namespace;
    }
  }
}

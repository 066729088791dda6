package org.rayakka.client.submission;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.AddressInfo;
import org.rayakka.api.BaseActorHandle;
import org.rayakka.api.ErrorInfo;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.WaitResult;
import org.rayakka.api.exception.RayIntentionalSystemExitException;
import org.rayakka.api.exception.RaySystemException;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.api.options.ActorCreationOptions;
import org.rayakka.api.options.CallOptions;
import org.rayakka.api.runtime.RayRuntime;
import org.rayakka.api.runtimecontext.RuntimeContext;
import org.rayakka.api.state.ClusterState;
import org.rayakka.api.state.MemoryInfo;
import org.rayakka.client.value.ValueCodec;
import org.rayakka.protocol.sbe.RequestKind;

/// What drivers and workers have in common: everything that `Ray` offers, on top of a session at a
/// node.
public abstract class ClientRuntime implements RayRuntime {
  private static final long REQUEST_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final NodeSession session;
  private final ValueCodec codec;
  private final References references;
  private final ObjectPutter putter;
  private final TaskSubmitter submitter;
  private final Waiting waiting;
  private final FutureCompleter futures;
  private final TaskContext outside;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  /// A runtime.
  ///
  /// @param session at the node; closed with the runtime
  /// @param loader of the job's classes
  /// @param outside on whose behalf threads of no task run
  /// @param name for its threads
  protected ClientRuntime(
      NodeSession session, ClassLoader loader, TaskContext outside, String name) {
    this.session = session;
    this.outside = outside;
    codec = new ValueCodec(loader, new HandleHook());
    NodeConnection connection = session.connection();
    references = new References(connection, name);
    putter = new ObjectPutter(session.store(), references);
    submitter =
        new TaskSubmitter(
            connection,
            new FunctionExporter(session.welcome().jobId(), connection),
            codec,
            putter,
            references,
            session.welcome().jobNamespace());
    waiting = new Waiting(session.store(), connection, codec);
    futures = new FutureCompleter(session.store(), waiting, name);
  }

  /// The session at the node.
  public final NodeSession session() {
    return session;
  }

  /// Turns the job's values into bytes and back.
  public final ValueCodec codec() {
    return codec;
  }

  /// Turns exceptions into error objects.
  public final ErrorOpener errors() {
    return waiting.errors();
  }

  final References references() {
    return references;
  }

  /// On whose behalf the calling thread runs.
  final TaskContext context() {
    TaskContext context = TaskContext.current();
    return context == null ? outside : context;
  }

  @Override
  public AddressInfo addressInfo() {
    NodeSession.Welcome welcome = session.welcome();
    List<String> redis = welcome.redisAddresses();
    return new AddressInfo(
        welcome.nodeAddress(),
        redis.getFirst(),
        redis.subList(1, redis.size()),
        welcome.segmentPath(),
        welcome.nodeAddress(),
        session.directory().resolve(NodeSession.SOCKET).toString(),
        session.directory().toString(),
        null);
  }

  @Override
  public void shutdown() {
    if (isClosed.compareAndSet(false, true)) {
      futures.close();
      references.close();
      session.close();
    }
  }

  final boolean isClosed() {
    return isClosed.get();
  }

  @Override
  public <T extends @Nullable Object> ObjectRef<T> put(T value) {
    return putter.put(context(), codec.encode(value));
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the reference says what its object is, or null
  public <T extends @Nullable Object> T get(ObjectRef<T> ref, long timeoutMs) {
    try {
      return (T) waiting.get(context(), ref.getId(), timeoutMs);
    } finally {
      // While it waits, the reference counts.
      Reference.reachabilityFence(ref);
    }
  }

  /// Gets an object for the executor, which has its id only.
  public final @Nullable Object get(ObjectId id) {
    return waiting.get(context(), id, NO_TIMEOUT);
  }

  @Override
  @SuppressWarnings("unchecked") // the references say what type their objects have
  public <T extends @Nullable Object> List<T> get(
      List<? extends ObjectRef<? extends T>> refs, long timeoutMs) {
    List<ObjectId> ids = new ArrayList<>(refs.size());
    for (ObjectRef<? extends T> ref : refs) {
      ids.add(ref.getId());
    }
    try {
      @Nullable Object[] values = waiting.get(context(), ids, timeoutMs);
      return (List<T>) Arrays.asList(values);
    } finally {
      Reference.reachabilityFence(refs);
    }
  }

  @Override
  public <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int numReturns, long timeoutMs, boolean fetchLocal) {
    return waiting.wait(context(), refs, numReturns, timeoutMs, fetchLocal);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> toFuture(ObjectRef<T> ref) {
    CompletableFuture<T> future = futures.future(ref);
    session.connection().flush();
    return future;
  }

  @Override
  public void free(
      Collection<? extends ObjectRef<?>> refs, boolean localOnly, boolean deleteCreatingTasks) {
    request(
        RequestKind.FREE_OBJECTS,
        new Payload().putIds(refs.stream().map(ObjectRef::getId).toList()));
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> submitTask(
      RayFunc function, @Nullable Object[] arguments, CallOptions options) {
    TaskId task = submitter.task(context(), function, arguments, options);
    return references.own(ObjectId.ofReturn(task, 1));
  }

  @Override
  public List<ObjectRef<?>> submitTaskOfMany(
      RayFunc function, @Nullable Object[] arguments, CallOptions options) {
    return many(submitter.task(context(), function, arguments, options), options.numReturns());
  }

  @Override
  public <A> ActorHandle<A> createActor(
      RayFunc constructor, @Nullable Object[] arguments, ActorCreationOptions options) {
    if (!options.name().isEmpty() && getActor(options.name(), options.namespace()).isPresent()) {
      throw new IllegalArgumentException(
          "name: '" + options.name() + "' (expected: one that no living actor has)");
    }
    TaskId task = submitter.creation(context(), constructor, arguments, options);
    return new ClientActorHandle<>(
        new ActorId(task.high(), task.low()),
        submitter.className(constructor),
        options.maxPendingCalls());
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> submitActorTask(
      ActorHandle<?> actor, RayFunc method, @Nullable Object[] arguments, CallOptions options) {
    ClientActorHandle<?> handle = own(actor);
    PendingCalls pending = handle.pendingCalls();
    if (pending == null) {
      TaskId task = submitter.call(context(), handle, method, arguments, options);
      return references.own(ObjectId.ofReturn(task, 1));
    }
    pending.reserve(waiting);
    ClientObjectRef<R> ref = null;
    try {
      TaskId task = submitter.call(context(), handle, method, arguments, options);
      ref = references.own(ObjectId.ofReturn(task, 1));
      return ref;
    } finally {
      pending.made(ref);
    }
  }

  @Override
  public List<ObjectRef<?>> submitActorTaskOfMany(
      ActorHandle<?> actor, RayFunc method, @Nullable Object[] arguments, CallOptions options) {
    ClientActorHandle<?> handle = own(actor);
    PendingCalls pending = options.numReturns() == 0 ? null : handle.pendingCalls();
    if (pending == null) {
      return many(
          submitter.call(context(), handle, method, arguments, options), options.numReturns());
    }
    pending.reserve(waiting);
    List<ObjectRef<?>> refs = List.of();
    try {
      refs =
          many(submitter.call(context(), handle, method, arguments, options), options.numReturns());
      return refs;
    } finally {
      pending.made(refs.isEmpty() ? null : refs.getFirst());
    }
  }

  private List<ObjectRef<?>> many(TaskId task, int count) {
    List<ObjectRef<?>> refs = new ArrayList<>(count);
    for (int i = 1; i <= count; i++) {
      refs.add(references.own(ObjectId.ofReturn(task, i)));
    }
    return Collections.unmodifiableList(refs);
  }

  private static ClientActorHandle<?> own(BaseActorHandle actor) {
    if (actor instanceof ClientActorHandle<?> handle) {
      return handle;
    }
    throw new IllegalArgumentException(
        "actor: " + actor + " (expected: a handle from Ray.actor or Ray.getActor)");
  }

  @Override
  public void killActor(BaseActorHandle actor, boolean noRestart) {
    ActorId id = actor.getId();
    request(
        RequestKind.KILL_ACTOR,
        new Payload().putLong(id.high()).putLong(id.low()).putByte(noRestart ? 1 : 0));
  }

  @Override
  public void cancel(ObjectRef<?> ref, boolean force, boolean recursive) {
    if (ref.getId().isPut()) {
      throw new IllegalArgumentException(
          "ref: " + ref + ", which was put (expected: the result of a task)");
    }
    TaskId task = ref.getId().taskId();
    request(
        RequestKind.CANCEL_TASK,
        new Payload()
            .putLong(task.high())
            .putLong(task.low())
            .putByte(force ? 1 : 0)
            .putByte(recursive ? 1 : 0));
  }

  @Override
  public Optional<BaseActorHandle> getActor(String name, @Nullable String namespace) {
    ByteBuffer answer =
        request(
            RequestKind.FIND_ACTOR,
            new Payload()
                .putString(name)
                .putString(namespace == null ? session.welcome().jobNamespace() : namespace));
    ActorId id = new ActorId(answer.getLong(), answer.getLong());
    String className = Payload.string(answer);
    int maxPendingCalls = answer.getInt();
    return id.isNil()
        ? Optional.empty()
        : Optional.of(new ClientActorHandle<>(id, className, maxPendingCalls));
  }

  @Override
  public RuntimeContext getRuntimeContext() {
    return new ClientRuntimeContext(this);
  }

  @Override
  public void exitActor() {
    TaskContext context = context();
    if (context.actor().isNil()) {
      throw new IllegalStateException(
          "exitActor() outside of an actor (expected: a call in an actor's method)");
    }
    context.requestExit();
    throw new RayIntentionalSystemExitException(context.actor() + " exits as it asked to");
  }

  @Override
  public List<ErrorInfo> errorInfo() {
    ByteBuffer answer = request(RequestKind.ERROR_INFO, new Payload());
    int count = answer.getInt();
    List<ErrorInfo> errors = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Instant time = Instant.ofEpochMilli(answer.getLong());
      TaskId task = new TaskId(answer.getLong(), answer.getLong());
      String type = Payload.string(answer);
      String function = Payload.string(answer);
      String message = Payload.string(answer);
      errors.add(
          new ErrorInfo(
              type,
              function.isEmpty() ? message : function + ": " + message,
              time,
              session.welcome().jobId(),
              task.isNil() ? null : task,
              null));
    }
    return Collections.unmodifiableList(errors);
  }

  @Override
  public ClusterState state() {
    return nodeState();
  }

  @Override
  public MemoryInfo memory() {
    return nodeState().memory();
  }

  private NodeState nodeState() {
    return new NodeState((table, query) ->
        StateRows.of(answer(RequestKind.LIST_STATE, StateRows.request(table, query))));
  }

  private ByteBuffer request(RequestKind kind, Payload payload) {
    return Payload.of(answer(kind, payload));
  }

  private byte[] answer(RequestKind kind, Payload payload) {
    TaskContext.BlockingListener listener = context().listener();
    if (listener != null) {
      listener.blocked();
    }
    try {
      CompletableFuture<byte[]> answer = session.connection().request(kind, payload.bytes());
      return NodeConnection.await(answer, REQUEST_TIMEOUT_NANOS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RaySystemException("interrupted while waiting for the node: " + e);
    } finally {
      if (listener != null) {
        listener.unblocked();
      }
    }
  }

  @Override
  public Runnable wrapRunnable(Runnable runnable) {
    TaskContext context = context();
    return () -> {
      TaskContext before = TaskContext.current();
      TaskContext.enter(context);
      try {
        runnable.run();
      } finally {
        TaskContext.enter(before);
      }
    };
  }

  @Override
  public <T> Callable<T> wrapCallable(Callable<T> callable) {
    TaskContext context = context();
    return () -> {
      TaskContext before = TaskContext.current();
      TaskContext.enter(context);
      try {
        return callable.call();
      } finally {
        TaskContext.enter(before);
      }
    };
  }
}

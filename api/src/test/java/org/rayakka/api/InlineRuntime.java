package org.rayakka.api;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.api.options.ActorCreationOptions;
import org.rayakka.api.options.CallOptions;
import org.rayakka.api.options.InitOptions;
import org.rayakka.api.runtime.RayRuntime;
import org.rayakka.api.runtime.RayRuntimeFactory;
import org.rayakka.api.runtime.SeveralReturns;
import org.rayakka.api.runtimecontext.RuntimeContext;
import org.rayakka.api.state.ClusterState;
import org.rayakka.api.state.MemoryInfo;

/// Runs every call at once in the calling thread, after sending its function through serialisation,
/// and remembers what it was asked.
public final class InlineRuntime implements RayRuntime {
  /// Makes inline runtimes for `Ray.init`.
  public static final class Factory implements RayRuntimeFactory {
    @Override
    public RayRuntime create(InitOptions options) {
      return new InlineRuntime(options);
    }
  }

  record Ref<T extends @Nullable Object>(ObjectId getId, T value) implements ObjectRef<T> {}

  record Handle<A>(ActorId getId, Object instance) implements ActorHandle<A> {}

  final InitOptions initOptions;
  final List<CallOptions> callOptions = new ArrayList<>();
  final List<Integer> arities = new ArrayList<>();
  final List<Long> timeouts = new ArrayList<>();
  @Nullable ActorCreationOptions actorOptions;
  @Nullable Boolean killedForGood;
  int shutdowns;
  private int objects;

  InlineRuntime(InitOptions initOptions) {
    this.initOptions = initOptions;
  }

  <T extends @Nullable Object> Ref<T> ref(T value) {
    return new Ref<>(ObjectId.ofPut(TaskId.NIL, ++objects), value);
  }

  @Override
  public AddressInfo addressInfo() {
    return new AddressInfo("127.0.0.1", "", List.of(), "", "", "", "", null);
  }

  @Override
  public void shutdown() {
    shutdowns++;
  }

  @Override
  public <T extends @Nullable Object> ObjectRef<T> put(T value) {
    return ref(value);
  }

  @Override
  public <T extends @Nullable Object> T get(ObjectRef<T> ref, long timeoutMs) {
    timeouts.add(timeoutMs);
    return ((Ref<T>) ref).value();
  }

  @Override
  public <T extends @Nullable Object> List<T> get(
      List<? extends ObjectRef<? extends T>> refs, long timeoutMs) {
    List<T> values = new ArrayList<>();
    for (ObjectRef<? extends T> ref : refs) {
      values.add(get(ref, timeoutMs));
    }
    return values;
  }

  @Override
  public <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int numReturns, long timeoutMs, boolean fetchLocal) {
    timeouts.add(timeoutMs);
    return new WaitResult<>(refs.subList(0, numReturns), refs.subList(numReturns, refs.size()));
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> toFuture(ObjectRef<T> ref) {
    return CompletableFuture.completedFuture(((Ref<T>) ref).value());
  }

  @Override
  public void free(
      Collection<? extends ObjectRef<?>> refs, boolean localOnly, boolean deleteCreatingTasks) {}

  @Override
  @SuppressWarnings("unchecked")
  public <R extends @Nullable Object> ObjectRef<R> submitTask(
      RayFunc function, @Nullable Object[] arguments, CallOptions options) {
    return (ObjectRef<R>) ref(run(function, arguments, options));
  }

  @Override
  public List<ObjectRef<?>> submitTaskOfMany(
      RayFunc function, @Nullable Object[] arguments, CallOptions options) {
    List<ObjectRef<?>> refs = new ArrayList<>();
    Object result = run(function, arguments, options);
    for (Object value : SeveralReturns.split(result, options.numReturns())) {
      refs.add(ref(value));
    }
    return refs;
  }

  @Override
  public <A> ActorHandle<A> createActor(
      RayFunc constructor, @Nullable Object[] arguments, ActorCreationOptions options) {
    actorOptions = options;
    Object instance = run(constructor, arguments, CallOptions.DEFAULT);
    if (instance == null) {
      throw new IllegalStateException("instance: null (expected: an actor)");
    }
    return new Handle<>(new ActorId(1, ++objects), instance);
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> submitActorTask(
      ActorHandle<?> actor, RayFunc method, @Nullable Object[] arguments, CallOptions options) {
    return submitTask(method, withActor(actor, arguments), options);
  }

  @Override
  public List<ObjectRef<?>> submitActorTaskOfMany(
      ActorHandle<?> actor, RayFunc method, @Nullable Object[] arguments, CallOptions options) {
    return submitTaskOfMany(method, withActor(actor, arguments), options);
  }

  private static @Nullable Object[] withActor(ActorHandle<?> actor, @Nullable Object[] arguments) {
    @Nullable Object[] all = new Object[arguments.length + 1];
    all[0] = ((Handle<?>) actor).instance();
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return all;
  }

  private @Nullable Object run(
      RayFunc function, @Nullable Object[] arguments, CallOptions options) {
    callOptions.add(options);
    arities.add(function.arity());
    @Nullable Object[] values =
        Arrays.stream(arguments)
            .map(argument -> argument instanceof Ref<?> ref ? ref.value() : argument)
            .toArray();
    try {
      return sent(function).invoke(values);
    } catch (Exception failure) {
      throw new RayTaskException(
          "f", failure.getClass().getName(), failure.getMessage(), "", failure);
    }
  }

  private static RayFunc sent(RayFunc function) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(function);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (RayFunc) in.readObject();
    }
  }

  @Override
  public void killActor(BaseActorHandle actor, boolean noRestart) {
    killedForGood = noRestart;
  }

  @Override
  public void cancel(ObjectRef<?> ref, boolean force, boolean recursive) {}

  @Override
  public Optional<BaseActorHandle> getActor(String name, @Nullable String namespace) {
    return name.equals("missing")
        ? Optional.empty()
        : Optional.of(new Handle<>(new ActorId(1, 1), name + "@" + namespace));
  }

  @Override
  public RuntimeContext getRuntimeContext() {
    throw new UnsupportedOperationException("no cluster here");
  }

  @Override
  public void exitActor() {
    throw new IllegalStateException("not in an actor");
  }

  @Override
  public List<ErrorInfo> errorInfo() {
    return List.of();
  }

  @Override
  public ClusterState state() {
    throw new UnsupportedOperationException("no cluster here");
  }

  @Override
  public MemoryInfo memory() {
    throw new UnsupportedOperationException("no cluster here");
  }

  @Override
  public Runnable wrapRunnable(Runnable runnable) {
    return runnable;
  }

  @Override
  public <T> Callable<T> wrapCallable(Callable<T> callable) {
    return callable;
  }
}

package org.rayakka.api;

import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.call.RayCall;
import org.rayakka.api.exception.RayAlreadyInitializedException;
import org.rayakka.api.exception.RayNotInitializedException;
import org.rayakka.api.exception.RayTimeoutException;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.options.InitOptions;
import org.rayakka.api.runtime.RayRuntime;
import org.rayakka.api.runtime.RayRuntimeFactory;
import org.rayakka.api.runtime.RuntimeHolder;
import org.rayakka.api.runtimecontext.RuntimeContext;
import org.rayakka.api.state.ClusterState;
import org.rayakka.api.state.MemoryInfo;

/// The way into Rayakka: runs functions and objects of your program on all processors of a machine
/// or a cluster.
///
/// ```java
/// public class Squares {
///   static int square(int x) {
///     return x * x;
///   }
///
///   static class Counter {
///     private int value;
///
///     int add(int delta) {
///       return value += delta;
///     }
///   }
///
///   public static void main(String[] args) {
///     Ray.init();
///
///     // A task: runs somewhere, returns a reference at once.
///     ObjectRef<Integer> nine = Ray.task(Squares::square, 3).remote();
///
///     // A reference is as good as a value: the second task starts when the first has ended.
///     ObjectRef<Integer> eightyOne = Ray.task(Squares::square, nine).remote();
///     System.out.println(Ray.get(eightyOne));
///
///     // Many at once: handle each as soon as it is ready.
///     List<ObjectRef<Integer>> rest = new ArrayList<>();
///     for (int i = 0; i < 10; i++) {
///       rest.add(Ray.task(Squares::square, i).remote());
///     }
///     while (!rest.isEmpty()) {
///       WaitResult<Integer> result = Ray.wait(rest);
///       System.out.println(result.getReady().getFirst().get());
///       rest = result.getUnready();
///     }
///
///     // An actor: an object of its own that answers calls in order.
///     ActorHandle<Counter> counter = Ray.actor(Counter::new).remote();
///     counter.task(Counter::add, 1).remote();
///     System.out.println(counter.task(Counter::add, 2).remote().get());
///
///     Ray.shutdown();
///   }
/// }
/// ```
///
/// A function is a method reference or a lambda. If a method is overloaded, the compiler cannot
/// choose by itself: cast it, as in `Ray.task((RayFunc1<Integer, Integer>) Squares::square, 3)`.
/// The parameters of a lambda that takes references have to be typed, as in `Ray.task((Integer x)
/// -> x + 1, nine)`. More than six arguments are added one at a time to a {@link #taskN} or {@link
/// #actorN}.
///
/// All methods may be called by any thread. Before {@link #init()} all but {@link #isInitialized()}
/// and {@link #shutdown()} throw {@link RayNotInitializedException}.
public final class Ray extends RayCall {
  private static final AtomicBoolean SHUTDOWN_HOOK_ADDED = new AtomicBoolean();

  private Ray() {}

  /// Starts Rayakka on this machine and connects to it, or attaches to the cluster that the
  /// configuration names.
  ///
  /// @return where its processes are
  /// @throws RayAlreadyInitializedException if this process is connected already
  public static AddressInfo init() {
    return init(InitOptions.UNSET);
  }

  /// Attaches to a cluster that runs.
  ///
  /// @param address host and port of its primary Redis server
  /// @return where its processes are
  /// @throws RayAlreadyInitializedException if this process is connected already
  public static AddressInfo init(String address) {
    return init(InitOptions.builder().setAddress(address).build());
  }

  /// Starts Rayakka on this machine, or attaches to a cluster that runs, as the options say.
  ///
  /// @param options what is asked for
  /// @return where its processes are
  /// @throws RayAlreadyInitializedException if this process is connected already
  public static synchronized AddressInfo init(InitOptions options) {
    Objects.requireNonNull(options, "options");
    if (RuntimeHolder.isInstalled()) {
      throw new RayAlreadyInitializedException();
    }
    RayRuntime runtime = factory().create(options);
    RuntimeHolder.install(runtime);
    if (SHUTDOWN_HOOK_ADDED.compareAndSet(false, true)) {
      Runtime.getRuntime().addShutdownHook(new Thread(Ray::shutdown, "ray-shutdown"));
    }
    return runtime.addressInfo();
  }

  private static RayRuntimeFactory factory() {
    Iterator<RayRuntimeFactory> factories =
        ServiceLoader.load(RayRuntimeFactory.class, Ray.class.getClassLoader()).iterator();
    if (!factories.hasNext()) {
      throw new IllegalStateException(
          "runtimes on the class path: none (expected: one; add the artifact"
              + " org.rayakka:rayakka to your program)");
    }
    RayRuntimeFactory factory = factories.next();
    if (factories.hasNext()) {
      throw new IllegalStateException(
          "runtimes on the class path: "
              + factory.getClass().getName()
              + " and "
              + factories.next().getClass().getName()
              + " (expected: one)");
    }
    return factory;
  }

  /// Disconnects, and stops all processes that {@link #init()} started. Does nothing if this
  /// process is not connected. Called by itself when the program ends.
  public static synchronized void shutdown() {
    RayRuntime runtime = RuntimeHolder.uninstall();
    if (runtime != null) {
      runtime.shutdown();
    }
  }

  /// Whether this process is connected.
  ///
  /// @return true between {@link #init()} and {@link #shutdown()}, and in a worker
  public static boolean isInitialized() {
    return RuntimeHolder.isInstalled();
  }

  /// Stores a copy of a value in the object store of this node.
  ///
  /// @param <T> the type of the value
  /// @param value the value; not a reference, which is to be wrapped in a list to be stored
  /// @return a reference to the copy
  public static <T extends @Nullable Object> ObjectRef<T> put(T value) {
    RayRuntime runtime = internal();
    if (value instanceof ObjectRef<?>) {
      throw new IllegalArgumentException(
          "value: " + value + " (expected: not a reference; wrap it in a list to store it)");
    }
    return runtime.put(value);
  }

  /// Waits until an object exists and returns it.
  ///
  /// @param <T> the type of the object
  /// @param ref a reference to it
  /// @return the object
  /// @throws org.rayakka.api.exception.RayException if the task that makes it fails, or it is lost
  public static <T extends @Nullable Object> T get(ObjectRef<T> ref) {
    return internal().get(Objects.requireNonNull(ref, "ref"), RayRuntime.NO_TIMEOUT);
  }

  /// Waits until an object exists and returns it.
  ///
  /// @param <T> the type of the object
  /// @param ref a reference to it
  /// @param timeoutMs how long to wait at most, in milliseconds; -1 for no limit
  /// @return the object
  /// @throws RayTimeoutException if it does not exist in time
  public static <T extends @Nullable Object> T get(ObjectRef<T> ref, long timeoutMs) {
    return internal().get(Objects.requireNonNull(ref, "ref"), checkTimeout(timeoutMs));
  }

  /// Waits until an object exists and returns it.
  ///
  /// @param <T> the type of the object
  /// @param ref a reference to it
  /// @param timeout how long to wait at most
  /// @return the object
  /// @throws RayTimeoutException if it does not exist in time
  public static <T extends @Nullable Object> T get(ObjectRef<T> ref, Duration timeout) {
    return internal().get(Objects.requireNonNull(ref, "ref"), toMillis(timeout));
  }

  /// Waits until objects exist and returns them. As soon as one fails, so does this call.
  ///
  /// @param <T> the type of the objects
  /// @param refs references to them, perhaps with repetitions
  /// @return the objects, in the order of the references
  /// @throws org.rayakka.api.exception.RayException if a task that makes one fails, or it is lost
  public static <T extends @Nullable Object> List<T> get(
      List<? extends ObjectRef<? extends T>> refs) {
    return internal().get(checkRefs(refs), RayRuntime.NO_TIMEOUT);
  }

  /// Waits until objects exist and returns them. As soon as one fails, so does this call.
  ///
  /// @param <T> the type of the objects
  /// @param refs references to them, perhaps with repetitions
  /// @param timeoutMs how long to wait at most for all, in milliseconds; -1 for no limit
  /// @return the objects, in the order of the references
  /// @throws RayTimeoutException if they do not all exist in time
  public static <T extends @Nullable Object> List<T> get(
      List<? extends ObjectRef<? extends T>> refs, long timeoutMs) {
    return internal().get(checkRefs(refs), checkTimeout(timeoutMs));
  }

  /// Waits until objects exist and returns them. As soon as one fails, so does this call.
  ///
  /// @param <T> the type of the objects
  /// @param refs references to them, perhaps with repetitions
  /// @param timeout how long to wait at most for all
  /// @return the objects, in the order of the references
  /// @throws RayTimeoutException if they do not all exist in time
  public static <T extends @Nullable Object> List<T> get(
      List<? extends ObjectRef<? extends T>> refs, Duration timeout) {
    return internal().get(checkRefs(refs), toMillis(timeout));
  }

  /// Waits until one of several objects is ready: exists, or its task failed. Returns at once for
  /// an empty list.
  ///
  /// @param <T> the type of the objects
  /// @param refs references to them, each once
  /// @return the one that is ready, and the others
  public static <T extends @Nullable Object> WaitResult<T> wait(List<ObjectRef<T>> refs) {
    return wait(refs, Math.min(1, refs.size()));
  }

  /// Waits until several objects are ready: exist, or their tasks failed.
  ///
  /// @param <T> the type of the objects
  /// @param refs references to them, each once
  /// @param numReturns how many to wait for
  /// @return exactly so many that are ready, and the others
  public static <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int numReturns) {
    return wait(refs, numReturns, RayRuntime.NO_TIMEOUT, true);
  }

  /// Waits until several objects are ready: exist, or their tasks failed; or until time is up.
  ///
  /// @param <T> the type of the objects
  /// @param refs references to them, each once
  /// @param numReturns how many to wait for
  /// @param timeoutMs how long to wait at most, in milliseconds; -1 for no limit
  /// @return at most so many that are ready, and the others
  public static <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int numReturns, long timeoutMs) {
    return wait(refs, numReturns, timeoutMs, true);
  }

  /// Waits until several objects are ready: exist, or their tasks failed; or until time is up.
  ///
  /// @param <T> the type of the objects
  /// @param refs references to them, each once
  /// @param numReturns how many to wait for
  /// @param timeout how long to wait at most
  /// @return at most so many that are ready, and the others
  public static <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int numReturns, Duration timeout) {
    return wait(refs, numReturns, toMillis(timeout), true);
  }

  /// Waits until several objects are ready: exist, or their tasks failed; or until time is up.
  ///
  /// @param <T> the type of the objects
  /// @param refs references to them, each once
  /// @param numReturns how many to wait for
  /// @param timeout how long to wait at most
  /// @param fetchLocal whether an object is ready only when a copy is on this node
  /// @return at most so many that are ready, and the others
  public static <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int numReturns, Duration timeout, boolean fetchLocal) {
    return wait(refs, numReturns, toMillis(timeout), fetchLocal);
  }

  /// Waits until several objects are ready: exist, or their tasks failed; or until time is up.
  ///
  /// @param <T> the type of the objects
  /// @param refs references to them, each once
  /// @param numReturns how many to wait for
  /// @param timeoutMs how long to wait at most, in milliseconds; -1 for no limit
  /// @param fetchLocal whether an object is ready only when a copy is on this node; if not, it may
  ///   be on any, and is not brought here
  /// @return at most so many that are ready, and the others
  /// @throws IllegalArgumentException if a reference is repeated, or there are fewer than
  ///   `numReturns`
  public static <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int numReturns, long timeoutMs, boolean fetchLocal) {
    RayRuntime runtime = internal();
    int size = checkRefs(refs).size();
    if (numReturns < 0 || numReturns > size) {
      throw new IllegalArgumentException(
          "numReturns: " + numReturns + " (expected: 0 to " + size + ", the number of references)");
    }
    checkTimeout(timeoutMs);
    checkNoDuplicates(refs);
    return runtime.wait(refs, numReturns, timeoutMs, fetchLocal);
  }

  /// Cancels the task or the actor's call that makes an object, if it has not ended, and what it
  /// has submitted. One that waits is dropped; one that runs is interrupted.
  ///
  /// @param ref a reference to the object; once the task has ended, getting it throws {@link
  ///   org.rayakka.api.exception.TaskCancelledException}
  public static void cancel(ObjectRef<?> ref) {
    cancel(ref, false);
  }

  /// Cancels the task or the actor's call that makes an object, if it has not ended, and what it
  /// has submitted.
  ///
  /// @param ref a reference to the object; once the task has ended, getting it throws {@link
  ///   org.rayakka.api.exception.TaskCancelledException}
  /// @param force whether the worker process of a running task is killed, and what else runs there
  ///   run again; otherwise the task is interrupted. A call of an actor is only ever interrupted:
  ///   {@link BaseActorHandle#kill()} ends the actor
  public static void cancel(ObjectRef<?> ref, boolean force) {
    cancel(ref, force, true);
  }

  /// Cancels the task or the actor's call that makes an object, if it has not ended.
  ///
  /// @param ref a reference to the object; once the task has ended, getting it throws {@link
  ///   org.rayakka.api.exception.TaskCancelledException}
  /// @param force whether the worker process of a running task is killed, and what else runs there
  ///   run again; otherwise the task is interrupted. A call of an actor is only ever interrupted:
  ///   {@link BaseActorHandle#kill()} ends the actor
  /// @param recursive whether the tasks and calls that it has submitted are cancelled too
  public static void cancel(ObjectRef<?> ref, boolean force, boolean recursive) {
    internal().cancel(Objects.requireNonNull(ref, "ref"), force, recursive);
  }

  /// Looks an actor up by its name in the namespace of this job.
  ///
  /// @param <T> the type of the handle
  /// @param name the name
  /// @return a handle to the actor, or empty if there is none of that name
  public static <T extends BaseActorHandle> Optional<T> getActor(String name) {
    return findActor(name, null);
  }

  /// Looks an actor up by its name in a namespace.
  ///
  /// @param <T> the type of the handle
  /// @param name the name
  /// @param namespace the namespace
  /// @return a handle to the actor, or empty if there is none of that name
  public static <T extends BaseActorHandle> Optional<T> getActor(String name, String namespace) {
    return findActor(name, Objects.requireNonNull(namespace, "namespace"));
  }

  @SuppressWarnings("unchecked") // The caller says what class the actor of this name has.
  private static <T extends BaseActorHandle> Optional<T> findActor(
      String name, @Nullable String namespace) {
    return (Optional<T>) internal().getActor(Objects.requireNonNull(name, "name"), namespace);
  }

  /// What the calling code may know about itself and its cluster.
  ///
  /// @return the context
  public static RuntimeContext getRuntimeContext() {
    return internal().getRuntimeContext();
  }

  /// The graphics processors that the calling task or actor holds.
  ///
  /// @return their numbers, empty if it asked for none
  public static List<Long> getGpuIds() {
    return internal().getRuntimeContext().getGpuIds();
  }

  /// Ends the actor that the calling code runs in, for good, even if it has restarts left. Does not
  /// return.
  ///
  /// @throws IllegalStateException outside of an actor
  public static void exitActor() {
    internal().exitActor();
  }

  /// The errors of this job so far, and those that concern all jobs.
  ///
  /// @return the errors, oldest first
  public static List<ErrorInfo> errorInfo() {
    return internal().errorInfo();
  }

  /// The tables of the cluster.
  ///
  /// @return a view that reads them anew with each call
  public static ClusterState state() {
    return internal().state();
  }

  /// Who holds what in the object store of this node.
  ///
  /// @return its state at this moment
  public static MemoryInfo memory() {
    return internal().memory();
  }

  /// Makes a thread of your own part of the calling task, so that it may use this class.
  ///
  /// @param runnable what runs there
  /// @return the same, as part of the calling task
  public static Runnable wrapRunnable(Runnable runnable) {
    return internal().wrapRunnable(Objects.requireNonNull(runnable, "runnable"));
  }

  /// Makes a thread of your own part of the calling task, so that it may use this class.
  ///
  /// @param <T> the type of the result
  /// @param callable what runs there
  /// @return the same, as part of the calling task
  public static <T> Callable<T> wrapCallable(Callable<T> callable) {
    return internal().wrapCallable(Objects.requireNonNull(callable, "callable"));
  }

  /// The runtime behind this facade, for what is not meant for everyday programs, such as {@link
  /// RayRuntime#free}.
  ///
  /// @return the runtime
  /// @throws RayNotInitializedException if this process is not connected
  public static RayRuntime internal() {
    return RuntimeHolder.current();
  }

  private static long checkTimeout(long timeoutMs) {
    if (timeoutMs < RayRuntime.NO_TIMEOUT) {
      throw new IllegalArgumentException(
          "timeoutMs: " + timeoutMs + " (expected: >= 0, or -1 for no limit)");
    }
    return timeoutMs;
  }

  private static long toMillis(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: >= 0)");
    }
    if (timeout.toSeconds() > Long.MAX_VALUE / 1000 - 1) {
      return RayRuntime.NO_TIMEOUT;
    }
    // Rounded up, so that a wait never ends before its time.
    return timeout.plusNanos(999_999).toMillis();
  }

  private static <L extends List<?>> L checkRefs(L refs) {
    int i = 0;
    for (Object ref : Objects.requireNonNull(refs, "refs")) {
      if (ref == null) {
        throw new NullPointerException("refs[" + i + "]: null (expected: a reference)");
      }
      i++;
    }
    return refs;
  }

  // A table of its own, half empty at least: a loop that waits for one of many at a time looks at
  // all of them each time, and a HashSet would make an object for each.
  private static <T extends @Nullable Object> void checkNoDuplicates(List<ObjectRef<T>> refs) {
    if (refs.size() < 2) {
      return;
    }
    @Nullable ObjectId[] seen = new ObjectId[Integer.highestOneBit(refs.size()) << 2];
    int found = 0;
    for (ObjectRef<T> ref : refs) {
      if (++found > seen.length / 2) {
        throw new ConcurrentModificationException("refs: grows while it is read");
      }
      ObjectId id = ref.getId();
      int hash = id.hashCode();
      int place = (hash ^ (hash >>> 16)) & (seen.length - 1);
      for (ObjectId other = seen[place]; other != null; other = seen[place]) {
        if (other.equals(id)) {
          throw new IllegalArgumentException(
              "refs: " + id + " is there twice (expected: each reference once)");
        }
        place = (place + 1) & (seen.length - 1);
      }
      seen[place] = id;
    }
  }
}

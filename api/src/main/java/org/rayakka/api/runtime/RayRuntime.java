package org.rayakka.api.runtime;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.AddressInfo;
import org.rayakka.api.BaseActorHandle;
import org.rayakka.api.ErrorInfo;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.WaitResult;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.options.ActorCreationOptions;
import org.rayakka.api.options.CallOptions;
import org.rayakka.api.runtimecontext.RuntimeContext;
import org.rayakka.api.state.ClusterState;
import org.rayakka.api.state.MemoryInfo;

/// What the facade asks of the runtime. The facade has checked what can be checked without knowing
/// the cluster: no reference is null, a list to wait for has no duplicates, a timeout is {@link
/// #NO_TIMEOUT} or not negative, and a value to put is not a reference.
///
/// Every method may be called by any thread. Arguments of calls are values or {@link ObjectRef}s
/// (which the callee sees as values); the arrays that hold them belong to the runtime from the call
/// on. A result of several references belongs to a task whose `numReturns` is not 1.
public interface RayRuntime {
  /// The timeout of a wait without a limit.
  long NO_TIMEOUT = -1;

  /// Where this process is connected to.
  ///
  /// @return the addresses
  AddressInfo addressInfo();

  /// Disconnects, and stops what this process started. A second call does nothing.
  void shutdown();

  /// Stores a value.
  ///
  /// @param <T> the type of the value
  /// @param value the value, not a reference
  /// @return a reference to its copy
  <T extends @Nullable Object> ObjectRef<T> put(T value);

  /// Waits for an object.
  ///
  /// @param <T> the type of the object
  /// @param ref the object
  /// @param timeoutMs how long to wait, or {@link #NO_TIMEOUT}
  /// @return the object
  <T extends @Nullable Object> T get(ObjectRef<T> ref, long timeoutMs);

  /// Waits for objects, until all exist or one failed.
  ///
  /// @param <T> the type of the objects
  /// @param refs the objects, perhaps with repetitions
  /// @param timeoutMs how long to wait for all of them, or {@link #NO_TIMEOUT}
  /// @return the objects, in order
  <T extends @Nullable Object> List<T> get(
      List<? extends ObjectRef<? extends T>> refs, long timeoutMs);

  /// Waits until some objects exist.
  ///
  /// @param <T> the type of the objects
  /// @param refs the objects, without repetitions
  /// @param numReturns how many to wait for, from 0 to as many as there are
  /// @param timeoutMs how long to wait, or {@link #NO_TIMEOUT}
  /// @param fetchLocal whether an object is ready only when it is on this node
  /// @return at most `numReturns` that are ready, and the rest
  <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int numReturns, long timeoutMs, boolean fetchLocal);

  /// A future of an object.
  ///
  /// @param <T> the type of the object
  /// @param ref the object
  /// @return completes with the object or with what a get would throw
  <T extends @Nullable Object> CompletableFuture<T> toFuture(ObjectRef<T> ref);

  /// Drops objects although references to them exist.
  ///
  /// @param refs the objects
  /// @param localOnly whether only the copies on this node are dropped
  /// @param deleteCreatingTasks whether the tasks that made them are forgotten too, so that they
  ///   cannot be made again
  void free(
      Collection<? extends ObjectRef<?>> refs, boolean localOnly, boolean deleteCreatingTasks);

  /// Submits a task that returns one object.
  ///
  /// @param <R> the type of the object
  /// @param function what to run
  /// @param arguments values and references
  /// @param options what the caller asks for
  /// @return the object
  <R extends @Nullable Object> ObjectRef<R> submitTask(
      RayFunc function, @Nullable Object[] arguments, CallOptions options);

  /// Submits a task that returns as many objects as its options say.
  ///
  /// @param function what to run; the array, list or tuple that it returns is taken apart by {@link
  ///   SeveralReturns}
  /// @param arguments values and references
  /// @param options what the caller asks for
  /// @return the objects, in order
  List<ObjectRef<?>> submitTaskOfMany(
      RayFunc function, @Nullable Object[] arguments, CallOptions options);

  /// Creates an actor.
  ///
  /// @param <A> the actor's class
  /// @param constructor makes the instance
  /// @param arguments values and references
  /// @param options what the caller asks for
  /// @return a handle to it
  <A> ActorHandle<A> createActor(
      RayFunc constructor, @Nullable Object[] arguments, ActorCreationOptions options);

  /// Calls a method that returns one object.
  ///
  /// @param <R> the type of the object
  /// @param actor the actor
  /// @param method what to run; its first parameter is the actor's instance
  /// @param arguments values and references, without the actor
  /// @param options what the caller asks for
  /// @return the object
  <R extends @Nullable Object> ObjectRef<R> submitActorTask(
      ActorHandle<?> actor, RayFunc method, @Nullable Object[] arguments, CallOptions options);

  /// Calls a method that returns as many objects as the options say.
  ///
  /// @param actor the actor
  /// @param method what to run; its first parameter is the actor's instance
  /// @param arguments values and references, without the actor
  /// @param options what the caller asks for
  /// @return the objects, in order
  List<ObjectRef<?>> submitActorTaskOfMany(
      ActorHandle<?> actor, RayFunc method, @Nullable Object[] arguments, CallOptions options);

  /// Kills an actor.
  ///
  /// @param actor the actor
  /// @param noRestart whether it stays dead although it has restarts left
  void killActor(BaseActorHandle actor, boolean noRestart);

  /// Cancels the task or call that makes an object.
  ///
  /// @param ref the object
  /// @param force whether the worker of a running task is killed, not only interrupted
  /// @param recursive whether what it has submitted is cancelled too
  void cancel(ObjectRef<?> ref, boolean force, boolean recursive);

  /// Looks an actor up.
  ///
  /// @param name its name
  /// @param namespace the namespace of the name, or null for that of the job
  /// @return a handle to it, if there is one of that name
  Optional<BaseActorHandle> getActor(String name, @Nullable String namespace);

  /// What the calling code may know about itself.
  ///
  /// @return the context
  RuntimeContext getRuntimeContext();

  /// Ends the actor that the calling code runs in.
  ///
  /// @throws org.rayakka.api.exception.RayIntentionalSystemExitException always, in an actor
  /// @throws IllegalStateException outside of an actor
  void exitActor();

  /// The errors of this job so far, and those that concern all jobs.
  ///
  /// @return the errors, oldest first
  List<ErrorInfo> errorInfo();

  /// The tables of the cluster.
  ///
  /// @return a view that reads them anew with each call
  ClusterState state();

  /// Who holds what in the object store of this node.
  ///
  /// @return its state at this moment
  MemoryInfo memory();

  /// Carries the calling code's task over to a thread of its own.
  ///
  /// @param runnable what runs there
  /// @return the same, as part of the calling task
  Runnable wrapRunnable(Runnable runnable);

  /// Carries the calling code's task over to a thread of its own.
  ///
  /// @param <T> the type of the result
  /// @param callable what runs there
  /// @return the same, as part of the calling task
  <T> Callable<T> wrapCallable(Callable<T> callable);
}

package org.rayakka.api.call;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.function.RayFuncR;
import org.rayakka.api.options.ActorCreationOptions;
import org.rayakka.api.options.ActorLifetime;
import org.rayakka.api.options.CallOptions;
import org.rayakka.api.options.SchedulingStrategy;
import org.rayakka.api.runtime.RuntimeHolder;

/// An actor that is prepared and not yet created. Used by one thread; each `remote` creates one
/// more.
///
/// @param <C> the type of the creator itself
/// @param <A> the actor's class
public abstract sealed class BaseActorCreator<C extends BaseActorCreator<C, A>, A>
    permits ActorCreator, VariadicActorCreator {
  private final RayFuncR<A> constructor;
  private ActorCreationOptions.@Nullable Builder builder;

  BaseActorCreator(RayFuncR<A> constructor) {
    this.constructor = constructor;
  }

  abstract @Nullable Object[] arguments();

  private ActorCreationOptions.Builder builder() {
    if (builder == null) {
      builder = ActorCreationOptions.builder();
    }
    return builder;
  }

  @SuppressWarnings("unchecked")
  final C self() {
    return (C) this;
  }

  /// Names the actor in the namespace of the job, so that {@link
  /// org.rayakka.api.Ray#getActor(String)} finds it.
  ///
  /// @param name the name, unique in the namespace
  /// @return this
  public C setName(String name) {
    builder().setName(name);
    return self();
  }

  /// Names the actor in a namespace, so that {@link org.rayakka.api.Ray#getActor(String, String)}
  /// finds it.
  ///
  /// @param name the name, unique in the namespace
  /// @param namespace the namespace
  /// @return this
  public C setName(String name, String namespace) {
    builder().setName(name, namespace);
    return self();
  }

  /// Sets whether the actor lives beyond its job.
  ///
  /// @param lifetime how long it lives
  /// @return this
  public C setLifetime(ActorLifetime lifetime) {
    builder().setLifetime(lifetime);
    return self();
  }

  /// Sets how much of a resource the actor occupies for its life.
  ///
  /// @param resource the name of the resource, such as `CPU`, `GPU` or one of your own
  /// @param quantity a fraction up to 1, or a whole number
  /// @return this
  public C setResource(String resource, double quantity) {
    builder().setResource(resource, quantity);
    return self();
  }

  /// Sets how much of several resources the actor occupies for its life.
  ///
  /// @param quantities by name; resources that are not named keep what was set
  /// @return this
  public C setResources(Map<String, Double> quantities) {
    builder().setResources(quantities);
    return self();
  }

  /// Sets how many processors the actor occupies for its life.
  ///
  /// @param numCpus a fraction up to 1, or a whole number
  /// @return this
  public C setNumCpus(double numCpus) {
    return setResource(CallOptions.CPU, numCpus);
  }

  /// Sets how many graphics processors the actor occupies for its life; 0 if not set.
  ///
  /// @param numGpus a fraction up to 1, or a whole number
  /// @return this
  public C setNumGpus(double numGpus) {
    return setResource(CallOptions.GPU, numGpus);
  }

  /// Sets how often the actor is restarted when it dies unexpectedly; 0 if not set.
  ///
  /// @param maxRestarts the number, or {@link ActorCreationOptions#INFINITE_RESTART}
  /// @return this
  public C setMaxRestarts(int maxRestarts) {
    builder().setMaxRestarts(maxRestarts);
    return self();
  }

  /// Sets how often a call is sent again when the actor dies before it answers; 0 if not set.
  ///
  /// @param maxTaskRetries the number, or -1 for no limit
  /// @return this
  public C setMaxTaskRetries(int maxTaskRetries) {
    builder().setMaxTaskRetries(maxTaskRetries);
    return self();
  }

  /// Sets how many of the actor's calls run at the same time; 1 if not set, which keeps them in
  /// order.
  ///
  /// @param maxConcurrency the number
  /// @return this
  public C setMaxConcurrency(int maxConcurrency) {
    builder().setMaxConcurrency(maxConcurrency);
    return self();
  }

  /// Sets how many unanswered calls there may be through one handle; no limit if not set. A call
  /// beyond it is not sent off: `remote` throws {@link
  /// org.rayakka.api.exception.PendingCallsLimitExceededException}. A handle that is passed on
  /// counts anew.
  ///
  /// @param maxPendingCalls the number, or -1 for no limit
  /// @return this
  public C setMaxPendingCalls(int maxPendingCalls) {
    builder().setMaxPendingCalls(maxPendingCalls);
    return self();
  }

  /// Makes the actor durable, as {@link #setDurable(int)} does, with a snapshot of its state after
  /// every {@value ActorCreationOptions#CALLS_PER_SNAPSHOT} calls.
  ///
  /// @return this
  public C setDurable() {
    return setDurable(ActorCreationOptions.CALLS_PER_SNAPSHOT);
  }

  /// Makes the actor durable: each call is written to a journal in Redis before it runs, and the
  /// actor's object from time to time. When the actor is restarted ({@link #setMaxRestarts}), on
  /// this node or another, it has the object of the last snapshot back and runs the calls since
  /// then again, in their order and without giving results, before it takes new ones.
  ///
  /// The object and the arguments must be serialisable; the first snapshot is taken at once, so
  /// that an object which is not makes the creation fail. Its transient fields are not kept. The
  /// methods must do the same when they run again, as far as their results and the object depend on
  /// it; with one call per snapshot nothing runs again but a call that was cut short. A call that
  /// fails because the actor's process died is not in the journal any more; of one that fails
  /// because its node was lost, nobody knows whether it was done. The journal goes when the actor
  /// is dead.
  ///
  /// @param callsPerSnapshot after how many calls the object is saved; a small number makes
  ///   restarts short, and calls slow if the object is large
  /// @return this
  public C setDurable(int callsPerSnapshot) {
    builder().setDurable(callsPerSnapshot);
    return self();
  }

  /// Gives the actor a process of its own, with these options.
  ///
  /// @param jvmOptions the options, one per element
  /// @return this
  public C setJvmOptions(List<String> jvmOptions) {
    builder().setJvmOptions(jvmOptions);
    return self();
  }

  /// Sets on which node of a cluster the actor lives. One that is restarted is placed anew.
  ///
  /// @param schedulingStrategy how the node is chosen; {@link SchedulingStrategy#DEFAULT} if not
  ///   set
  /// @return this
  public C setSchedulingStrategy(SchedulingStrategy schedulingStrategy) {
    builder().setSchedulingStrategy(schedulingStrategy);
    return self();
  }

  /// Creates the actor, and waits for nothing. Calls through the handle wait until it runs.
  ///
  /// @return a handle to it
  public ActorHandle<A> remote() {
    return RuntimeHolder.current()
        .createActor(
            constructor,
            arguments(),
            builder == null ? ActorCreationOptions.DEFAULT : builder.build());
  }
}

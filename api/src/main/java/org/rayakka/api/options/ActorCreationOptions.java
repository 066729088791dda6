package org.rayakka.api.options;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a caller asks for an actor.
///
/// @param name by which {@link org.rayakka.api.Ray#getActor(String)} finds it; empty for none
/// @param namespace in which the name is unique; null for that of the job
/// @param lifetime how long it lives; null for the default of the job
/// @param resources what it occupies for its life, by name; a resource that is not named here has
///   the default of the runtime
/// @param maxRestarts how often it is restarted when it dies unexpectedly; -1 for no limit
/// @param maxTaskRetries how often a call is sent again when the actor dies before it answers; -1
///   for no limit
/// @param maxConcurrency how many of its calls run at the same time
/// @param maxPendingCalls how many unanswered calls one handle may have; -1 for no limit
/// @param callsPerSnapshot after how many calls the state of a durable actor is saved; 0 if it is
///   not durable
/// @param jvmOptions the options of its own process; empty if it may share one
/// @param schedulingStrategy on which node it lives
public record ActorCreationOptions(
    String name,
    @Nullable String namespace,
    @Nullable ActorLifetime lifetime,
    Map<String, Double> resources,
    int maxRestarts,
    int maxTaskRetries,
    int maxConcurrency,
    int maxPendingCalls,
    int callsPerSnapshot,
    List<String> jvmOptions,
    SchedulingStrategy schedulingStrategy) {

  /// The number of restarts of an actor that always comes back.
  public static final int INFINITE_RESTART = -1;

  /// The number of restarts of an actor that never comes back: the default.
  public static final int NO_RESTART = 0;

  /// After how many calls the state of a durable actor is saved, if nobody says otherwise.
  public static final int CALLS_PER_SNAPSHOT = 1_000;

  /// The options of an actor without any; shared.
  public static final ActorCreationOptions DEFAULT =
      new ActorCreationOptions(
          "", null, null, Map.of(), NO_RESTART, 0, 1, -1, 0, List.of(), SchedulingStrategy.DEFAULT);

  /// Checks and copies.
  ///
  /// @throws IllegalArgumentException if a value is out of its range; the message names it
  public ActorCreationOptions {
    resources = Checks.quantities(resources);
    Checks.atLeastOrMinusOne(0, "maxRestarts", maxRestarts, "no limit");
    Checks.atLeastOrMinusOne(0, "maxTaskRetries", maxTaskRetries, "no limit");
    Checks.atLeast(1, "maxConcurrency", maxConcurrency);
    Checks.atLeastOrMinusOne(1, "maxPendingCalls", maxPendingCalls, "no limit");
    Checks.atLeast(0, "callsPerSnapshot", callsPerSnapshot);
    if (callsPerSnapshot > 0 && maxConcurrency > 1) {
      throw new IllegalArgumentException(
          "maxConcurrency: "
              + maxConcurrency
              + " (expected: 1 for a durable actor, whose calls are repeated in order)");
    }
    jvmOptions = Checks.words("jvmOptions", jvmOptions);
    Checks.notNull("schedulingStrategy", schedulingStrategy);
  }

  /// How much of a resource is asked for.
  ///
  /// @param resource its name
  /// @param otherwise the quantity if it is not named
  /// @return the quantity
  public double resource(String resource, double otherwise) {
    Double value = resources.get(resource);
    return value == null ? otherwise : value;
  }

  /// Starts from the defaults.
  ///
  /// @return a builder
  public static Builder builder() {
    return new Builder(DEFAULT);
  }

  /// Starts from these options.
  ///
  /// @return a builder
  public Builder toBuilder() {
    return new Builder(this);
  }

  /// Collects options. Each setter checks its value at once.
  public static final class Builder {
    private final ResourceSet resources;
    private String name;
    private @Nullable String namespace;
    private @Nullable ActorLifetime lifetime;
    private int maxRestarts;
    private int maxTaskRetries;
    private int maxConcurrency;
    private int maxPendingCalls;
    private int callsPerSnapshot;
    private List<String> jvmOptions;
    private SchedulingStrategy schedulingStrategy;

    private Builder(ActorCreationOptions from) {
      resources = new ResourceSet(from.resources);
      name = from.name;
      namespace = from.namespace;
      lifetime = from.lifetime;
      maxRestarts = from.maxRestarts;
      maxTaskRetries = from.maxTaskRetries;
      maxConcurrency = from.maxConcurrency;
      maxPendingCalls = from.maxPendingCalls;
      callsPerSnapshot = from.callsPerSnapshot;
      jvmOptions = from.jvmOptions;
      schedulingStrategy = from.schedulingStrategy;
    }

    /// Names the actor in the job's namespace.
    ///
    /// @param name the name
    /// @return this
    public Builder setName(String name) {
      this.name = Checks.notBlank("name", name);
      this.namespace = null;
      return this;
    }

    /// Names the actor in a namespace.
    ///
    /// @param name the name
    /// @param namespace the namespace
    /// @return this
    public Builder setName(String name, String namespace) {
      this.name = Checks.notBlank("name", name);
      this.namespace = Checks.notBlank("namespace", namespace);
      return this;
    }

    /// Sets how long the actor lives.
    ///
    /// @param lifetime detached from its job or not
    /// @return this
    public Builder setLifetime(ActorLifetime lifetime) {
      this.lifetime = Checks.notNull("lifetime", lifetime);
      return this;
    }

    /// Sets the quantity of one resource.
    ///
    /// @param resource its name
    /// @param quantity how much of it; a fraction up to 1, or a whole number
    /// @return this
    public Builder setResource(String resource, double quantity) {
      resources.put(resource, quantity);
      return this;
    }

    /// Sets the quantities of several resources, and keeps the others.
    ///
    /// @param quantities by name
    /// @return this
    public Builder setResources(Map<String, Double> quantities) {
      resources.putAll(quantities);
      return this;
    }

    /// Sets how often the actor is restarted.
    ///
    /// @param maxRestarts the number, or {@link #INFINITE_RESTART}
    /// @return this
    public Builder setMaxRestarts(int maxRestarts) {
      this.maxRestarts = Checks.atLeastOrMinusOne(0, "maxRestarts", maxRestarts, "no limit");
      return this;
    }

    /// Sets how often a call is sent again when the actor dies before it answers.
    ///
    /// @param maxTaskRetries the number, or -1 for no limit
    /// @return this
    public Builder setMaxTaskRetries(int maxTaskRetries) {
      this.maxTaskRetries =
          Checks.atLeastOrMinusOne(0, "maxTaskRetries", maxTaskRetries, "no limit");
      return this;
    }

    /// Sets how many calls run at the same time.
    ///
    /// @param maxConcurrency the number; 1 keeps the calls in order
    /// @return this
    public Builder setMaxConcurrency(int maxConcurrency) {
      this.maxConcurrency = Checks.atLeast(1, "maxConcurrency", maxConcurrency);
      return this;
    }

    /// Sets how many unanswered calls one handle may have.
    ///
    /// @param maxPendingCalls the number, or -1 for no limit
    /// @return this
    public Builder setMaxPendingCalls(int maxPendingCalls) {
      this.maxPendingCalls =
          Checks.atLeastOrMinusOne(1, "maxPendingCalls", maxPendingCalls, "no limit");
      return this;
    }

    /// Keeps the actor's calls and its state in Redis, so that it has its state back when it is
    /// restarted.
    ///
    /// @param callsPerSnapshot after how many calls the state is saved
    /// @return this
    public Builder setDurable(int callsPerSnapshot) {
      this.callsPerSnapshot = Checks.atLeast(1, "callsPerSnapshot", callsPerSnapshot);
      return this;
    }

    /// Gives the actor a process of its own with these options.
    ///
    /// @param jvmOptions the options, one per element
    /// @return this
    public Builder setJvmOptions(List<String> jvmOptions) {
      this.jvmOptions = Checks.words("jvmOptions", jvmOptions);
      return this;
    }

    /// Sets on which node the actor lives.
    ///
    /// @param schedulingStrategy how the node is chosen
    /// @return this
    public Builder setSchedulingStrategy(SchedulingStrategy schedulingStrategy) {
      this.schedulingStrategy = Checks.notNull("schedulingStrategy", schedulingStrategy);
      return this;
    }

    /// The options collected.
    ///
    /// @return them, immutable
    public ActorCreationOptions build() {
      return new ActorCreationOptions(
          name,
          namespace,
          lifetime,
          resources.quantities(),
          maxRestarts,
          maxTaskRetries,
          maxConcurrency,
          maxPendingCalls,
          callsPerSnapshot,
          jvmOptions,
          schedulingStrategy);
    }
  }
}

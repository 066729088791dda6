package org.rayakka.api.options;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a caller asks for one task or one call of an actor's method.
///
/// @param name what the task is called in listings and errors; empty for its function's name
/// @param resources what it occupies while it runs, by name; a resource that is not named here has
///   the default of the runtime: one CPU, no GPU, none of any other
/// @param numReturns how many objects it returns
/// @param maxRetries how often it is run again when its worker or node dies; -1 for no limit
/// @param retryExceptions whether it is also run again when it throws
/// @param retryOn the classes of the exceptions after which it is run again; empty for all, if
///   `retryExceptions`
/// @param priority where it stands among tasks that wait for the same resources: higher runs first
/// @param timeout how long it may take from its submission until it is cancelled; null for no limit
/// @param schedulingStrategy on which node it runs; of an actor's call without meaning, it runs
///   where the actor lives
public record CallOptions(
    String name,
    Map<String, Double> resources,
    int numReturns,
    int maxRetries,
    boolean retryExceptions,
    List<String> retryOn,
    int priority,
    @Nullable Duration timeout,
    SchedulingStrategy schedulingStrategy) {

  /// How often a task is run again by default.
  public static final int DEFAULT_MAX_RETRIES = 3;

  /// The name of the resource that counts processors.
  public static final String CPU = "CPU";

  /// The name of the resource that counts graphics processors.
  public static final String GPU = "GPU";

  /// The options of a task without any; shared, so that such a call allocates none.
  public static final CallOptions DEFAULT =
      new CallOptions(
          "",
          Map.of(),
          1,
          DEFAULT_MAX_RETRIES,
          false,
          List.of(),
          0,
          null,
          SchedulingStrategy.DEFAULT);

  /// The options of an actor's method call without any: it is not run again unless the actor says
  /// so.
  public static final CallOptions ACTOR_DEFAULT =
      new CallOptions("", Map.of(), 1, 0, false, List.of(), 0, null, SchedulingStrategy.DEFAULT);

  /// Checks and copies.
  ///
  /// @throws IllegalArgumentException if a value is out of its range; the message names it
  public CallOptions {
    resources = Checks.quantities(resources);
    Checks.atLeast(0, "numReturns", numReturns);
    Checks.atLeastOrMinusOne(0, "maxRetries", maxRetries, "no limit");
    retryOn = Checks.words("retryExceptions", retryOn);
    if (timeout != null) {
      Checks.positive("timeout", timeout);
    }
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

  /// Starts from the defaults of a task.
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
    private int numReturns;
    private int maxRetries;
    private boolean retryExceptions;
    private List<String> retryOn;
    private int priority;
    private @Nullable Duration timeout;
    private SchedulingStrategy schedulingStrategy;

    private Builder(CallOptions from) {
      resources = new ResourceSet(from.resources);
      name = from.name;
      numReturns = from.numReturns;
      maxRetries = from.maxRetries;
      retryExceptions = from.retryExceptions;
      retryOn = from.retryOn;
      priority = from.priority;
      timeout = from.timeout;
      schedulingStrategy = from.schedulingStrategy;
    }

    /// Sets the name.
    ///
    /// @param name what the task is called
    /// @return this
    public Builder setName(String name) {
      this.name = Checks.notBlank("name", name);
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

    /// Sets how many objects the task returns.
    ///
    /// @param numReturns the number, which may be 0
    /// @return this
    public Builder setNumReturns(int numReturns) {
      this.numReturns = Checks.atLeast(0, "numReturns", numReturns);
      return this;
    }

    /// Sets how often the task is run again when its worker or node dies.
    ///
    /// @param maxRetries the number, or -1 for no limit
    /// @return this
    public Builder setMaxRetries(int maxRetries) {
      this.maxRetries = Checks.atLeastOrMinusOne(0, "maxRetries", maxRetries, "no limit");
      return this;
    }

    /// Sets whether the task is also run again when it throws, whatever it throws.
    ///
    /// @param retryExceptions whether it is
    /// @return this
    public Builder setRetryExceptions(boolean retryExceptions) {
      this.retryExceptions = retryExceptions;
      this.retryOn = List.of();
      return this;
    }

    /// Has the task run again when it throws one of some exceptions, or a subclass of one.
    ///
    /// @param classes the exceptions, at least one
    /// @return this
    public Builder setRetryExceptions(List<Class<? extends Throwable>> classes) {
      if (classes.isEmpty()) {
        throw new IllegalArgumentException("retryExceptions: [] (expected: at least one class)");
      }
      this.retryExceptions = true;
      this.retryOn = classes.stream().map(Class::getName).toList();
      return this;
    }

    /// Sets where the task stands among those that wait for the same resources.
    ///
    /// @param priority higher runs first; 0 is usual
    /// @return this
    public Builder setPriority(int priority) {
      this.priority = priority;
      return this;
    }

    /// Sets how long the task may take.
    ///
    /// @param timeout from its submission until it is cancelled
    /// @return this
    public Builder setTimeout(Duration timeout) {
      this.timeout = Checks.positive("timeout", timeout);
      return this;
    }

    /// Sets on which node the task runs.
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
    public CallOptions build() {
      return new CallOptions(
          name,
          resources.quantities(),
          numReturns,
          maxRetries,
          retryExceptions,
          retryOn,
          priority,
          timeout,
          schedulingStrategy);
    }
  }
}

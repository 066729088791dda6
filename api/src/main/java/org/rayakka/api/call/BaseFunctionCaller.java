package org.rayakka.api.call;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.options.CallOptions;
import org.rayakka.api.options.SchedulingStrategy;
import org.rayakka.api.runtime.RuntimeHolder;

/// A task that is prepared and not yet sent off.
///
/// @param <C> the type of the caller itself
/// @param <R> the type of the result
public abstract sealed class BaseFunctionCaller<
        C extends BaseFunctionCaller<C, R>, R extends @Nullable Object>
    extends BaseTaskCaller<C, R> permits TaskCaller, VariadicTaskCaller, VoidTaskCaller {
  BaseFunctionCaller() {
    super(CallOptions.DEFAULT);
  }

  @Override
  final ObjectRef<R> submit(CallOptions options) {
    return RuntimeHolder.current().submitTask(function(), arguments(), options);
  }

  @Override
  final List<ObjectRef<?>> submitOfMany(CallOptions options) {
    return RuntimeHolder.current().submitTaskOfMany(function(), arguments(), options);
  }

  /// Sets how much of a resource the task occupies while it runs.
  ///
  /// @param resource the name of the resource, such as `CPU`, `GPU` or one of your own
  /// @param quantity a fraction up to 1, or a whole number
  /// @return this
  public C setResource(String resource, double quantity) {
    builder().setResource(resource, quantity);
    return self();
  }

  /// Sets how much of several resources the task occupies while it runs.
  ///
  /// @param quantities by name; resources that are not named keep what was set
  /// @return this
  public C setResources(Map<String, Double> quantities) {
    builder().setResources(quantities);
    return self();
  }

  /// Sets how many processors the task occupies while it runs; 1 if not set.
  ///
  /// @param numCpus a fraction up to 1, or a whole number
  /// @return this
  public C setNumCpus(double numCpus) {
    return setResource(CallOptions.CPU, numCpus);
  }

  /// Sets how many graphics processors the task occupies while it runs; 0 if not set.
  ///
  /// @param numGpus a fraction up to 1, or a whole number
  /// @return this
  public C setNumGpus(double numGpus) {
    return setResource(CallOptions.GPU, numGpus);
  }

  /// Sets how often the task is run again when its worker or node dies; 3 if not set.
  ///
  /// @param maxRetries the number, or -1 for no limit
  /// @return this
  public C setMaxRetries(int maxRetries) {
    builder().setMaxRetries(maxRetries);
    return self();
  }

  /// Sets whether the task is also run again, within its retries, when it throws.
  ///
  /// @param retryExceptions whether it is
  /// @return this
  public C setRetryExceptions(boolean retryExceptions) {
    builder().setRetryExceptions(retryExceptions);
    return self();
  }

  /// Has the task run again, within its retries, when it throws one of some exceptions.
  ///
  /// @param classes the exceptions; their subclasses count too
  /// @return this
  public C setRetryExceptions(List<Class<? extends Throwable>> classes) {
    builder().setRetryExceptions(classes);
    return self();
  }

  /// Sets where the task stands among those that wait for the same resources.
  ///
  /// @param priority higher runs first; 0 if not set
  /// @return this
  public C setPriority(int priority) {
    builder().setPriority(priority);
    return self();
  }

  /// Sets on which node of a cluster the task runs.
  ///
  /// @param schedulingStrategy how the node is chosen; {@link SchedulingStrategy#DEFAULT} if not
  ///   set
  /// @return this
  public C setSchedulingStrategy(SchedulingStrategy schedulingStrategy) {
    builder().setSchedulingStrategy(schedulingStrategy);
    return self();
  }
}

package org.rayakka.api.call;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.options.CallOptions;

/// A task or an actor's method call that is prepared and not yet sent off. Used by one thread; each
/// `remote` sends it off once more.
///
/// @param <C> the type of the caller itself
/// @param <R> the type of the result
public abstract sealed class BaseTaskCaller<
        C extends BaseTaskCaller<C, R>, R extends @Nullable Object>
    permits BaseActorTaskCaller, BaseFunctionCaller {
  private final CallOptions defaults;
  private CallOptions.@Nullable Builder builder;

  BaseTaskCaller(CallOptions defaults) {
    this.defaults = defaults;
  }

  abstract RayFunc function();

  abstract @Nullable Object[] arguments();

  abstract ObjectRef<R> submit(CallOptions options);

  abstract List<ObjectRef<?>> submitOfMany(CallOptions options);

  final CallOptions.Builder builder() {
    if (builder == null) {
      builder = defaults.toBuilder();
    }
    return builder;
  }

  final CallOptions options() {
    return builder == null ? defaults : builder.build();
  }

  @SuppressWarnings("unchecked")
  final C self() {
    return (C) this;
  }

  /// Names the task in listings and errors.
  ///
  /// @param name the name
  /// @return this
  public C setName(String name) {
    builder().setName(name);
    return self();
  }

  /// Sets how many objects the task returns; see {@link #remoteList()}.
  ///
  /// @param numReturns the number, which may be 0
  /// @return this
  public C setNumReturns(int numReturns) {
    builder().setNumReturns(numReturns);
    return self();
  }

  /// Sets how long the task may take.
  ///
  /// @param timeout from its submission until it is cancelled
  /// @return this
  public C setTimeout(Duration timeout) {
    builder().setTimeout(timeout);
    return self();
  }

  /// Sends the call off, and waits for nothing.
  ///
  /// @return a reference to the result
  /// @throws IllegalStateException if the call was set to return another number of objects than one
  public ObjectRef<R> remote() {
    CallOptions options = options();
    if (options.numReturns() != 1) {
      throw new IllegalStateException(
          "numReturns: "
              + options.numReturns()
              + " (expected: 1 for remote(); remoteList() returns several references)");
    }
    return submit(options);
  }

  /// Sends the call off, and waits for nothing. Its function returns as many objects as {@link
  /// #setNumReturns(int)} says, as an array, a list or a {@link org.rayakka.api.Tuple}, and each is
  /// an object of its own in the store.
  ///
  /// @return a reference to each of them, in order
  public List<ObjectRef<?>> remoteList() {
    CallOptions options = options();
    return options.numReturns() == 1 ? List.of(submit(options)) : submitOfMany(options);
  }
}

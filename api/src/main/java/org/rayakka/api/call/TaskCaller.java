package org.rayakka.api.call;

import org.jspecify.annotations.Nullable;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.function.RayFuncR;

/// A task that is prepared and not yet sent off.
///
/// @param <R> the type of the result
public final class TaskCaller<R extends @Nullable Object>
    extends BaseFunctionCaller<TaskCaller<R>, R> {
  private final RayFuncR<R> function;
  private final @Nullable Object[] arguments;

  /// For the call forms.
  ///
  /// @param function what to run
  /// @param arguments values and references; they belong to the call from now on
  public TaskCaller(RayFuncR<R> function, @Nullable Object[] arguments) {
    this.function = function;
    this.arguments = arguments;
  }

  @Override
  RayFunc function() {
    return function;
  }

  @Override
  @Nullable Object[] arguments() {
    return arguments;
  }
}

package org.rayakka.api.call;

import org.jspecify.annotations.Nullable;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.function.RayFuncN;

/// A task of any number of arguments that is prepared and not yet sent off.
///
/// ```java
/// ObjectRef<Double> sum =
///     Ray.taskN(values -> Sums.ofSeven((double) values[0], …)).arg(1.0).arg(ref).….remote();
/// ```
///
/// @param <R> the type of the result
public final class VariadicTaskCaller<R extends @Nullable Object>
    extends BaseFunctionCaller<VariadicTaskCaller<R>, R> {
  private final RayFuncN<R> function;
  private final ArgumentList arguments = new ArgumentList();

  /// For the call forms.
  ///
  /// @param function what to run
  public VariadicTaskCaller(RayFuncN<R> function) {
    this.function = function;
  }

  /// Adds an argument.
  ///
  /// @param argument a value, or a reference that the function sees as its value
  /// @return this
  public VariadicTaskCaller<R> arg(@Nullable Object argument) {
    arguments.add(argument);
    return this;
  }

  @Override
  RayFunc function() {
    return function;
  }

  @Override
  @Nullable Object[] arguments() {
    return arguments.toArray();
  }
}

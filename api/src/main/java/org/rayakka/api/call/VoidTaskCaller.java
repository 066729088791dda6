package org.rayakka.api.call;

import org.jspecify.annotations.Nullable;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.function.RayFuncVoid;

/// A task without a result that is prepared and not yet sent off. Its reference tells when it ends.
public final class VoidTaskCaller extends BaseFunctionCaller<VoidTaskCaller, Void> {
  private final RayFuncVoid function;
  private final @Nullable Object[] arguments;

  /// For the call forms.
  ///
  /// @param function what to run
  /// @param arguments values and references; they belong to the call from now on
  public VoidTaskCaller(RayFuncVoid function, @Nullable Object[] arguments) {
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

package org.rayakka.api.call;

import org.jspecify.annotations.Nullable;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.function.RayFuncVoid;

/// A call of an actor's method without a result. Its reference tells when it ends.
public final class VoidActorTaskCaller extends BaseActorTaskCaller<VoidActorTaskCaller, Void> {
  private final RayFuncVoid function;
  private final @Nullable Object[] arguments;

  /// For the call forms.
  ///
  /// @param actor the actor
  /// @param function what to run
  /// @param arguments values and references; they belong to the call from now on
  public VoidActorTaskCaller(
      ActorHandle<?> actor, RayFuncVoid function, @Nullable Object[] arguments) {
    super(actor);
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

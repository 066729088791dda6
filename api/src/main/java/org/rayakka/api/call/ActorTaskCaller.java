package org.rayakka.api.call;

import org.jspecify.annotations.Nullable;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.function.RayFuncR;

/// A call of an actor's method that is prepared and not yet sent off.
///
/// @param <R> the type of the result
public final class ActorTaskCaller<R extends @Nullable Object>
    extends BaseActorTaskCaller<ActorTaskCaller<R>, R> {
  private final RayFuncR<R> function;
  private final @Nullable Object[] arguments;

  /// For the call forms.
  ///
  /// @param actor the actor
  /// @param function what to run
  /// @param arguments values and references; they belong to the call from now on
  public ActorTaskCaller(ActorHandle<?> actor, RayFuncR<R> function, @Nullable Object[] arguments) {
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

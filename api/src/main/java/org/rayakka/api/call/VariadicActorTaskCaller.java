package org.rayakka.api.call;

import org.jspecify.annotations.Nullable;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.function.RayActorFuncN;
import org.rayakka.api.function.RayFunc;

/// A call of an actor's method with any number of arguments that is prepared and not yet sent off.
///
/// @param <R> the type of the result
public final class VariadicActorTaskCaller<R extends @Nullable Object>
    extends BaseActorTaskCaller<VariadicActorTaskCaller<R>, R> {
  private final RayActorFuncN<?, R> function;
  private final ArgumentList arguments = new ArgumentList();

  /// For the call forms.
  ///
  /// @param <A> the actor's class
  /// @param actor the actor
  /// @param function what to run
  public <A> VariadicActorTaskCaller(ActorHandle<A> actor, RayActorFuncN<A, R> function) {
    super(actor);
    this.function = function;
  }

  /// Adds an argument.
  ///
  /// @param argument a value, or a reference that the method sees as its value
  /// @return this
  public VariadicActorTaskCaller<R> arg(@Nullable Object argument) {
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

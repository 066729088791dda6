package org.rayakka.api.call;

import org.jspecify.annotations.Nullable;
import org.rayakka.api.function.RayFuncN;

/// An actor made from any number of arguments that is prepared and not yet created.
///
/// @param <A> the actor's class
public final class VariadicActorCreator<A> extends BaseActorCreator<VariadicActorCreator<A>, A> {
  private final ArgumentList arguments = new ArgumentList();

  /// For the call forms.
  ///
  /// @param constructor makes the actor's instance
  public VariadicActorCreator(RayFuncN<A> constructor) {
    super(constructor);
  }

  /// Adds an argument.
  ///
  /// @param argument a value, or a reference that the constructor sees as its value
  /// @return this
  public VariadicActorCreator<A> arg(@Nullable Object argument) {
    arguments.add(argument);
    return this;
  }

  @Override
  @Nullable Object[] arguments() {
    return arguments.toArray();
  }
}

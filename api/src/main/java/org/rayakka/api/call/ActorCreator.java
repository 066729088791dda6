package org.rayakka.api.call;

import org.jspecify.annotations.Nullable;
import org.rayakka.api.function.RayFuncR;

/// An actor that is prepared and not yet created.
///
/// @param <A> the actor's class
public final class ActorCreator<A> extends BaseActorCreator<ActorCreator<A>, A> {
  private final @Nullable Object[] arguments;

  /// For the call forms.
  ///
  /// @param constructor makes the actor's instance
  /// @param arguments values and references; they belong to the creation from now on
  public ActorCreator(RayFuncR<A> constructor, @Nullable Object[] arguments) {
    super(constructor);
    this.arguments = arguments;
  }

  @Override
  @Nullable Object[] arguments() {
    return arguments;
  }
}

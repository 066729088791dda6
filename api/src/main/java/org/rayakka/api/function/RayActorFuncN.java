package org.rayakka.api.function;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A method of an actor that takes any number of arguments, for calls with more than six.
///
/// @param <A> the actor's class
/// @param <R> the type of the result
@FunctionalInterface
public non-sealed interface RayActorFuncN<A, R extends @Nullable Object> extends RayFuncR<R> {
  /// Runs the method.
  ///
  /// @param actor the actor's instance
  /// @param arguments the arguments, in the order in which the caller added them
  /// @return the result
  /// @throws Exception whatever the method throws; it fails the call
  R apply(A actor, @Nullable Object[] arguments) throws Exception;

  @Override
  default int arity() {
    return -1;
  }

  @Override
  @SuppressWarnings("unchecked")
  default R invoke(@Nullable Object[] arguments) throws Exception {
    if (arguments.length == 0 || arguments[0] == null) {
      throw new IllegalArgumentException("arguments: none (expected: the actor first)");
    }
    return apply((A) arguments[0], Arrays.copyOfRange(arguments, 1, arguments.length));
  }
}

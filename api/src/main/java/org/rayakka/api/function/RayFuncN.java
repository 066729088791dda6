package org.rayakka.api.function;

import org.jspecify.annotations.Nullable;

/// A remote function of any number of parameters, for calls with more than six arguments.
///
/// @param <R> the type of the result
@FunctionalInterface
public non-sealed interface RayFuncN<R extends @Nullable Object> extends RayFuncR<R> {
  /// Runs the function.
  ///
  /// @param arguments the arguments, in the order in which the caller added them
  /// @return the result
  /// @throws Exception whatever the function throws; it fails the task
  R apply(@Nullable Object[] arguments) throws Exception;

  @Override
  default int arity() {
    return -1;
  }

  @Override
  default R invoke(@Nullable Object[] arguments) throws Exception {
    return apply(arguments);
  }
}

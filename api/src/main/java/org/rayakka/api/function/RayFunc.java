package org.rayakka.api.function;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// A function that runs remotely: a method reference or a lambda, which is what makes it
/// serialisable.
public sealed interface RayFunc extends Serializable permits RayFuncR, RayFuncVoid {
  /// The arguments of a call without any; shared, so that such a call allocates none.
  @SuppressWarnings("MutablePublicArray") // It has no elements.
  Object[] NO_ARGUMENTS = {};

  /// How many parameters the function has.
  ///
  /// @return the number, or -1 if it takes any number
  int arity();

  /// Runs the function with arguments whose types are only known at run time.
  ///
  /// @param arguments as many as the function has parameters
  /// @return the result, null if the function has none
  /// @throws Exception whatever the function throws
  @Nullable Object invoke(@Nullable Object[] arguments) throws Exception;

  /// Checks the number of arguments of a call.
  ///
  /// @param arity how many parameters the function has
  /// @param arguments the arguments
  /// @throws IllegalArgumentException if the numbers differ
  static void checkArity(int arity, @Nullable Object[] arguments) {
    if (arguments.length != arity) {
      throw new IllegalArgumentException(
          "arguments: " + arguments.length + " (expected: " + arity + ")");
    }
  }
}

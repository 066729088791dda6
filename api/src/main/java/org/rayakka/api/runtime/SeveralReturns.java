package org.rayakka.api.runtime;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.Tuple;

/// Takes the result of a task apart that returns several objects.
public final class SeveralReturns {
  private SeveralReturns() {}

  /// The objects in a result.
  ///
  /// @param result what the function returned: an array, a list or a {@link Tuple}
  /// @param numReturns how many objects the caller expects; 0 accepts any result and drops it
  /// @return the objects, in order
  /// @throws IllegalArgumentException if the result holds another number, or is none of these
  public static List<@Nullable Object> split(@Nullable Object result, int numReturns) {
    if (numReturns == 0) {
      return List.of();
    }
    List<@Nullable Object> parts =
        switch (result) {
          case null -> throw mismatch("null", numReturns);
          case Tuple tuple -> tuple.toList();
          case List<?> list -> Collections.unmodifiableList(list);
          default -> {
            if (!result.getClass().isArray()) {
              throw mismatch(result.getClass().getName(), numReturns);
            }
            int length = Array.getLength(result);
            List<@Nullable Object> elements = new ArrayList<>(length);
            for (int i = 0; i < length; i++) {
              elements.add(Array.get(result, i));
            }
            yield elements;
          }
        };
    if (parts.size() != numReturns) {
      throw mismatch(parts.size() + " objects", numReturns);
    }
    return parts;
  }

  private static IllegalArgumentException mismatch(String found, int numReturns) {
    return new IllegalArgumentException(
        "returned: "
            + found
            + " (expected: an array, list or tuple of "
            + numReturns
            + " objects, as numReturns says)");
  }
}

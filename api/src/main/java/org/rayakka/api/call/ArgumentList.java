package org.rayakka.api.call;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The arguments of a call that are added one at a time.
final class ArgumentList {
  private final List<@Nullable Object> arguments = new ArrayList<>();

  void add(@Nullable Object argument) {
    arguments.add(argument);
  }

  @Nullable Object[] toArray() {
    return arguments.toArray();
  }
}

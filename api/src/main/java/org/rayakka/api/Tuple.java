package org.rayakka.api;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Several objects that a function returns at once. A task whose function returns a tuple may be
/// sent off so that each of its objects has a reference of its own: see {@link Tuple2#remote}.
public sealed interface Tuple extends Serializable permits Tuple2, Tuple3, Tuple4 {
  /// The objects.
  ///
  /// @return an unmodifiable list, in order
  List<@Nullable Object> toList();
}

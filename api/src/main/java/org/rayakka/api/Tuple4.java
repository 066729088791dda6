package org.rayakka.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.call.BaseTaskCaller;

/// Four objects that a function returns at once.
///
/// @param <T1> the type of object 1
/// @param <T2> the type of object 2
/// @param <T3> the type of object 3
/// @param <T4> the type of object 4
/// @param t1 object 1
/// @param t2 object 2
/// @param t3 object 3
/// @param t4 object 4
public record Tuple4<
        T1 extends @Nullable Object,
        T2 extends @Nullable Object,
        T3 extends @Nullable Object,
        T4 extends @Nullable Object>(
    T1 t1, T2 t2, T3 t3, T4 t4) implements Tuple {
  /// Sends a call off whose function returns such a tuple, with a reference for each object.
  ///
  /// @param <T1> the type of object 1
  /// @param <T2> the type of object 2
  /// @param <T3> the type of object 3
  /// @param <T4> the type of object 4
  /// @param call the call
  /// @return the references
  @SuppressWarnings("unchecked") // The function's type says what each of its objects is.
  public static <
          T1 extends @Nullable Object,
          T2 extends @Nullable Object,
          T3 extends @Nullable Object,
          T4 extends @Nullable Object>
      Tuple4<ObjectRef<T1>, ObjectRef<T2>, ObjectRef<T3>, ObjectRef<T4>> remote(
          BaseTaskCaller<?, Tuple4<T1, T2, T3, T4>> call) {
    List<ObjectRef<?>> refs = call.setNumReturns(4).remoteList();
    return new Tuple4<>(
        (ObjectRef<T1>) refs.get(0),
        (ObjectRef<T2>) refs.get(1),
        (ObjectRef<T3>) refs.get(2),
        (ObjectRef<T4>) refs.get(3));
  }

  @Override
  public List<@Nullable Object> toList() {
    List<@Nullable Object> objects = new ArrayList<>(4);
    objects.add(t1);
    objects.add(t2);
    objects.add(t3);
    objects.add(t4);
    return Collections.unmodifiableList(objects);
  }
}

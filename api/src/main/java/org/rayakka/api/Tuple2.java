package org.rayakka.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.call.BaseTaskCaller;

/// Two objects that a function returns at once.
///
/// ```java
/// static Tuple2<Double, Model> train(Model model) { … }
///
/// Tuple2<ObjectRef<Double>, ObjectRef<Model>> refs = Tuple2.remote(Ray.task(Nets::train, model));
/// double accuracy = refs.t1().get();
/// ```
///
/// @param <T1> the type of object 1
/// @param <T2> the type of object 2
/// @param t1 object 1
/// @param t2 object 2
public record Tuple2<T1 extends @Nullable Object, T2 extends @Nullable Object>(T1 t1, T2 t2)
    implements Tuple {
  /// Sends a call off whose function returns such a tuple, with a reference for each object.
  ///
  /// @param <T1> the type of object 1
  /// @param <T2> the type of object 2
  /// @param call the call
  /// @return the references
  @SuppressWarnings("unchecked") // The function's type says what each of its objects is.
  public static <T1 extends @Nullable Object, T2 extends @Nullable Object>
      Tuple2<ObjectRef<T1>, ObjectRef<T2>> remote(BaseTaskCaller<?, Tuple2<T1, T2>> call) {
    List<ObjectRef<?>> refs = call.setNumReturns(2).remoteList();
    return new Tuple2<>((ObjectRef<T1>) refs.get(0), (ObjectRef<T2>) refs.get(1));
  }

  @Override
  public List<@Nullable Object> toList() {
    List<@Nullable Object> objects = new ArrayList<>(2);
    objects.add(t1);
    objects.add(t2);
    return Collections.unmodifiableList(objects);
  }
}

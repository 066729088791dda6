package org.rayakka.api;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a {@link Ray#wait(List)} found: together, the references that it was given, each once.
///
/// @param <T> the type of the objects
public final class WaitResult<T extends @Nullable Object> {
  private final List<ObjectRef<T>> ready;
  private final List<ObjectRef<T>> unready;

  /// A result. The lists are kept, not copied.
  ///
  /// @param ready references to objects that exist, or whose tasks failed
  /// @param unready the others
  public WaitResult(List<ObjectRef<T>> ready, List<ObjectRef<T>> unready) {
    this.ready = Collections.unmodifiableList(ready);
    this.unready = Collections.unmodifiableList(unready);
  }

  /// The references that are ready: at most as many as were asked for, in the order of the list
  /// that was waited for. An object whose task failed is ready too.
  ///
  /// @return an unmodifiable list
  public List<ObjectRef<T>> getReady() {
    return ready;
  }

  /// The others, in the order of the list that was waited for. They may or may not be ready.
  ///
  /// @return an unmodifiable list
  public List<ObjectRef<T>> getUnready() {
    return unready;
  }

  @Override
  public String toString() {
    return "WaitResult[ready=" + ready.size() + ", unready=" + unready.size() + "]";
  }
}

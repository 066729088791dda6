package org.rayakka.client.value;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A part that is made when it is first needed. Any thread may ask; one makes it.
final class Lazy<T> implements Supplier<T> {
  private final Supplier<T> maker;
  private volatile @Nullable T made;

  Lazy(Supplier<T> maker) {
    this.maker = maker;
  }

  @Override
  public T get() {
    T part = made;
    return part == null ? make() : part;
  }

  private T make() {
    synchronized (this) {
      T part = made;
      if (part == null) {
        part = maker.get();
        made = part;
      }
      return part;
    }
  }
}

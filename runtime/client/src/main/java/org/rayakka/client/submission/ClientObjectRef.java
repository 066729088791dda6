package org.rayakka.client.submission;

import java.io.Serial;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.id.ObjectId;

/// A reference to an object of this process's node or beyond it. Equal to every other to the same
/// object.
///
/// @param <T> the type of the object
@SuppressWarnings("UnusedTypeParameter") // the API's phantom type
final class ClientObjectRef<T extends @Nullable Object> implements ObjectRef<T> {
  private final ObjectId id;

  /// Null if this process did not make the object, and so does not count its references.
  private transient References.@Nullable Owned owned;

  /// A reference that is not counted, unless {@link #ownedBy} follows.
  ClientObjectRef(ObjectId id) {
    this.id = id;
  }

  /// Says what watches it. Called once, before the reference is handed out.
  void ownedBy(References.Owned watcher) {
    owned = watcher;
  }

  @Override
  public ObjectId getId() {
    return id;
  }

  /// Notes that others may hold the reference from now on.
  void escape() {
    if (owned != null) {
      owned.escape();
    }
  }

  @Serial
  private Object writeReplace() {
    escape();
    return new Travelling(id.high(), id.low(), id.index());
  }

  /// The reference while it travels by Java serialisation.
  private record Travelling(long high, long low, int index) implements Serializable {
    @Serial
    private Object readResolve() {
      return new ClientObjectRef<>(new ObjectId(high, low, index));
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ObjectRef<?> ref && ref.getId().equals(id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return id.toString();
  }
}

package org.rayakka.client.submission;

import java.io.Serial;
import java.io.Serializable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.id.ActorId;

/// A handle to an actor. It counts the calls made through it.
///
/// @param <A> the actor's class
final class ClientActorHandle<A> implements ActorHandle<A> {
  private final ActorId id;
  private final String className;
  private final transient AtomicLong calls = new AtomicLong();

  ClientActorHandle(ActorId id, String className) {
    this.id = id;
    this.className = className;
  }

  @Override
  public ActorId getId() {
    return id;
  }

  /// The name of the actor's class; empty if not known here.
  String className() {
    return className;
  }

  /// How many calls were made through it before, counting this one from now on.
  long nextCall() {
    return calls.getAndIncrement();
  }

  @Serial
  private Object writeReplace() {
    return new Travelling(id.high(), id.low(), className);
  }

  /// The handle while it travels by Java serialisation.
  private record Travelling(long high, long low, String className) implements Serializable {
    @Serial
    private Object readResolve() {
      return new ClientActorHandle<>(new ActorId(high, low), className);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClientActorHandle<?> handle && handle.id.equals(id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return className.isEmpty() ? id.toString() : className + " " + id;
  }
}

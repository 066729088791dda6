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
  private final int maxPendingCalls;
  private final transient AtomicLong calls = new AtomicLong();
  private final transient @Nullable PendingCalls pendingCalls;

  /// A handle.
  ///
  /// @param id the actor
  /// @param className of the actor's class; empty if not known here
  /// @param maxPendingCalls how many calls through it may be unanswered; -1 for no limit
  ClientActorHandle(ActorId id, String className, int maxPendingCalls) {
    this.id = id;
    this.className = className;
    this.maxPendingCalls = maxPendingCalls;
    pendingCalls = maxPendingCalls < 0 ? null : new PendingCalls(this, maxPendingCalls);
  }

  @Override
  public ActorId getId() {
    return id;
  }

  /// The name of the actor's class; empty if not known here.
  String className() {
    return className;
  }

  /// How many of its calls may be unanswered; -1 for no limit.
  int maxPendingCalls() {
    return maxPendingCalls;
  }

  /// Its unanswered calls, or null if there may be any number of them.
  @Nullable PendingCalls pendingCalls() {
    return pendingCalls;
  }

  /// How many calls were made through it before, counting this one from now on.
  long nextCall() {
    return calls.getAndIncrement();
  }

  @Serial
  private Object writeReplace() {
    return new Travelling(id.high(), id.low(), className, maxPendingCalls);
  }

  /// The handle while it travels by Java serialisation.
  private record Travelling(long high, long low, String className, int maxPendingCalls)
      implements Serializable {
    @Serial
    private Object readResolve() {
      return new ClientActorHandle<>(new ActorId(high, low), className, maxPendingCalls);
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

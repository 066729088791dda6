package org.rayakka.api.exception;

import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;

/// The actor died before it answered, or was dead already; or its constructor failed.
///
/// Retrying helps only while the actor is being restarted, which {@link #isRetryable()} tells.
public final class RayActorException extends RayException {
  private final ActorId actorId;
  private final boolean restarting;

  /// The death of an actor that does not come back.
  ///
  /// @param actorId the actor
  /// @param message how it died
  public RayActorException(ActorId actorId, String message) {
    this(actorId, message, false, null);
  }

  /// The death of an actor.
  ///
  /// @param actorId the actor
  /// @param message how it died
  /// @param restarting whether it is being restarted
  /// @param cause what its constructor threw, or null
  public RayActorException(
      ActorId actorId, String message, boolean restarting, @Nullable Throwable cause) {
    super(actorId + ": " + message, cause);
    this.actorId = actorId;
    this.restarting = restarting;
  }

  /// The actor that died.
  ///
  /// @return its id
  public ActorId actorId() {
    return actorId;
  }

  @Override
  public boolean isRetryable() {
    return restarting;
  }
}

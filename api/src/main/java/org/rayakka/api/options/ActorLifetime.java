package org.rayakka.api.options;

/// How long an actor lives.
public enum ActorLifetime {
  /// Until it is killed, also beyond its job.
  DETACHED,
  /// Until the last handle to it is gone, and not beyond its job.
  NON_DETACHED
}

package org.rayakka.api.runtimecontext;

/// Where an actor is in its life.
public enum ActorState {
  /// An argument of its constructor does not exist yet.
  DEPENDENCIES_UNREADY,
  /// It waits for resources, or its constructor runs.
  PENDING_CREATION,
  /// It answers calls.
  ALIVE,
  /// It died and is being created again.
  RESTARTING,
  /// It is gone for good.
  DEAD
}

package org.rayakka.node.control;

import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;

/// A row of the {@link ActorTable}.
///
/// @param id the actor
/// @param job the job that created it
/// @param state what it does
/// @param node where it lives or lived; {@link NodeId#NIL} before it was placed
/// @param className its class
/// @param name its name; empty for none
/// @param namespace where its name counts
/// @param restarts how often it was restarted
/// @param isDetached whether it outlives its job
/// @param reason why it is dead or restarts; empty if it is neither
public record ActorRow(
    ActorId id,
    JobId job,
    State state,
    NodeId node,
    String className,
    String name,
    String namespace,
    int restarts,
    boolean isDetached,
    String reason) {
  /// What an actor does.
  public enum State {
    /// Created, and not running yet.
    PENDING,
    /// It takes calls.
    ALIVE,
    /// It died and comes back.
    RESTARTING,
    /// It died and stays so.
    DEAD
  }
}

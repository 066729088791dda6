package org.rayakka.node.control;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.rayakka.api.id.ActorId;

/// The actors of the cluster, for those who look; the truth about a live actor is its node's.
public interface ActorTable {
  /// Records an actor as it is now, and publishes it to {@link Channel#ACTORS}.
  ///
  /// @param row the actor
  void put(ActorRow row);

  /// Removes an actor.
  ///
  /// @param actor the actor
  void forget(ActorId actor);

  /// Looks an actor up.
  ///
  /// @param actor the actor
  /// @return its row; empty if there is none
  CompletionStage<Optional<ActorRow>> find(ActorId actor);

  /// Lists actors, in no particular order.
  ///
  /// @param limit how many at most
  /// @return the rows
  CompletionStage<List<ActorRow>> list(int limit);
}

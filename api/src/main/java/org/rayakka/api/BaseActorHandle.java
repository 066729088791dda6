package org.rayakka.api;

import java.io.Serializable;
import org.rayakka.api.id.ActorId;

/// What handles to actors of every kind can do.
public interface BaseActorHandle extends Serializable {
  /// The id of the actor.
  ///
  /// @return the id
  ActorId getId();

  /// Kills the actor at once, and for good: it is not restarted. Calls that it has not answered
  /// fail.
  default void kill() {
    kill(true);
  }

  /// Kills the actor at once. Calls that it has not answered fail.
  ///
  /// @param noRestart whether it stays dead although it has restarts left
  default void kill(boolean noRestart) {
    Ray.internal().killActor(this, noRestart);
  }
}

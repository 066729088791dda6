package org.rayakka.node.control;

import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;

/// Tells a subscriber that a row changed. The row is there to be read before the notification is
/// sent; it may have changed again since, or be gone.
public sealed interface Notification {
  /// A node came to hold an object.
  ///
  /// @param object the object
  /// @param node the node
  /// @param size its bytes
  record ObjectCreated(ObjectId object, NodeId node, long size) implements Notification {}

  /// A driver exported a function.
  ///
  /// @param job the driver's job
  /// @param function the function
  record FunctionExported(JobId job, FunctionId function) implements Notification {}

  /// An actor's row changed.
  ///
  /// @param actor the actor
  /// @param state what it does now
  record ActorChanged(ActorId actor, ActorRow.State state) implements Notification {}

  /// An error was recorded.
  ///
  /// @param error its row
  record ErrorAdded(ErrorRow error) implements Notification {}

  /// A node joined or left.
  ///
  /// @param node the node
  /// @param isAlive true if it joined
  record NodeChanged(NodeId node, boolean isAlive) implements Notification {}

  /// The connection was lost and is back: what was published in between did not arrive. Whoever
  /// keeps a copy of rows reads them again.
  ///
  /// @param channel what was subscribed to
  record Missed(Channel channel) implements Notification {}
}

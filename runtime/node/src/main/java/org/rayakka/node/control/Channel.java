package org.rayakka.node.control;

/// What one can subscribe to.
public enum Channel {
  /// Objects that nodes came to hold: {@link Notification.ObjectCreated}.
  OBJECTS,
  /// Functions that drivers exported: {@link Notification.FunctionExported}.
  FUNCTIONS,
  /// Actors that changed: {@link Notification.ActorChanged}.
  ACTORS,
  /// Errors that were recorded: {@link Notification.ErrorAdded}.
  ERRORS,
  /// Nodes that joined or left: {@link Notification.NodeChanged}.
  NODES
}

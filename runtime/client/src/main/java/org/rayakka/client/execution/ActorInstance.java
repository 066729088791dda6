package org.rayakka.client.execution;

import org.rayakka.api.id.ActorId;

/// An actor that lives in this worker.
///
/// @param id the actor
/// @param className of its class, for showing
/// @param label its class alone, for the lines that it prints
/// @param instance the user's object
/// @param restarted whether it has died before
record ActorInstance(
    ActorId id, String className, String label, Object instance, boolean restarted) {
  ActorInstance(ActorId id, String className, Object instance, boolean restarted) {
    this(id, className, simpleName(className), instance, restarted);
  }

  /// A class's name without its package and the classes around it.
  static String simpleName(String className) {
    return className.substring(
        Math.max(className.lastIndexOf('.'), className.lastIndexOf('$')) + 1);
  }
}

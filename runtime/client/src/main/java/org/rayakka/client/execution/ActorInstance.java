package org.rayakka.client.execution;

import org.rayakka.api.id.ActorId;

/// An actor that lives in this worker.
///
/// @param id the actor
/// @param className of its class, for showing
/// @param instance the user's object
/// @param restarted whether it has died before
record ActorInstance(ActorId id, String className, Object instance, boolean restarted) {}

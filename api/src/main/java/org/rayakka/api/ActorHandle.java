package org.rayakka.api;

import org.rayakka.api.call.ActorCall;

/// A handle to an actor: calls its methods, from anywhere.
///
/// The calls that one holder makes through a handle run in the order in which they were made. A
/// handle may be given to tasks and other actors, and kept in fields; the actor lives as long as a
/// handle to it exists. Two handles are equal if they lead to the same actor. Only the runtime
/// implements this interface.
///
/// ```java
/// ActorHandle<Counter> counter = Ray.actor(Counter::new, 10).remote();
/// ObjectRef<Integer> value = counter.task(Counter::increment, 1).remote();
/// ```
///
/// @param <A> the actor's class
public interface ActorHandle<A> extends BaseActorHandle, ActorCall<A> {}

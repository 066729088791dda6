/// Ray actors as Akka actors: each has one here, which keeps its calls in order, feeds them to the
/// worker process that holds the user's instance, and restarts or buries it.
@NullMarked
package org.rayakka.node.actor;

import org.jspecify.annotations.NullMarked;

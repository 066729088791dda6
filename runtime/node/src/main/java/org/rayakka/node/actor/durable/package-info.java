/// The calls and the state of durable actors: their journal, and what stands in it.
@NullMarked
package org.rayakka.node.actor.durable;

import org.jspecify.annotations.NullMarked;

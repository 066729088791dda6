/// Starts and ends the Redis server of a cluster that was given none. Called by those who start a
/// head.
@NullMarked
package org.rayakka.bootstrap.redis;

import org.jspecify.annotations.NullMarked;

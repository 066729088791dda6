/// Akka Persistence on Redis: a journal and a snapshot store.
@NullMarked
package org.rayakka.persistence.redis;

import org.jspecify.annotations.NullMarked;

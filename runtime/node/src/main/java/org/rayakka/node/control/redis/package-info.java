/// The control state on Redis or Valkey, and the only code that sees a Redis client. The key layout
/// is in this module's README.
@NullMarked
package org.rayakka.node.control.redis;

import org.jspecify.annotations.NullMarked;

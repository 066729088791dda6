/// Java values to object bytes and back. Called by submission (arguments, `put`, `get`) and by
/// execution (arguments, results).
@NullMarked
package org.rayakka.client.value;

import org.jspecify.annotations.NullMarked;

/// What a call is before it is sent off: the prepared task, actor or method call, and its options.
@NullMarked
package org.rayakka.api.call;

import org.jspecify.annotations.NullMarked;

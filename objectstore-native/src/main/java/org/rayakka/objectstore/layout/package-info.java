/// Where everything lies in the shared segment, and what the bits of its words mean. Constants and
/// arithmetic only; read by the packages that touch the memory.
@NullMarked
package org.rayakka.objectstore.layout;

import org.jspecify.annotations.NullMarked;

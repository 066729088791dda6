/// The shared structures of the store: mapping, entries, index, extents, client slots. Each class
/// owns one of them and says which process may change what, and in which order.
@NullMarked
package org.rayakka.objectstore.memory;

import org.jspecify.annotations.NullMarked;

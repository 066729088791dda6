/// What a user may expect of the running system, checked through the public API alone against real
/// processes: each class starts one node with its workers and its Redis server, and ends it.
@NullMarked
package org.rayakka.acceptance;

import org.jspecify.annotations.NullMarked;

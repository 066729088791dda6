/// What the tables of a cluster hold: its functions, tasks, objects, actors, nodes and jobs, and
/// who holds what in memory.
@NullMarked
package org.rayakka.api.state;

import org.jspecify.annotations.NullMarked;

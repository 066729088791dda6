/// Identities of jobs, tasks, objects, actors, functions and nodes. They are derived, never random,
/// where lineage needs it: the same program run again names its tasks and objects the same way.
@NullMarked
package org.rayakka.api.id;

import org.jspecify.annotations.NullMarked;

/// The control state: what a cluster knows about its nodes, jobs, functions, tasks, objects, actors
/// and errors, as tables that the stages of a node write and that anyone may read.
@NullMarked
package org.rayakka.node.control;

import org.jspecify.annotations.NullMarked;

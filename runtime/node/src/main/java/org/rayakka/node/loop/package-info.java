/// The node's event loop: the one thread that reads and writes the sockets of the node's clients
/// and runs the actors that schedule. It is the dispatcher of those actors, so a task passes from
/// its submitter's socket to its worker's without changing threads.
@NullMarked
package org.rayakka.node.loop;

import org.jspecify.annotations.NullMarked;

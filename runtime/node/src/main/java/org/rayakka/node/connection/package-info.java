/// The sockets of this node's drivers and workers: frames in become messages to the actors that
/// schedule, messages out become frames.
@NullMarked
package org.rayakka.node.connection;

import org.jspecify.annotations.NullMarked;

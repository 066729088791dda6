/// What a node and its clients say to each other, and the identity of what they speak about: frames
/// on a Unix domain socket, task specifications, derived ids. Used by client and node alike.
@NullMarked
package org.rayakka.protocol;

import org.jspecify.annotations.NullMarked;

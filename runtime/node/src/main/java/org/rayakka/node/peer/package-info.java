/// What nodes say to each other: messages, in order and once, whatever the connection does.
@NullMarked
package org.rayakka.node.peer;

import org.jspecify.annotations.NullMarked;

/// What other nodes want of this one: their tasks, their objects, the ends of their jobs.
@NullMarked
package org.rayakka.node.guest;

import org.jspecify.annotations.NullMarked;

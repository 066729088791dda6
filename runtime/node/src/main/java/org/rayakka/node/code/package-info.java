/// The users' code on its way from the driver's node to those that run tasks of its job.
@NullMarked
package org.rayakka.node.code;

import org.jspecify.annotations.NullMarked;

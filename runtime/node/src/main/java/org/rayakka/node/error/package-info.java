/// Errors of tasks on their way to the error table and to the screen of the driver they belong to.
@NullMarked
package org.rayakka.node.error;

import org.jspecify.annotations.NullMarked;

/// Who leaves the cluster when nodes do not reach each other.
@NullMarked
package org.rayakka.node.downing;

import org.jspecify.annotations.NullMarked;

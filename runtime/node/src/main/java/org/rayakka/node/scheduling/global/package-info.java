/// Places, in the whole cluster, what local schedulers pass on.
@NullMarked
package org.rayakka.node.scheduling.global;

import org.jspecify.annotations.NullMarked;

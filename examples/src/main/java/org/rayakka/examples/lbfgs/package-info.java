/// Trains a softmax regression on handwritten digits: the data is spread over actors, and an
/// ordinary minimiser drives them through a loss and a gradient that look like local functions.
/// Start reading at {@link DistributedObjective}.
@NullMarked
package org.rayakka.examples.lbfgs;

import org.jspecify.annotations.NullMarked;

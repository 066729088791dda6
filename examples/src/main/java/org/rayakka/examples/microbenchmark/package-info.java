/// Measures Rayakka, and on request the real Ray 1.0.1 beside it, row by row. Start reading at
/// {@link MicrobenchmarkCommand}.
@NullMarked
package org.rayakka.examples.microbenchmark;

import org.jspecify.annotations.NullMarked;

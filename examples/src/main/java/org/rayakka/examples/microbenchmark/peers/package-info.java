/// What Rayakka is compared with beside Ray, as far as it is Java: plain Akka, Hazelcast, and for
/// two nodes what the bare transports cost. Each is a {@link
/// org.rayakka.examples.microbenchmark.rows.MeasuringProcess} of its own.
@NullMarked
package org.rayakka.examples.microbenchmark.peers;

import org.jspecify.annotations.NullMarked;

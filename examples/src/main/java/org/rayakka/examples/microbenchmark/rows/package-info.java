/// The rows of the microbenchmark and the process that measures them: the one source that serves
/// Rayakka and the Ray it is compared with. For the peer it is compiled again with
/// `org.rayakka.api` replaced by `io.ray.api` and another {@link Side}; so it uses only what both
/// offer, and no language newer than Java 17. Start reading at {@link Rows}.
@NullMarked
package org.rayakka.examples.microbenchmark.rows;

import org.jspecify.annotations.NullMarked;

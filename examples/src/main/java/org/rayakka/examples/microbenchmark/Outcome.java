package org.rayakka.examples.microbenchmark;

import org.rayakka.examples.microbenchmark.rows.Samples;

/// What came of measuring a row.
sealed interface Outcome {
  /// It was measured.
  record Measured(Samples samples) implements Outcome {}

  /// It failed, or was stopped.
  record Failed(String reason) implements Outcome {}
}

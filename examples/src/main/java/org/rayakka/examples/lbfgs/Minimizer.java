package org.rayakka.examples.lbfgs;

/// Finds a local minimum of an {@link Objective} from its values and gradients alone.
public interface Minimizer {
  /// When to stop; the first that holds does.
  ///
  /// @param gradientTolerance no component of the gradient is larger
  /// @param relativeDecrease one iteration lowered the loss by no more than this part of it
  /// @param maxIterations so many iterations were made
  record Stopping(double gradientTolerance, double relativeDecrease, int maxIterations) {
    /// The relative decrease at which scipy's `fmin_l_bfgs_b` stops: 10^7 times the rounding error.
    static final double DEFAULT_RELATIVE_DECREASE = 1e7 * Math.ulp(1.0);

    public Stopping {
      if (!(gradientTolerance >= 0)) {
        throw new IllegalArgumentException(
            "gradientTolerance: " + gradientTolerance + " (expected: >= 0)");
      }
      if (!(relativeDecrease >= 0)) {
        throw new IllegalArgumentException(
            "relativeDecrease: " + relativeDecrease + " (expected: >= 0)");
      }
      if (maxIterations < 1) {
        throw new IllegalArgumentException("maxIterations: " + maxIterations + " (expected: > 0)");
      }
    }
  }

  /// Told of each iteration when it is done.
  @FunctionalInterface
  interface Progress {
    void iteration(int number, double loss);
  }

  /// Where a minimiser stopped.
  ///
  /// @param theta the point
  /// @param loss the value there
  /// @param iterations steps taken
  /// @param evaluations how often the loss and the gradient were asked for
  /// @param reason why it stopped, in words
  @SuppressWarnings("ArrayRecordComponent") // a carrier that nobody compares
  record Minimum(double[] theta, double loss, int iterations, int evaluations, String reason) {}

  /// Minimises.
  ///
  /// @param start where to begin; not changed
  Minimum minimize(Objective objective, double[] start, Stopping stopping, Progress progress);

  /// The library that computes liblbfgsb where it is installed, and ours in Java where it is not.
  static Minimizer best() {
    return NativeLbfgs.load().<Minimizer>map(library -> library).orElseGet(JavaLbfgs::new);
  }
}

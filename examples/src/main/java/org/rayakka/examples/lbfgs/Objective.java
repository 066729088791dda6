package org.rayakka.examples.lbfgs;

/// A smooth function of many variables, as a {@link Minimizer} sees it. Where it is computed, in
/// this thread or on a cluster, is not the minimiser's business.
public interface Objective {
  /// How many variables the function has.
  int dimension();

  /// The value at a point.
  double fullLoss(double[] theta);

  /// The gradient at a point, in an array that the caller may keep and change.
  double[] fullGrad(double[] theta);
}

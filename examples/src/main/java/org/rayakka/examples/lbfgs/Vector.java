package org.rayakka.examples.lbfgs;

/// A point or direction: the little linear algebra that {@link JavaLbfgs} needs. Operations return
/// new vectors; nobody changes one.
final class Vector {
  private final double[] values;

  private Vector(double[] values) {
    this.values = values;
  }

  static Vector copyOf(double[] values) {
    return new Vector(values.clone());
  }

  /// A copy of the components.
  double[] values() {
    return values.clone();
  }

  double dot(Vector other) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] * other.values[i];
    }
    return sum;
  }

  double norm() {
    return Math.sqrt(dot(this));
  }

  double maxNorm() {
    double max = 0;
    for (double value : values) {
      max = Math.max(max, Math.abs(value));
    }
    return max;
  }

  /// This plus `factor` times the other.
  Vector plus(double factor, Vector other) {
    double[] result = values.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] += factor * other.values[i];
    }
    return new Vector(result);
  }

  Vector times(double factor) {
    double[] result = values.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] *= factor;
    }
    return new Vector(result);
  }
}

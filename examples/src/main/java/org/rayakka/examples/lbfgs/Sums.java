package org.rayakka.examples.lbfgs;

import java.util.List;

/// Adds up what the shards returned, always in the shards' order: floating-point addition depends
/// on it, and the distributed version is to equal the serial one bit by bit.
final class Sums {
  private Sums() {}

  static double ofNumbers(List<Double> numbers) {
    double sum = 0;
    for (double number : numbers) {
      sum += number;
    }
    return sum;
  }

  static double[] ofArrays(List<double[]> arrays) {
    double[] sum = new double[arrays.getFirst().length];
    for (double[] array : arrays) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += array[i];
      }
    }
    return sum;
  }
}

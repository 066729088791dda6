package org.rayakka.examples.microbenchmark.rows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// What was measured for a row.
///
/// @param values one per repetition, in the row's unit
/// @param p50Us the median time of a single operation in microseconds; NaN if none was timed
/// @param p99Us the time in microseconds that one operation in a hundred exceeds; NaN if none was
///   timed
public record Samples(List<Double> values, double p50Us, double p99Us) {
  public Samples {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("values: none (expected: one at least)");
    }
  }

  /// Of operations that were not timed one by one.
  public static Samples of(List<Double> values) {
    return new Samples(values, Double.NaN, Double.NaN);
  }

  /// The same with values in another unit.
  public Samples times(double factor) {
    return new Samples(
        values.stream().map(value -> value * factor).collect(Collectors.toList()), p50Us, p99Us);
  }

  /// The value in the middle.
  public double median() {
    double[] sorted = sorted();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /// The smallest value.
  public double min() {
    return sorted()[0];
  }

  /// The largest value.
  public double max() {
    return sorted()[values.size() - 1];
  }

  private double[] sorted() {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  /// One line, as the measuring process prints it.
  String toLine() {
    return p50Us
        + " "
        + p99Us
        + " "
        + values.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  /// The reverse of {@link #toLine}.
  public static Samples parse(String line) {
    List<Double> numbers =
        Arrays.stream(line.split(" ", -1)).map(Double::valueOf).collect(Collectors.toList());
    return new Samples(numbers.subList(2, numbers.size()), numbers.get(0), numbers.get(1));
  }
}

package org.rayakka.examples.microbenchmark.rows;

/// One line of the result.
///
/// @param group what it is about
/// @param name what is measured, in words
/// @param unit of its values
/// @param lowerIsBetter whether a small value is a good one
/// @param fresh whether it needs a process in which nothing was measured before
/// @param body measures it
public record Row(
    String group, String name, String unit, boolean lowerIsBetter, boolean fresh, Body body) {
  /// The row that is measured from outside: how long a program takes until it has its first result.
  public static final String START = "start to first result";

  /// Measures one row, with all that has to be prepared and put away.
  @FunctionalInterface
  public interface Body {
    Samples measure(Effort effort) throws Exception;
  }

  /// A row of something of which there should be much.
  public static Row higherIsBetter(String group, String name, String unit, Body body) {
    return new Row(group, name, unit, false, false, body);
  }

  /// A row of something of which there should be little.
  public static Row lowerIsBetter(String group, String name, String unit, Body body) {
    return new Row(group, name, unit, true, false, body);
  }

  /// The same row in a process of its own.
  Row inFreshProcess() {
    return new Row(group, name, unit, lowerIsBetter, true, body);
  }
}

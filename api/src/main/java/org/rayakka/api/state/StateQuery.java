package org.rayakka.api.state;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// Which rows of a table are wanted. Immutable.
///
/// @param limit how many rows at most
/// @param conditions the text that columns must have, by the name of the column; a column has the
///   name of the record's component
public record StateQuery(int limit, Map<String, String> conditions) {
  /// How many rows a query may ask for: they pass through the node's memory at once.
  public static final int LARGEST_LIMIT = 100_000;

  /// All rows, as far as the usual limit of 10,000 goes.
  public static final StateQuery ALL = new StateQuery(10_000, Map.of());

  /// Checks the limit and copies the conditions.
  public StateQuery {
    if (limit < 1 || limit > LARGEST_LIMIT) {
      throw new IllegalArgumentException(
          "limit: " + limit + " (expected: 1 to " + LARGEST_LIMIT + ")");
    }
    conditions = Map.copyOf(conditions);
  }

  /// The same with another limit.
  ///
  /// @param rows how many rows at most
  /// @return a new query
  public StateQuery withLimit(int rows) {
    return new StateQuery(rows, conditions);
  }

  /// The same with one more condition. Rows are looked through until {@link #LARGEST_LIMIT}.
  ///
  /// @param column the name of a column, such as `state`
  /// @param text what it has to be, such as `RUNNING`; ids in hex
  /// @return a new query
  public StateQuery where(String column, String text) {
    Map<String, String> more = new LinkedHashMap<>(conditions);
    more.put(Objects.requireNonNull(column, "column"), Objects.requireNonNull(text, "text"));
    return new StateQuery(limit, more);
  }
}

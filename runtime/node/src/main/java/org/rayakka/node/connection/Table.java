package org.rayakka.node.connection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.StringJoiner;
import java.util.function.Function;

/// The columns of a table, and its rows as JSON.
///
/// @param <T> what a row is made from
final class Table<T> {
  private final Map<String, Function<? super T, Object>> columns = new LinkedHashMap<>();

  /// Adds a column.
  Table<T> with(String column, Function<? super T, Object> value) {
    columns.put(column, value);
    return this;
  }

  /// The rows that a query wants, as an array of objects.
  ///
  /// @param rows as many as {@link TableQuery#rowsToRead} says, if there are
  Listed list(List<T> rows, TableQuery query) {
    for (String column : query.conditions().keySet()) {
      if (!columns.containsKey(column)) {
        throw new IllegalArgumentException(
            "column of "
                + query.table()
                + ": '"
                + column
                + "' (expected: one of "
                + String.join(", ", columns.keySet())
                + ")");
      }
    }
    boolean isCut = rows.size() >= query.rowsToRead();
    List<T> wanted = new ArrayList<>();
    for (T row : rows) {
      if (matches(row, query)) {
        if (wanted.size() == query.limit()) {
          isCut = true;
          break;
        }
        wanted.add(row);
      }
    }
    StringJoiner json = new StringJoiner(",\n ", "[", "]");
    wanted.forEach(row -> json.add(json(row)));
    return new Listed(isCut, json.toString());
  }

  private boolean matches(T row, TableQuery query) {
    for (Entry<String, String> condition : query.conditions().entrySet()) {
      Function<? super T, Object> value = columns.get(condition.getKey());
      if (value == null || !condition.getValue().equals(String.valueOf(value.apply(row)))) {
        return false;
      }
    }
    return true;
  }

  private String json(T row) {
    StringJoiner object = new StringJoiner(",", "{", "}");
    columns.forEach(
        (column, value) -> object.add(Json.of(column) + ":" + Json.of(value.apply(row))));
    return object.toString();
  }

  /// Rows as they are sent.
  ///
  /// @param isCut whether there are more
  /// @param json an array of objects
  record Listed(boolean isCut, String json) {}
}

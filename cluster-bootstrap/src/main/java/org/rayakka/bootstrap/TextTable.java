package org.rayakka.bootstrap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rows in aligned columns, for people.
final class TextTable {
  private final List<String> columns;
  private final List<List<String>> rows = new ArrayList<>();

  TextTable(List<String> columns) {
    this.columns = columns;
  }

  /// A table with the columns of the first row.
  static TextTable of(List<Map<String, @Nullable Object>> rows) {
    TextTable table =
        new TextTable(rows.isEmpty() ? List.of() : List.copyOf(rows.getFirst().keySet()));
    rows.forEach(
        row -> table.add(row.values().stream().map(value -> String.valueOf(value)).toList()));
    return table;
  }

  void add(List<String> row) {
    rows.add(row);
  }

  List<String> lines() {
    List<List<String>> all = new ArrayList<>();
    all.add(columns);
    all.addAll(rows);
    int[] widths = new int[columns.size()];
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).repeat(" ", widths[i] - row.get(i).length() + 2);
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}

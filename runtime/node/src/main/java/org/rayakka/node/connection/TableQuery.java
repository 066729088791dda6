package org.rayakka.node.connection;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which rows of which table a client wants.
///
/// @param table its name
/// @param limit how many rows at most
/// @param conditions the text that columns must have, by the column's name
record TableQuery(String table, int limit, Map<String, String> conditions) {
  /// How many rows a query may ask for, and how many one with conditions looks through.
  private static final int LARGEST_LIMIT = 100_000;

  TableQuery {
    if (limit < 1 || limit > LARGEST_LIMIT) {
      throw new IllegalArgumentException(
          "limit: " + limit + " (expected: 1 to " + LARGEST_LIMIT + ")");
    }
  }

  static TableQuery read(ByteBuffer in) {
    String table = Payload.string(in);
    int limit = in.getInt();
    int count = in.getInt();
    Map<String, String> conditions = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String column = Payload.string(in);
      conditions.put(column, Payload.string(in));
    }
    return new TableQuery(table, limit, conditions);
  }

  /// How many rows to read: one more than is wanted, to know whether there are more.
  int rowsToRead() {
    return (conditions.isEmpty() ? limit : LARGEST_LIMIT) + 1;
  }
}

package org.rayakka.api.state;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/// Rows of a table, in no particular order unless the table says so.
///
/// @param <T> the type of a row
/// @param rows the rows
/// @param isCut whether there are more than the query's limit let through
public record Listing<T>(List<T> rows, boolean isCut) implements Iterable<T> {
  /// Copies the list.
  public Listing {
    rows = List.copyOf(rows);
  }

  /// How many rows there are here.
  ///
  /// @return the number
  public int size() {
    return rows.size();
  }

  /// The rows one after the other.
  ///
  /// @return a stream of them
  public Stream<T> stream() {
    return rows.stream();
  }

  @Override
  public Iterator<T> iterator() {
    return rows.iterator();
  }
}

package org.rayakka.client.submission;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.state.StateQuery;

/// Rows of one of the node's tables, as the node sends them: a JSON array of objects.
///
/// @param isCut whether there are more than the query's limit let through
/// @param json the array
public record StateRows(boolean isCut, String json) {
  /// The request for rows.
  static Payload request(String table, StateQuery query) {
    Payload request =
        new Payload().putString(table).putInt(query.limit()).putInt(query.conditions().size());
    query.conditions().forEach((column, text) -> request.putString(column).putString(text));
    return request;
  }

  static StateRows of(byte[] answer) {
    ByteBuffer payload = Payload.of(answer);
    return new StateRows(payload.get() != 0, Payload.string(payload));
  }

  /// The rows, parsed.
  ///
  /// @return numbers as longs or doubles, lists and maps as such, everything else as text
  public List<Map<String, @Nullable Object>> rows() {
    return Json.rows(json);
  }
}

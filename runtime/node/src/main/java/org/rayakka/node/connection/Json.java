package org.rayakka.node.connection;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Writes JSON (RFC 8259): maps as objects, lists as arrays, what is neither a number nor a truth
/// value as text.
final class Json {
  private Json() {}

  static String of(Object value) {
    return switch (value) {
      // JSON has no word for infinity, which is what a resource without limit has.
      case Double number when number.isInfinite() -> number > 0 ? "1e999" : "-1e999";
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      case Map<?, ?> map ->
          new TreeMap<>(map)
              .entrySet().stream()
                  .map(entry -> of(entry.getKey()) + ":" + of(entry.getValue()))
                  .collect(Collectors.joining(",", "{", "}"));
      case List<?> list -> list.stream().map(Json::of).collect(Collectors.joining(",", "[", "]"));
      default -> '"' + escape(value.toString()) + '"';
    };
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        escaped.append('\\').append(c);
      } else if (c < ' ') {
        escaped.append(String.format("\\u%04x", (int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }
}

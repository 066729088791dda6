package org.rayakka.client.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void readsRows() {
    List<Map<String, Object>> rows =
        read(
            """
            [ {"id": "a\\u0041\\n\\"", "count": -12, "share": 0.5e1, "alive": true,
               "labels": {"x": "y"}, "list": [1, [], {}]}, {} ]
            """);

    assertThat(rows).hasSize(2);
    assertThat(rows.getFirst())
        .containsEntry("id", "aA\n\"")
        .containsEntry("count", -12L)
        .containsEntry("share", 5.0)
        .containsEntry("alive", true)
        .containsEntry("labels", Map.of("x", "y"))
        .containsEntry("list", List.of(1L, List.of(), Map.of()));
    assertThat(Json.parse("null")).isNull();
    assertThat(Json.rows("[]")).isEmpty();
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // no value of the sample is null
  private static List<Map<String, Object>> read(String text) {
    return (List) Json.rows(text);
  }

  @Test
  void saysWhereItIsWrong() {
    assertThatThrownBy(() -> Json.parse("[1, x]"))
        .hasMessage("JSON at 4: 'x]' (expected: a value)");
    assertThatThrownBy(() -> Json.parse("[1")).hasMessageContaining("expected: more");
    assertThatThrownBy(() -> Json.parse("[] []")).hasMessageContaining("expected: the end");
    assertThatThrownBy(() -> Json.rows("{}")).hasMessageContaining("a list of objects");
  }
}

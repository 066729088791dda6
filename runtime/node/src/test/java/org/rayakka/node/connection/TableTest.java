package org.rayakka.node.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final Table<String> WORDS =
      new Table<String>().with("word", word -> word).with("length", String::length);

  private static Table.Listed list(List<String> rows, int limit, Map<String, String> conditions) {
    return WORDS.list(rows, new TableQuery("words", limit, conditions));
  }

  @Test
  void writesRowsAsObjects() {
    assertThat(list(List.of("a\"b", "c\n"), 10, Map.of()).json())
        .isEqualTo(
            """
            [{"word":"a\\"b","length":3},
             {"word":"c\\u000a","length":2}]\
            """);
    assertThat(list(List.of(), 10, Map.of())).isEqualTo(new Table.Listed(false, "[]"));
  }

  @Test
  void saysThatThereAreMore() {
    assertThat(list(List.of("a", "b"), 2, Map.of()).isCut()).isFalse();
    assertThat(list(List.of("a", "b", "c"), 2, Map.of()).isCut()).isTrue();
    assertThat(list(List.of("a", "bb", "c"), 2, Map.of("length", "1")).isCut()).isFalse();
    assertThat(list(List.of("a", "bb", "c"), 1, Map.of("length", "1")).isCut()).isTrue();
  }

  @Test
  void keepsRowsThatMeetAllConditions() {
    assertThat(list(List.of("a", "bb", "cc"), 9, Map.of("length", "2", "word", "cc")).json())
        .isEqualTo("[{\"word\":\"cc\",\"length\":2}]");
    assertThatThrownBy(() -> list(List.of(), 9, Map.of("size", "2")))
        .hasMessage("column of words: 'size' (expected: one of word, length)");
  }
}

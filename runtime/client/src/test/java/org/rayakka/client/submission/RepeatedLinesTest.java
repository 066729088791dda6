package org.rayakka.client.submission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.rayakka.client.submission.RepeatedLines.Folded;

class RepeatedLinesTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final RepeatedLines lines = new RepeatedLines();

  private int shown(String line, long pid, long nowNanos, int times) {
    int shown = 0;
    for (int i = 0; i < times; i++) {
      if (lines.show(false, "square", pid, line, nowNanos)) {
        shown++;
      }
    }
    return shown;
  }

  @Test
  void showsALineFiveTimesASecondAndCountsTheOthers() {
    assertThat(shown("hello", 1, 0, 40)).isEqualTo(5);
    assertThat(shown("hello", 2, SECOND / 2, 60)).isZero();
    assertThat(lines.takeDue(SECOND - 1)).isEmpty();
    assertThat(lines.nanosUntilDue(SECOND - 1)).isEqualTo(1);
    assertThat(lines.takeDue(SECOND)).containsExactly(new Folded(false, "square", 2, "hello", 95));
    assertThat(lines.isEmpty()).isTrue();
    assertThat(shown("hello", 1, SECOND, 1)).isEqualTo(1);
  }

  @Test
  void tellsNothingOfWhatWasAlwaysShown() {
    assertThat(shown("hello", 1, 0, 5)).isEqualTo(5);
    assertThat(lines.takeAll()).isEmpty();
  }

  @Test
  void keepsStreamsAndLabelsApart() {
    assertThat(shown("hello", 1, 0, 6)).isEqualTo(5);
    assertThat(lines.show(true, "square", 1, "hello", 0)).isTrue();
    assertThat(lines.show(false, "Counter", 1, "hello", 0)).isTrue();
  }

  @Test
  void showsEveryBlankLine() {
    assertThat(shown("", 1, 0, 100)).isEqualTo(100);
    assertThat(lines.isEmpty()).isTrue();
  }

  @Test
  void watchesOnlySoManyLines() {
    shown("first", 1, 0, 7);
    for (int i = 0; i < RepeatedLines.WATCHED; i++) {
      lines.show(false, "square", 1, "line " + i, 1);
    }
    assertThat(lines.takeDue(1)).containsExactly(new Folded(false, "square", 1, "first", 2));
  }
}

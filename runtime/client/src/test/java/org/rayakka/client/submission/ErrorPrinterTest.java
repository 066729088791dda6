package org.rayakka.client.submission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

// rows 98, 104
class ErrorPrinterTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ErrorPrinter printer =
      new ErrorPrinter(new PrintStream(bytes, true, StandardCharsets.UTF_8));

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void saysWhatFailedAndOnceHowToSeeAll() {
    printer.print("task", "Main.work", "java.lang.IllegalStateException: broken\n\tat Main.work");
    printer.print("worker_died", "", "process 12 ended with exit code 1");

    assertThat(printed())
        .contains("Remote task error in Main.work:\n  java.lang.IllegalStateException: broken")
        .contains("Remote worker_died error:\n  process 12")
        .containsOnlyOnce("Ray.errorInfo()")
        .containsOnlyOnce("Ray.init(address)");
  }

  @Test
  void countsTheSameErrorInsteadOfRepeatingIt() {
    for (int i = 0; i < 1_000; i++) {
      printer.print("task", "Main.work", "java.lang.IllegalStateException: broken");
    }
    printer.print("task", "Main.work", "java.lang.IllegalStateException: otherwise");

    assertThat(printed()).containsOnlyOnce("broken").containsOnlyOnce("otherwise");
  }
}

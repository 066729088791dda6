package org.rayakka.client.execution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class PrintedLinesTest {
  private final PrintedLines lines = new PrintedLines();

  private void print(String label, String text) {
    byte[] bytes = ("##" + text).getBytes(UTF_8);
    lines.add(false, label, bytes, 2, bytes.length - 2);
  }

  private static String text(PrintedLines.Piece piece) {
    return piece.label() + ":" + new String(piece.text(), 0, piece.length(), UTF_8);
  }

  @Test
  void keepsLinesOfOneOriginTogetherAndAllInOrder() {
    print("a", "1\n");
    print("a", "2\n");
    print("b", "3\n");
    print("a", "4\n");

    assertThat(lines.take().pieces())
        .extracting(PrintedLinesTest::text)
        .containsExactly("a:1\n2\n", "b:3\n", "a:4\n");
    assertThat(lines.take().isEmpty()).isTrue();
  }

  @Test
  void leavesOutWhatDoesNotFitAndCountsIt() {
    String half = "x".repeat(PrintedLines.WAITING_BYTES / 2 - 1) + "\n";
    print("a", half);
    print("b", half);
    print("c", "one\ntwo\n");
    print("c", "three\n");

    PrintedLines.Batch batch = lines.take();
    assertThat(batch.pieces()).hasSize(2);
    assertThat(batch.leftOut()).isEqualTo(3);
    print("c", "four\n");
    assertThat(lines.take().pieces())
        .extracting(PrintedLinesTest::text)
        .containsExactly("c:four\n");
  }

  @Test
  void wakesWhoWaitsForLines() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    AtomicReference<PrintedLines.Batch> taken = new AtomicReference<>();
    Thread taker =
        Thread.ofVirtual()
            .start(() -> {
              waiting.countDown();
              try {
                lines.await();
                taken.set(lines.take());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    waiting.await();
    print("a", "1\n");
    taker.join();
    assertThat(taken.get().pieces()).hasSize(1);
  }
}

package org.rayakka.client.submission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.TaskOutputEncoder;

@Timeout(20)
class OutputPrinterTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();

  private static void send(
      OutputPrinter printer, long pid, boolean isError, String label, String text, long leftOut) {
    ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    TaskOutputEncoder frame =
        new TaskOutputEncoder()
            .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .pid(pid)
            .leftOut(leftOut);
    byte[] labelBytes = label.getBytes(UTF_8);
    byte[] textBytes = text.getBytes(UTF_8);
    frame
        .piecesCount(1)
        .next()
        .isError((short) (isError ? 1 : 0))
        .putLabel(labelBytes, 0, labelBytes.length)
        .putText(textBytes, 0, textBytes.length);
    printer.accept(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength());
  }

  private OutputPrinter printer(OutputStream to) {
    return new OutputPrinter(
        () -> new PrintStream(to, true, UTF_8), () -> new PrintStream(error, true, UTF_8), "LOGS");
  }

  @Test
  void saysWhereEachLineComesFrom() {
    OutputPrinter printer = printer(out);
    send(printer, 12, false, "square", "one\ntwo ü\n", 0);
    send(printer, 13, true, "Counter", "bad\n", 0);
    send(printer, 13, false, "", "outside\n", 0);
    printer.close();

    assertThat(out.toString(UTF_8))
        .isEqualTo("(square pid=12) one\n(square pid=12) two ü\n(pid=13) outside\n");
    assertThat(error.toString(UTF_8)).isEqualTo("(Counter pid=13) bad\n");
  }

  @Test
  void countsWhatComesAgainAndAgain() {
    OutputPrinter printer = printer(out);
    send(printer, 12, false, "square", "same\n".repeat(100), 0);
    printer.close();

    assertThat(out.toString(UTF_8))
        .isEqualTo(
            "(square pid=12) same\n".repeat(5) + "(square pid=12) same [repeated 95 more times]\n");
  }

  @Test
  void tellsHowManyLinesTheWorkerLeftOut() {
    OutputPrinter printer = printer(out);
    send(printer, 12, false, "square", "one\n", 7);
    printer.close();

    assertThat(error.toString(UTF_8)).contains("(pid=12)", "7 lines left out", "LOGS");
  }

  @Test
  void leavesOutWhatASlowScreenCannotTakeAndNeverHoldsTheReader() throws Exception {
    CountDownLatch stopped = new CountDownLatch(1);
    CountDownLatch resumed = new CountDownLatch(1);
    OutputPrinter printer =
        printer(
            new OutputStream() {
              @Override
              public void write(int value) {
                stopped.countDown();
                try {
                  resumed.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                out.write(value);
              }
            });
    send(printer, 12, false, "square", "first\n", 0);
    stopped.await();
    String megabyte = "x".repeat((1 << 20) - 1) + "\n";
    for (int i = 0; i < 20; i++) {
      send(printer, 12, false, "f" + i, megabyte, 0);
    }
    resumed.countDown();
    printer.close();

    int shown = (int) out.toString(UTF_8).lines().count() - 1;
    assertThat(shown).isBetween(10, 16);
    assertThat(error.toString(UTF_8)).contains((20 - shown) + " lines left out");
  }
}

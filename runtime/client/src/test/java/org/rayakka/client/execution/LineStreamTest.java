package org.rayakka.client.execution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class LineStreamTest {
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private final ByteArrayOutputStream file = new ByteArrayOutputStream();
  private final LineStream stream =
      new LineStream(
          file,
          (bytes, offset, length) ->
              new String(bytes, offset, length, UTF_8).lines().forEach(lines::add));
  private final PrintStream out = new PrintStream(stream, true, UTF_8);

  @Test
  void passesOnWholeLinesOnly() {
    out.print("a");
    out.print("b");
    assertThat(lines).isEmpty();
    out.print("c\nd\ne");
    assertThat(lines).containsExactly("abc", "d");
    out.println();
    assertThat(lines).containsExactly("abc", "d", "e");
    assertThat(file.toString(UTF_8)).isEqualTo("abc\nd\ne\n");
  }

  @Test
  void endsTheLineOfATaskThatEnds() {
    out.print("half");
    stream.finish();
    stream.finish();
    assertThat(lines).containsExactly("half");
    assertThat(file.toString(UTF_8)).isEqualTo("half");
  }

  @Test
  void makesNoLineOfTwoThreadsHalves() throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    Thread[] threads = new Thread[2];
    for (int i = 0; i < 2; i++) {
      String name = "thread" + i;
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                for (int n = 0; n < 200; n++) {
                  out.print(name);
                  meet(together);
                  out.print(" says ");
                  meet(together);
                  out.println(n);
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(lines).hasSize(400).allMatch(line -> line.matches("thread[01] says \\d+"));
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void endsTheLineOfAThreadThatHasEnded() throws Exception {
    Thread.ofPlatform().start(() -> out.print("last words")).join();
    out.print("mine");
    stream.finishOfEndedThreads();
    assertThat(lines).containsExactly("last words");
    stream.finishAll();
    assertThat(lines).containsExactly("last words", "mine");
  }

  @Test
  void cutsALineWithoutEnd() {
    String part = "x".repeat(1000);
    for (int i = 0; i < 40; i++) {
      out.print(part);
    }
    stream.finish();
    assertThat(lines).hasSizeGreaterThan(1);
    assertThat(String.join("", lines)).isEqualTo(part.repeat(40));
  }
}

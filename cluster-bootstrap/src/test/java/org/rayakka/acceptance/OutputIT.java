package org.rayakka.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.options.DriverMode;
import org.rayakka.api.options.InitOptions;

/// What tasks and actors print, and where a driver sees it.
@Timeout(60)
class OutputIT {
  private static final PrintStream STANDARD_OUTPUT = System.out;
  private static final PrintStream STANDARD_ERROR = System.err;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(printed, true, UTF_8));
    System.setErr(new PrintStream(errors, true, UTF_8));
  }

  @AfterEach
  void stop() {
    Ray.shutdown();
    System.setOut(STANDARD_OUTPUT);
    System.setErr(STANDARD_ERROR);
  }

  private static InitOptions.Builder options() {
    return Cluster.options(4).setDriverMode(DriverMode.SCRIPT);
  }

  static long square(long x) {
    System.out.println("squaring " + x);
    return ProcessHandle.current().pid();
  }

  static long complain() {
    System.err.println("this is bad: ü");
    return ProcessHandle.current().pid();
  }

  /// Prints with half lines, as do others in the same process meanwhile.
  static int chat(int who, int lines) {
    for (int i = 0; i < lines; i++) {
      System.out.print("who=" + who);
      Thread.onSpinWait();
      System.out.print(" says ");
      System.out.println(i);
    }
    return who;
  }

  static int printWithoutEnd() throws InterruptedException {
    System.out.print("half a");
    Thread thread = new Thread(() -> System.out.println("from a thread of mine"));
    thread.start();
    thread.join();
    System.out.print(" line");
    return 1;
  }

  static int repeat(int times) {
    for (int i = 0; i < times; i++) {
      System.out.println("again");
    }
    return times;
  }

  static int printAndExit() {
    System.out.println("goodbye");
    System.exit(0);
    return 0;
  }

  static class Counter {
    private int value;

    Counter() {
      System.out.println("made");
    }

    long add() {
      System.out.println("now " + ++value);
      return ProcessHandle.current().pid();
    }
  }

  private List<String> lines() {
    return printed.toString(UTF_8).lines().toList();
  }

  @Test
  void showsWhatTasksAndActorsPrintWithWhoPrintedIt() throws Exception {
    Ray.init(options().build());
    long task = Ray.task(OutputIT::square, 7L).remote().get();
    long named = Ray.task(OutputIT::square, 8L).setName("eight").remote().get();
    long complaining = Ray.task(OutputIT::complain).remote().get();
    ActorHandle<Counter> counter = Ray.actor(Counter::new).remote();
    long actor = counter.task(Counter::add).remote().get();

    Await.until(
        "what was printed", Duration.ofSeconds(2), () -> lines().size() == 4 && errors.size() > 0);
    assertThat(lines())
        .containsExactlyInAnyOrder(
            "(square pid=" + task + ") squaring 7",
            "(eight pid=" + named + ") squaring 8",
            "(Counter pid=" + actor + ") made",
            "(Counter pid=" + actor + ") now 1");
    assertThat(errors.toString(UTF_8))
        .isEqualTo("(complain pid=" + complaining + ") this is bad: ü\n");
  }

  @Test
  void showsWholeLinesOfAllWorkersUntilTheShutdown() {
    Ray.init(options().build());
    List<ObjectRef<Integer>> chats = new ArrayList<>();
    for (int who = 0; who < 20; who++) {
      chats.add(Ray.task(OutputIT::chat, who, 500).remote());
    }
    Ray.get(chats);
    Ray.shutdown();

    Set<String> expected = new TreeSet<>();
    for (int who = 0; who < 20; who++) {
      for (int i = 0; i < 500; i++) {
        expected.add("who=" + who + " says " + i);
      }
    }
    assertThat(lines()).hasSize(10_000).allMatch(line -> line.matches("\\(chat pid=\\d+\\) .*"));
    assertThat(
            new TreeSet<>(lines().stream().map(line -> line.replaceFirst(".*\\) ", "")).toList()))
        .isEqualTo(expected);
  }

  @Test
  void endsTheLineOfATaskThatEndsAndLabelsItsThreads() {
    Ray.init(options().build());
    Ray.task(OutputIT::printWithoutEnd).remote().get();
    Ray.shutdown();

    assertThat(lines())
        .anyMatch(line -> line.matches("\\(printWithoutEnd pid=\\d+\\) half a line"))
        .anyMatch(line -> line.matches("\\(printWithoutEnd pid=\\d+\\) from a thread of mine"));
  }

  @Test
  void countsTheSameLineAgainAndAgain() {
    Ray.init(options().build());
    Ray.task(OutputIT::repeat, 1000).remote().get();
    Ray.shutdown();

    long shown = lines().stream().filter(line -> line.endsWith(") again")).count();
    long folded =
        lines().stream()
            .filter(line -> line.contains("[repeated "))
            .mapToLong(line -> Long.parseLong(line.replaceFirst(".*repeated (\\d+) .*", "$1")))
            .sum();
    assertThat(shown).isLessThan(100);
    assertThat(shown + folded).isEqualTo(1000);
  }

  @Test
  void showsWhatAProcessPrintedBeforeItEnded() throws Exception {
    Ray.init(options().build());
    ObjectRef<Integer> ref = Ray.task(OutputIT::printAndExit).setMaxRetries(0).remote();
    Ray.wait(List.of(ref), 1, 20_000);

    Await.until(
        "goodbye", Duration.ofSeconds(2), () -> printed.toString(UTF_8).contains(") goodbye\n"));
  }

  // row 29
  @Test
  void showsNothingInTheSilentMode() {
    Ray.init(options().setDriverMode(DriverMode.SILENT).build());
    Ray.task(OutputIT::square, 7L).remote().get();
    Ray.task(OutputIT::complain).remote().get();
    Ray.shutdown();

    assertThat(printed.size()).isZero();
    assertThat(errors.size()).isZero();
  }

  // row 31
  @Test
  void leavesRedirectedOutputInFilesThatStay(@TempDir Path sessions) throws Exception {
    System.setProperty("ray.session.directory", sessions.toString());
    try {
      Path session =
          Path.of(Ray.init(options().setRedirectOutput(true).build()).sessionDirectory());
      Ray.task(OutputIT::square, 7L).remote().get();
      Ray.task(OutputIT::complain).remote().get();
      Ray.shutdown();

      assertThat(printed.size()).isZero();
      assertThat(errors.size()).isZero();
      assertThat(logs(session, ".out")).contains("squaring 7\n");
      assertThat(logs(session, ".err")).contains("this is bad");
    } finally {
      System.clearProperty("ray.session.directory");
    }
  }

  private static String logs(Path session, String suffix) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(session.resolve("logs"))) {
      for (Path file : files.filter(file -> file.toString().endsWith(suffix)).toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }
}

package org.rayakka.examples.microbenchmark;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rayakka.examples.microbenchmark.peers.TwoNodes;
import org.rayakka.examples.microbenchmark.rows.Effort;
import org.rayakka.examples.microbenchmark.rows.Row;
import org.rayakka.examples.microbenchmark.rows.Rows;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Measures row by row. With a peer, both systems run all the time and take turns, so that whatever
/// else the machine does hits both.
@Command(
    name = "microbenchmark",
    sortOptions = false,
    description =
        "Measures tasks, actors and objects on this machine; with --peer also on who can do the"
            + " same, in turn: the real Ray "
            + RayPeer.VERSION
            + ", Hazelcast "
            + Contestants.HAZELCAST_VERSION
            + ", plain Akka, bare Aeron and TCP. A ratio above 1 means that Rayakka is better.")
public final class MicrobenchmarkCommand implements Callable<Integer> {
  private static final Effort QUICK = new Effort(0.1, 2, 1);

  @Option(
      names = "--rows",
      paramLabel = "REGEX",
      description = "Only rows whose group or name" + " contains a match.")
  private @Nullable Pattern chosen;

  @Option(
      names = "--peer",
      description = "Measure the peers as well; Maven downloads Ray and Hazelcast once.")
  private boolean withPeer;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results to a file, too.")
  private @Nullable Path json;

  @Option(
      names = "--seconds",
      defaultValue = "1",
      description = "Length of a repetition, and of a warm-up (default: ${DEFAULT-VALUE}).")
  private double seconds = 1;

  @Option(
      names = "--repeats",
      defaultValue = "5",
      description = "Repetitions per row" + " (default: ${DEFAULT-VALUE}).")
  private int repeats = 5;

  @Option(
      names = "--warm-ups",
      defaultValue = "12",
      description =
          "Warm-ups per row at most: they end when two in a row are not a tenth faster than before"
              + " (default: ${DEFAULT-VALUE}).")
  private int warmUps = 12;

  @Option(
      names = "--quick",
      description =
          "Two repetitions of a tenth of a second: shows that all" + " works, not how fast.")
  private boolean quick;

  @Option(names = "--list", description = "List the rows and exit.")
  private boolean list;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  @Spec private @Nullable CommandSpec spec;

  public static void main(String[] args) {
    System.exit(new CommandLine(new MicrobenchmarkCommand()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = commandLine().getOut();
    Effort effort = effort();
    List<Row> rows =
        byGroup(
            Stream.of(Rows.shared(), Rows.own(), TwoNodes.rows())
                .flatMap(List::stream)
                .filter(this::isChosen));
    if (rows.isEmpty()) {
      throw new ParameterException(
          commandLine(), "--rows: " + chosen + " (expected: part of a row that --list shows)");
    }
    if (list) {
      rows.forEach(row -> out.printf("%-14s %-42s %s%n", row.group(), row.name(), row.unit()));
      out.flush();
      return 0;
    }
    Path workFolder = Files.createTempDirectory("rayakka-benchmark");
    Report report = new Report();
    try (Contestants contestants = new Contestants(workFolder, commandLine().getErr());
        EndedBySignal _ = new EndedBySignal(contestants, workFolder)) {
      out.println(Report.head());
      String group = "";
      for (Row row : rows) {
        if (!row.group().equals(group)) {
          group = row.group();
          out.printf("%n%s%n", group);
          out.flush();
        }
        Outcome mine = contestants.ours(row).measure(row, effort);
        MeasuredSystem peer = withPeer ? contestants.peer(row) : null;
        Outcome theirs = peer == null ? null : peer.measure(row, effort);
        if (contestants.areAbandoned()) {
          return CommandLine.ExitCode.SOFTWARE;
        }
        Report.Line line = new Report.Line(row, mine, theirs);
        report.add(line);
        out.println(Report.format(line));
        out.flush();
      }
    }
    if (json != null) {
      Files.writeString(json, report.toJson());
    }
    if (report.hasFailures()) {
      return 1;
    }
    Folders.delete(workFolder);
    return 0;
  }

  /// While it is open, a benchmark that is told to end takes with it what it has started, the real
  /// Ray among it.
  private static final class EndedBySignal implements AutoCloseable {
    private final Thread hook;

    EndedBySignal(Contestants contestants, Path workFolder) {
      hook =
          new Thread(
              () -> {
                contestants.abandon();
                try {
                  Folders.delete(workFolder);
                } catch (IOException e) {
                  System.err.println("not deleted: " + e.getMessage());
                }
              },
              "benchmark-ended");
      Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException _) {
        // It runs.
      }
    }
  }

  private Effort effort() {
    try {
      return quick ? QUICK : new Effort(seconds, repeats, warmUps);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(commandLine(), "--" + e.getMessage());
    }
  }

  /// The rows of a group together, the groups in the order of their first rows.
  private static List<Row> byGroup(Stream<Row> rows) {
    return rows.collect(groupingBy(Row::group, LinkedHashMap::new, toList())).values().stream()
        .flatMap(List::stream)
        .toList();
  }

  private boolean isChosen(Row row) {
    return chosen == null
        || chosen.matcher(row.name()).find()
        || chosen.matcher(row.group()).find();
  }

  private CommandLine commandLine() {
    return Objects.requireNonNull(spec, "set by picocli").commandLine();
  }
}

package org.rayakka.examples.microbenchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.examples.microbenchmark.peers.OwnJvm;
import picocli.CommandLine;

/// Runs the command with real processes, for what it prints rather than how fast it is.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class MicrobenchmarkIT {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();

  private int run(String... args) {
    return new CommandLine(new MicrobenchmarkCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(out))
        .execute(args);
  }

  @Test
  void measuresTheChosenRowsAndLeavesNoProcess() throws IOException {
    Path json = directory.resolve("results.json");

    int status = run("--quick", "--rows", "^put small$|1:1 actor calls sync", "--json", "" + json);

    assertThat(status).as(out::toString).isZero();
    assertThat(out.toString()).contains("\nput small ").contains("\n1:1 actor calls sync ");
    assertThat(Files.readString(json))
        .contains("{\"row\": \"put small\", \"unit\": \"puts/s\", \"median\": ");
    assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void measuresTwoNodesBesideTheirTransports() {
    int status =
        run(
            "--quick",
            "--peer",
            "--rows",
            "remote task sync|fetch 100 MB, beside bare|^task sync, beside Akka ask");

    assertThat(status).as(out::toString).isZero();
    assertThat(out.toString())
        .containsPattern("\nremote task sync +tasks/s +.*[0-9]\\.[0-9]+\n")
        .containsPattern("\nfetch 100 MB, beside bare Aeron +GB/s +.*[0-9]\\.[0-9]+\n")
        .containsPattern("\ntask sync, beside Akka ask +tasks/s +.*[0-9]\\.[0-9]+\n")
        .doesNotContain("failed");
    assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void takesWithItWhatItHasStartedWhenItIsToldToEnd() throws Exception {
    List<String> command = new ArrayList<>(OwnJvm.command(MicrobenchmarkCommand.class, List.of()));
    command.addAll(List.of("--rows", "1:1 actor calls sync", "--seconds", "100"));
    command.add(1, "-Djava.io.tmpdir=" + directory);
    Process benchmark =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    // The measuring process, its node, the node's Redis and a worker.
    while (benchmark.descendants().count() < 4) {
      assertThat(benchmark.isAlive()).as(() -> benchmark.info().toString()).isTrue();
      Thread.sleep(20);
    }
    List<ProcessHandle> started = benchmark.descendants().toList();

    benchmark.destroy();

    assertThat(benchmark.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(started).noneMatch(ProcessHandle::isAlive);
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).noneMatch(file -> file.toString().contains("rayakka-benchmark"));
    }
  }

  @Test
  void listsRowsWithoutStartingAnything() {
    assertThat(run("--list", "--rows", "actor")).isZero();
    assertThat(out.toString()).contains("1:1 actor calls sync").doesNotContain("put small");
  }

  @Test
  void saysThatNoRowMatches() {
    assertThat(run("--rows", "no such row")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(out.toString()).contains("--rows: no such row (expected:");
  }
}

package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rayakka.testkit.LocalCluster.node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.testkit.LocalCluster;

/// Programs that are attached to one cluster at the same time.
@Timeout(120)
class SeveralDriversIT {
  private static final Map<String, String> ONE =
      Map.of("FORMAL", "", "FIRST", "1", "OTHER_FORMAL", "int x", "SECOND", "x", "NAME", "one");
  private static final Map<String, String> TWO =
      Map.of("FORMAL", "int x", "FIRST", "x", "OTHER_FORMAL", "", "SECOND", "4", "NAME", "two");

  @TempDir private Path folder;

  // rows 19, 20, 102
  @Test
  void shareTheNodeAndNothingElse() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(node(2))) {
      Process one = begin(cluster, "one", ONE, ", 2", "");
      Process two = begin(cluster, "two", TWO, "", ", 3");
      Map<String, String> ofOne = ended(one, "one");
      Map<String, String> ofTwo = ended(two, "two");

      assertThat(ofOne)
          .containsEntry("values", "[[1, 2]]")
          .containsEntry("failures", "[failure of one]");
      assertThat(ofTwo)
          .containsEntry("values", "[[3, 4]]")
          .containsEntry("failures", "[failure of two]");
      String node = Long.toString(cluster.process(0).handle().pid());
      assertThat(List.of(ofOne, ofTwo))
          .allSatisfy(printed ->
              assertThat(printed)
                  .containsEntry("failures before", "0")
                  .containsEntry("node", node));
      assertThat(ofOne.get("worker")).isNotEqualTo(ofTwo.get("worker"));
      assertThat(cluster.members()).hasSize(1);
    }
  }

  /// Starts a program with an argument for one of its functions.
  private Process begin(
      LocalCluster cluster, String name, Map<String, String> words, String g, String f)
      throws IOException {
    String source;
    try (InputStream in =
        Objects.requireNonNull(
            SeveralDriversIT.class.getResourceAsStream("/drivers/Program.java"))) {
      source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    source = source.replace(", OTHER_ACTUAL", g).replace(", ACTUAL", f);
    // The longer names first: one is a part of the other.
    for (String word : List.of("OTHER_FORMAL", "FORMAL", "FIRST", "SECOND", "NAME")) {
      source = source.replace(word, words.get(word));
    }
    Path own = Files.createDirectories(folder.resolve(name));
    Path file = Files.writeString(own.resolve("Program.java"), source);
    return RayProcess.begin(
        own,
        List.of(
            "run",
            RayProcess.temporaryFolder(),
            "-J-Dray.address=redis://" + cluster.address(),
            "-J-Dray.node.ip-address=" + cluster.ip(0),
            file.toString()));
  }

  /// What a program printed, by the word before the colon.
  private Map<String, String> ended(Process program, String name) throws Exception {
    int status = program.waitFor();
    Path own = folder.resolve(name);
    String printed = Files.readString(own.resolve("output"));
    assertThat(status).as(() -> printed + errors(own)).isZero();
    return printed
        .lines()
        .map(line -> line.split(": ", 2))
        .collect(Collectors.toMap(line -> line[0], line -> line[1]));
  }

  private static String errors(Path own) {
    try {
      return Files.readString(own.resolve("error"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}

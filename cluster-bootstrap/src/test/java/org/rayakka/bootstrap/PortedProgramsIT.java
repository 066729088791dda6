package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rayakka.testkit.LocalCluster.node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rayakka.testkit.LocalCluster;

/// Programs written for Ray's Java API run here once their imports name `org.rayakka.api` in the
/// place of `io.ray.api`, as drivers of one cluster. Each says in comments what it prints.
@Timeout(150)
class PortedProgramsIT {
  private static final String PRINTS = "// prints: ";

  private static LocalCluster cluster;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    cluster = LocalCluster.start(node(4).with("licence", 2));
  }

  @AfterAll
  static void end() throws Exception {
    cluster.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TaskProgram",
        "ActorProgram",
        "WaitProgram",
        "NamedActorProgram",
        "ActorRestartProgram",
        "ExceptionProgram",
        "ResourceProgram",
        "ConcurrencyProgram",
        "MultiThreadingProgram"
      })
  void printsWhatItPrintsOnRay(String program) throws Exception {
    String source = read(program + ".java");
    assertThat(source).contains("import io.ray.api.").doesNotContain("rayakka");
    Path ported = folder.resolve(program + ".java");
    Files.writeString(ported, source.replace("io.ray.api", "org.rayakka.api"));

    RayProcess.Ended ended =
        RayProcess.run(
            folder,
            List.of(
                "run",
                RayProcess.temporaryFolder(),
                "-J-Dray.address=redis://" + cluster.address(),
                ported.toString()));

    assertThat(ended.output()).as(ended.error()).isEqualTo(expected(source));
    assertThat(ended.status()).isZero();
  }

  private static String expected(String source) {
    return source
        .lines()
        .flatMap(line -> Arrays.stream(line.split(PRINTS, -1)).skip(1))
        .map(text -> text.stripTrailing() + "\n")
        .collect(Collectors.joining());
  }

  private static String read(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(PortedProgramsIT.class.getResourceAsStream("/ported/" + name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

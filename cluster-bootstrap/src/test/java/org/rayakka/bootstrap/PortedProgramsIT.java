package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs written for Ray's Java API run here once their imports name `org.rayakka.api` in the
/// place of `io.ray.api`. Each says in comments what it prints.
@Timeout(150)
class PortedProgramsIT {
  private static final String PRINTS = "// prints: ";

  @TempDir private Path folder;

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
                "-J-Dray.node.num-cpus=4",
                "-J-Dray.node.num-workers=2",
                "-J-Dray.node.resources.licence=2",
                "-J-Dray.object-store.memory=67108864",
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

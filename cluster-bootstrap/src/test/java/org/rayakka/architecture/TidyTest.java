package org.rayakka.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Reads the sources for what no compiler looks at. Each failure says what to do instead.
class TidyTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static List<Path> sources() throws IOException {
    List<Path> found = new ArrayList<>();
    for (String module :
        List.of("api", "objectstore-native", "runtime", "cluster-bootstrap", "examples")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.toString().contains("/target/"))
            .filter(file -> !file.endsWith("TidyTest.java"))
            .forEach(found::add);
      }
    }
    return found;
  }

  @Test
  void nothingIsLeftForLater() throws IOException {
    List<String> left = new ArrayList<>();
    for (Path source : sources()) {
      int number = 0;
      for (String line : Files.readAllLines(source)) {
        number++;
        if (line.contains("TODO") || line.contains("FIXME")) {
          left.add(ROOT.relativize(source) + ":" + number + " (do it now, or file it)");
        }
      }
    }
    assertThat(left).isEmpty();
  }

  @Test
  void theReadmeShowsTheProgramThatIsCompiled() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    int begin = readme.indexOf("```java\n") + "```java\n".length();
    String shown = readme.substring(begin, readme.indexOf("```", begin));
    String source =
        Files.readString(
            ROOT.resolve("examples/src/main/java/org/rayakka/examples/readme/Hello.java"));
    String marker = "// README: ";
    int from = source.indexOf('\n', source.indexOf(marker + "begin")) + 1;
    String compiled = source.substring(from, source.indexOf("  " + marker + "end"));
    assertThat(shown)
        .as("the README's first program is examples/…/readme/Hello.java between its markers")
        .isEqualTo(compiled.stripTrailing() + "\n}\n");
  }
}

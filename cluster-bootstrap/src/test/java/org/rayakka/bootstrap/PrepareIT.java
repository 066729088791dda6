package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `ray prepare` as a process, and a session that starts from what it made. The caches stay in the
/// build's folder: the build runs this class first, and the sessions of all other tests start from
/// them.
@Tag("prepare")
@Timeout(240)
class PrepareIT {
  /// What {@link CachedDriver} is compiled from: the tests' own classes are a folder, which is no
  /// part of a class path that a cache can be made of, so the program is run from its source.
  private static final String CACHED_DRIVER =
      """
      import java.io.IOException;
      import java.nio.file.Files;
      import java.nio.file.Path;
      import org.rayakka.api.Ray;

      public class CachedDriver {
        static boolean isCached(String process) {
          try {
            return Files.readString(Path.of("/proc", process, "maps")).contains(".aot");
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        }

        public static void main(String[] args) throws IOException {
          Ray.init();
          long node = ProcessHandle.current().children().findFirst().orElseThrow().pid();
          System.out.println("driver " + isCached("self"));
          System.out.println("node " + isCached(Long.toString(node)));
          String command = Files.readString(Path.of("/proc", Long.toString(node), "cmdline"));
          System.out.println("patch " + command.matches("(?s).*/node-[0-9a-f]+[.]jar:.*"));
          System.out.println("worker " + Ray.task(CachedDriver::isCached, "self").remote().get());
          Ray.shutdown();
        }
      }
      """;

  private static final Path CACHE_HOME = Path.of("target", "cache").toAbsolutePath();

  @TempDir private Path folder;

  @BeforeAll
  static void removeCachesOfAnEarlierBuild() {
    SessionFolder.remove(CACHE_HOME);
  }

  @Test
  void makesCachesThatAllProcessesOfASessionStartFrom() throws Exception {
    Path copy = folder.resolve("copy.aot");
    Path source = Files.writeString(folder.resolve("CachedDriver.java"), CACHED_DRIVER);

    String prepared = ray("prepare", "--driver-cache", copy.toString());

    assertThat(prepared).isEmpty();
    assertThat(copy).isNotEmptyFile();
    try (Stream<Path> caches = Files.list(CACHE_HOME.resolve("rayakka"))) {
      assertThat(caches.map(file -> file.getFileName().toString().replaceFirst("-\\w+", "-")))
          .containsExactlyInAnyOrder("driver-.aot", "node-.aot", "node-.jar", "worker-.aot");
    }
    assertThat(ray("run", source.toString()).lines())
        .containsExactly("driver true", "node true", "patch true", "worker true");
  }

  /// Runs the command from jars alone; returns what it printed.
  private String ray(String... arguments) throws IOException, InterruptedException {
    List<Path> jars =
        RuntimeClassPath.entries(System.getProperty("java.class.path")).stream()
            .filter(Files::isRegularFile)
            .toList();
    List<String> command =
        JavaCommand.prefix(
            0, 0, List.of("-cp", RuntimeClassPath.join(jars), RayCommand.class.getName()));
    command.addAll(List.of(arguments));
    File output = folder.resolve("output").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
    builder.environment().put("XDG_CACHE_HOME", CACHE_HOME.toString());
    Process process = builder.start();
    int status = process.waitFor();
    String printed = Files.readString(output.toPath(), StandardCharsets.UTF_8);
    assertThat(status).as(printed).isZero();
    return printed;
  }
}

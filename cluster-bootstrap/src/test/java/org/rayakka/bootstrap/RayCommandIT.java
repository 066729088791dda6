package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.options.InitOptions;
import org.rayakka.bootstrap.RayProcess.Ended;

/// The `ray` command as a process, as scripts/ray starts it.
@Timeout(60)
class RayCommandIT {
  @TempDir private Path folder;

  @Test
  void runsASourceFileWhoseTasksAndExitStatusAreItsOwn() throws Exception {
    Path source = folder.resolve("Squares.java");
    Files.writeString(
        source,
        """
        import org.rayakka.api.Ray;

        public class Squares {
          static int square(int number) {
            return number * number;
          }

          public static void main(String[] args) {
            Ray.init();
            int square = Ray.task(Squares::square, Integer.parseInt(args[0])).remote().get();
            System.out.println(args[1] + square);
            System.exit(7);
          }
        }
        """);

    Ended ended = ray("run", source.toString(), "12", "of  twelve: ");

    assertThat(ended.error()).isEmpty();
    assertThat(ended.output()).isEqualTo("of  twelve: 144\n");
    assertThat(ended.status()).isEqualTo(7);
    assertThat(folder.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void showsWhyASourceFileDoesNotCompile() throws Exception {
    Path source = folder.resolve("Broken.java");
    Files.writeString(source, "class Broken { int x = \"\"; }");

    Ended ended = ray("run", source.toString());

    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.error()).startsWith("ray: ").contains("Broken.java").contains("int");
    assertThat(folder.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void namesAFileThatDoesNotExistInOneLine() throws Exception {
    Ended ended = ray("run", "Missing.java");

    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.error().lines()).containsExactly("ray: Missing.java: no such file");
  }

  @Test
  void namesAnExampleThatDoesNotExist() throws Exception {
    Ended ended = ray("example", "nonesuch", "--help");

    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.error()).startsWith("ray: nonesuch: no such example");
  }

  @Test
  void explainsEachOfItsCommands() throws Exception {
    for (String command : List.of("run", "example", "list", "timeline", "version")) {
      Ended ended = ray(command, "--help");

      assertThat(ended.status()).as(command).isZero();
      assertThat(ended.output()).startsWith("Usage: ray " + command);
    }
    assertThat(ray("nonsense").status()).isEqualTo(2);
  }

  // rows 174, 183, 187
  @Test
  void looksIntoASessionThatRuns() throws Exception {
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    String before = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", temporary.toString());
    try {
      Ray.init(InitOptions.builder().setNumCpus(1).setObjectStoreMemory(32L << 20).build());
      ObjectRef<Integer> length = Ray.task(String::length, "four").remote();
      assertThat(length.get()).isEqualTo(4);
      Path trace = folder.resolve("trace.json");

      Ended nodes = ray("list", "nodes", "--format", "json");
      Ended functions = ray("list", "functions");
      Ended summary = ray("summary", "tasks");
      Ended memory = ray("memory", "--limit", "3");
      Ended timeline = ray("timeline", "--out", trace.toString());
      Ended wrong = ray("list", "nonesuch");

      assertThat(nodes.error()).isEmpty();
      assertThat(nodes.output()).startsWith("[{\"nodeId\":\"").contains("\"CPU\":1.0");
      assertThat(functions.output()).contains("functionId").contains("java.lang.String");
      assertThat(summary.output()).contains("java.lang.String.length");
      assertThat(memory.output()).contains("33554432 bytes used");
      assertThat(timeline.output()).contains(trace.toString());
      assertThat(Files.readString(trace)).contains("java.lang.String.length", "\"ph\":\"X\"");
      assertThat(wrong.status()).isEqualTo(1);
      assertThat(wrong.error()).startsWith("ray: table: 'nonesuch'");
    } finally {
      Ray.shutdown();
      System.setProperty("java.io.tmpdir", before);
    }
    assertThat(ray("list", "nodes").error()).startsWith("ray: address: auto");
  }

  private Ended ray(String... arguments) throws IOException, InterruptedException {
    return RayProcess.run(folder, List.of(arguments));
  }
}

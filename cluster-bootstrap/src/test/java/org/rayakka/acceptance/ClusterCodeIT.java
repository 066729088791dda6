package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rayakka.testkit.LocalCluster.node;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.RayException;
import org.rayakka.testkit.LocalCluster;

/// A program's code reaches the nodes that run its tasks by itself.
@Timeout(120)
class ClusterCodeIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static LocalCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = LocalCluster.start(node(1), node(1).with("there", 10), node(1).with("third", 10));
  }

  @AfterAll
  static void end() throws Exception {
    cluster.close();
  }

  @AfterEach
  void detach() {
    Ray.shutdown();
  }

  /// A folder with a class `shipped.Version`, and a resource beside it.
  private static Path version(Path folder, int number) throws IOException {
    Path source = Files.createDirectories(folder.resolve("src/shipped")).resolve("Version.java");
    Files.writeString(
        source,
        """
        package shipped;
        public final class Version {
          public static int number() { return %d; }
          public static String text() throws Exception {
            try (var in = Version.class.getResourceAsStream("/notes/text.txt")) {
              return new String(in.readAllBytes(), "UTF-8");
            }
          }
        }
        """
            .formatted(number));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Files.writeString(
        Files.createDirectories(classes.resolve("notes")).resolve("text.txt"), "größer " + number);
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", classes.toString(), source.toString());
    assertThat(status).isZero();
    return classes;
  }

  static int number() throws Exception {
    return (int) Class.forName("shipped.Version").getMethod("number").invoke(null);
  }

  static String text() throws Exception {
    return (String) Class.forName("shipped.Version").getMethod("text").invoke(null);
  }

  static List<String> classPath() {
    return List.of(System.getProperty("java.class.path").split(File.pathSeparator));
  }

  static int nested() throws Exception {
    return Ray.task(ClusterCodeIT::number).setResource("third", 1.0).remote().get(SOON);
  }

  static class Caller {
    int number() throws Exception {
      return ClusterCodeIT.number();
    }
  }

  private static int numberThere() {
    return Ray.task(ClusterCodeIT::number).setResource("there", 1.0).remote().get(SOON);
  }

  @Test
  void nothingOfTheDriversClassPathIsNeededElsewhere() {
    Ray.init(cluster.driverAt(0).build());
    Path tests = location();

    List<String> there =
        Ray.task(ClusterCodeIT::classPath).setResource("there", 1.0).remote().get(SOON);

    assertThat(there).doesNotContain(tests.toString()).anyMatch(entry -> entry.contains("/code/"));
    assertThat(Ray.task(ClusterCodeIT::classPath).remote().get(SOON)).contains(tests.toString());
  }

  private static Path location() {
    try {
      return Path.of(
          ClusterCodeIT.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void eachJobHasItsOwnVersionOfAClass(@TempDir Path folder) throws Exception {
    Path first = version(folder.resolve("first"), 1);
    Path second = version(folder.resolve("second"), 2);

    Ray.init(cluster.driverAt(0).setCodeSearchPath(List.of(first.toString())).build());
    assertThat(numberThere()).isEqualTo(1);
    assertThat(Ray.task(ClusterCodeIT::text).setResource("there", 1.0).remote().get(SOON))
        .isEqualTo("größer 1");
    // By way of a second node, which introduces the job to the third.
    assertThat(Ray.task(ClusterCodeIT::nested).setResource("there", 1.0).remote().get(SOON))
        .isEqualTo(1);
    ActorHandle<Caller> actor = Ray.actor(Caller::new).setResource("third", 1.0).remote();
    assertThat(actor.task(Caller::number).remote().get(SOON)).isEqualTo(1);
    Ray.shutdown();

    Ray.init(cluster.driverAt(0).setCodeSearchPath(List.of(second.toString())).build());
    assertThat(numberThere()).isEqualTo(2);
  }

  @Test
  void codeThatCannotBeReadFailsTheTasksThatNeedIt(@TempDir Path folder) throws Exception {
    Path classes = version(folder.resolve("only"), 3);
    Path jar = folder.resolve("broken.jar");
    Files.createSymbolicLink(jar, Path.of("/proc/self/mem"));
    Ray.init(
        cluster.driverAt(0).setCodeSearchPath(List.of(classes.toString(), jar.toString())).build());

    ObjectRef<Integer> task =
        Ray.task(ClusterCodeIT::number).setResource("there", 1.0).setMaxRetries(0).remote();

    assertThatThrownBy(() -> task.get(SOON))
        .isInstanceOf(RayException.class)
        .hasMessageContaining("class path cannot be read");
  }

  @Test
  void aFolderIsPackedAnewWhenItHasChanged(@TempDir Path folder) throws Exception {
    Path classes = version(folder.resolve("only"), 4);
    Ray.init(cluster.driverAt(0).setCodeSearchPath(List.of(classes.toString())).build());
    assertThat(numberThere()).isEqualTo(4);
    Ray.shutdown();

    assertThat(version(folder.resolve("only"), 500)).isEqualTo(classes);
    Ray.init(cluster.driverAt(0).setCodeSearchPath(List.of(classes.toString())).build());

    assertThat(numberThere()).isEqualTo(500);
  }
}

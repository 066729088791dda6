package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaySettingsTest {
  @TempDir private Path folder;

  @AfterEach
  void clearProperties() {
    System.getProperties().keySet().removeIf(key -> key.toString().startsWith("ray."));
  }

  @Test
  void leavesToTheMachineWhatNobodySet() {
    RaySettings settings = RaySettings.load(Map.of());

    assertThat(settings.address()).isEmpty();
    assertThat(settings.node().numCpus()).isEqualTo(OptionalInt.empty());
    assertThat(settings.node().numGpus()).isEmpty();
    assertThat(settings.node().stopTimeout()).isLessThan(Duration.ofSeconds(5));
    assertThat(settings.objectStoreMemory()).isEqualTo(OptionalLong.empty());
    assertThat(settings.worker().jvmOptions()).isEmpty();
  }

  @Test
  void takesAnOptionBeforeAPropertyBeforeAFile() throws IOException {
    Path file = folder.resolve("ray.conf");
    Files.writeString(
        file, "ray.node { num-cpus = 1, num-gpus = 1, num-workers = 1, resources { a = 1 } }");
    System.setProperty("ray.config-file", file.toString());
    System.setProperty("ray.node.num-cpus", "2");
    System.setProperty("ray.node.num-gpus", "2");
    System.setProperty("ray.worker.jvm-options", "[-Xint, -ea]");

    RaySettings settings = RaySettings.load(Map.of("ray.node.num-cpus", 3));

    assertThat(settings.node().numCpus()).hasValue(3);
    assertThat(settings.node().numGpus()).hasValue(2);
    assertThat(settings.node().numWorkers()).hasValue(1);
    assertThat(settings.node().resources()).isEqualTo(Map.of("a", 1.0));
    assertThat(settings.worker().jvmOptions()).containsExactly("-Xint", "-ea");
  }

  @Test
  void refusesAKeyThatItDoesNotKnowAndNamesItsNeighbours() {
    System.setProperty("ray.node.numcpus", "2");

    assertThatThrownBy(() -> RaySettings.load(Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ray.node.numcpus")
        .hasMessageContaining("system properties")
        .hasMessageContaining("num-cpus");
  }

  @Test
  void refusesAKeyOfAnUnknownSection() {
    assertThatThrownBy(() -> RaySettings.checked(ConfigFactory.parseString("ray.nodes.a = 1")))
        .hasMessageContaining("ray.nodes.a")
        .hasMessageContaining("ray.{");
  }

  @Test
  void refusesAValueWhereASectionIsAndTheReverse() {
    assertThatThrownBy(() -> RaySettings.checked(ConfigFactory.parseString("ray.node = 1")))
        .hasMessageContaining("ray.node");
    assertThatThrownBy(
            () -> RaySettings.checked(ConfigFactory.parseString("ray.address { host = a }")))
        .hasMessageContaining("ray.address.host");
  }

  @Test
  void namesTheSettingWhoseValueIsOutOfItsRange() {
    assertThatThrownBy(() -> RaySettings.load(Map.of("ray.node.num-cpus", -1)))
        .hasMessage("ray.node.num-cpus: -1 (expected: >= 0)");
    assertThatThrownBy(() -> RaySettings.load(Map.of("ray.node.resources.disk", -0.5)))
        .hasMessageContaining("ray.node.resources.disk: -0.5");
    assertThatThrownBy(() -> RaySettings.load(Map.of("ray.redis.port", 65_536)))
        .hasMessageContaining("ray.redis.port: 65536");
    assertThatThrownBy(() -> RaySettings.load(Map.of("ray.node.heap-maximum", "1 MiB")))
        .hasMessageContaining("ray.node.heap-maximum: 1048576");
    assertThatThrownBy(() -> RaySettings.load(Map.of("ray.transfer.mtu", 9_000)))
        .hasMessage(
            "ray.transfer.mtu: 9000 (expected: auto, or a multiple of 32 from 1408 to 65504)");
    assertThatThrownBy(() -> RaySettings.load(Map.of("ray.transfer.fetch-timeout", "5 s")))
        .hasMessage(
            "ray.transfer.fetch-timeout: 5000 ms"
                + " (expected: > ray.cluster.failure-timeout, 8000 ms)");
  }

  @Test
  void readsWhatItRendered() throws IOException {
    Config config =
        RaySettings.resolve(
            Map.of(
                "ray.node.resources",
                Map.of("a b.c", 0.5, "many", Double.POSITIVE_INFINITY),
                "ray.node.jvm-options",
                List.of("-Da=b c"),
                "ray.object-store.memory",
                123L));
    Path file = folder.resolve("settings.conf");

    Files.writeString(file, RaySettings.render(config));

    RaySettings settings = RaySettings.of(RaySettings.read(file.toFile()));
    assertThat(settings).isEqualTo(RaySettings.of(config));
    assertThat(settings.node().resources())
        .isEqualTo(Map.of("a b.c", 0.5, "many", Double.POSITIVE_INFINITY));
    assertThat(settings.objectStoreMemory()).hasValue(123L);
  }

  @Test
  void everyExampleInConfSetsOnlyWhatExists() throws IOException {
    Path conf = Path.of(System.getProperty("user.dir")).resolveSibling("conf");
    try (Stream<Path> files = Files.list(conf)) {
      List<Path> examples =
          files.filter(file -> file.toString().endsWith(".conf")).sorted().toList();
      assertThat(examples).hasSizeGreaterThanOrEqualTo(3);
      for (Path example : examples) {
        assertThat(RaySettings.of(RaySettings.read(example.toFile())))
            .as(example.toString())
            .isNotNull();
      }
    }
  }
}

package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// The manifests of conf/kubernetes, as far as that goes without a cluster of Kubernetes.
class KubernetesTest {
  @TempDir Path folder;

  private static List<Map<?, ?>> ofKind(String kind) throws IOException {
    Path file =
        Path.of(System.getProperty("user.dir")).resolveSibling("conf/kubernetes/rayakka.yaml");
    List<Map<?, ?>> manifests = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(file)) {
      for (Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(reader)) {
        if (document instanceof Map<?, ?> manifest && kind.equals(manifest.get("kind"))) {
          manifests.add(manifest);
        }
      }
    }
    return manifests;
  }

  private static Object at(Object in, Object... path) {
    Object value = in;
    for (Object step : path) {
      Object next =
          step instanceof Integer index
              ? ((List<?>) value).get(index)
              : ((Map<?, ?>) value).get(step);
      value = Objects.requireNonNull(next, () -> step + " of " + in);
    }
    return value;
  }

  private static Map<?, ?> files() throws IOException {
    return (Map<?, ?>) at(ofKind("ConfigMap").getFirst(), "data");
  }

  @Test
  void theirSettingsExist() throws IOException {
    assertThat(files().keySet()).map(String::valueOf).containsExactly("head.conf", "node.conf");
    for (Map.Entry<?, ?> file : files().entrySet()) {
      Path written =
          Files.writeString(
              folder.resolve(String.valueOf(file.getKey())), String.valueOf(file.getValue()));
      RaySettings settings = RaySettings.of(RaySettings.read(written.toFile()));
      assertThat(settings.cluster().bootstrap()).isTrue();
      assertThat(settings.akka().getInt("management.http.port")).isEqualTo(8558);
    }
  }

  @Test
  void theirCommandsCanBeParsed() throws IOException {
    List<Map<?, ?>> sets = ofKind("StatefulSet");
    assertThat(sets).hasSize(2);
    for (Map<?, ?> set : sets) {
      List<String> command =
          ((List<?>) at(set, "spec", "template", "spec", "containers", 0, "command"))
              .stream().map(String::valueOf).toList();
      assertThat(command.getFirst()).endsWith("/scripts/ray");
      var parsed =
          RayCommand.commandLine()
              .parseArgs(command.subList(1, command.size()).toArray(String[]::new));
      assertThat(parsed.subcommand().hasMatchedOption("--block")).isTrue();
    }
  }

  @Test
  void theNodesLookForTheServiceOfTheHead() throws IOException {
    Map<?, ?> service = ofKind("Service").getFirst();
    Map<?, ?> head = ofKind("StatefulSet").getFirst();

    assertThat(
            ConfigFactory.parseString(String.valueOf(at(files(), "node.conf")))
                .getString(
                    "ray.akka.management.cluster.bootstrap.contact-point-discovery.service-name"))
        .isEqualTo(at(service, "metadata", "name"));
    assertThat(at(service, "spec", "selector"))
        .isEqualTo(at(head, "spec", "template", "metadata", "labels"));
  }
}

package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuntimeClassPathTest {
  @Test
  void givesWorkersNeitherAkkaNorRedis() {
    RuntimeClassPath found = RuntimeClassPath.find();

    assertThat(names(found.node()))
        .anyMatch(name -> name.startsWith("akka-cluster-typed"))
        .anyMatch(name -> name.startsWith("jedis"))
        .anyMatch(name -> name.startsWith("agrona"));
    assertThat(names(found.worker()))
        .noneMatch(name -> name.startsWith("akka"))
        .noneMatch(name -> name.startsWith("scala"))
        .noneMatch(name -> name.startsWith("jedis"))
        .anyMatch(name -> name.startsWith("fory"))
        .anyMatch(name -> name.startsWith("flatbuffers"))
        .anyMatch(name -> name.startsWith("agrona"));
  }

  @Test
  void givesNeitherTheTestsOwnLibraries() {
    RuntimeClassPath found = RuntimeClassPath.find();

    assertThat(names(found.node())).noneMatch(name -> name.startsWith("assertj"));
    assertThat(names(found.worker())).noneMatch(name -> name.startsWith("junit"));
  }

  private static List<String> names(List<Path> entries) {
    return entries.stream().map(entry -> entry.getFileName().toString()).toList();
  }
}

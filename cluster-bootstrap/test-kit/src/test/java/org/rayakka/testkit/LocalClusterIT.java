package org.rayakka.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rayakka.testkit.LocalCluster.PATIENCE;
import static org.rayakka.testkit.LocalCluster.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.Ray;
import org.rayakka.node.control.NodeRow;

/// Several nodes on one machine.
@Timeout(180)
class LocalClusterIT {
  /// So many numbers are too many for a message.
  private static final int LARGE = 40_000;

  private static final long POLL_NANOS = 10_000_000;

  @AfterEach
  void detach() {
    Ray.shutdown();
  }

  static int square(int x) {
    return x * x;
  }

  static double[] zeros() {
    return new double[LARGE];
  }

  private static List<Path> driversOf(long pid) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/dev/shm"))) {
      return all.filter(
              path -> path.getFileName().toString().startsWith("rayakka-aeron-" + pid + "-"))
          .toList();
    }
  }

  @Test
  void losesANodeAndTakesInAnother() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(node(2), node(1).with("special", 1))) {
      Ray.init(cluster.driverAt(0).build());
      assertThat(Ray.task(LocalClusterIT::square, 7).remote().get()).isEqualTo(49);
      assertThat(cluster.members())
          .extracting(NodeRow::host)
          .containsExactly("127.0.0.1", "127.0.0.2");

      assertThatThrownBy(() -> cluster.partition(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("startPartitionable");

      double[] large = Ray.task(LocalClusterIT::zeros).setResource("special", 1).remote().get();
      assertThat(large).hasSize(LARGE);
      long killed = cluster.process(1).handle().pid();
      assertThat(driversOf(killed)).hasSize(1);
      cluster.kill(1);
      cluster.awaitMembers(1, PATIENCE);
      // As soon as its end was noticed here; the cluster takes longer.
      while (!driversOf(killed).isEmpty()) {
        LockSupport.parkNanos(POLL_NANOS);
      }
      int added = cluster.add(node(1));

      assertThat(cluster.members())
          .extracting(NodeRow::host)
          .containsExactly(cluster.ip(0), cluster.ip(added));
    }
  }
}

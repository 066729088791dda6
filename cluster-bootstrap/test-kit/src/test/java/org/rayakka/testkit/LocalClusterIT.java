package org.rayakka.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rayakka.testkit.LocalCluster.PATIENCE;
import static org.rayakka.testkit.LocalCluster.node;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.Ray;
import org.rayakka.node.control.NodeRow;

/// Several nodes on one machine.
@Timeout(180)
class LocalClusterIT {
  @AfterEach
  void detach() {
    Ray.shutdown();
  }

  static int square(int x) {
    return x * x;
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

      cluster.kill(1);
      cluster.awaitMembers(1, PATIENCE);
      int added = cluster.add(node(1));

      assertThat(cluster.members())
          .extracting(NodeRow::host)
          .containsExactly(cluster.ip(0), cluster.ip(added));
    }
  }
}

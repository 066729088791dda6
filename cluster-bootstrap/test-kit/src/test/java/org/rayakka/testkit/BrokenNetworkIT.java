package org.rayakka.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rayakka.testkit.LocalCluster.PATIENCE;
import static org.rayakka.testkit.LocalCluster.node;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;

/// Nodes whose network breaks.
@Timeout(180)
class BrokenNetworkIT {
  @AfterEach
  void detach() {
    Ray.shutdown();
  }

  static int squareLater(int x) throws InterruptedException {
    Thread.sleep(500);
    return x * x;
  }

  private static List<ObjectRef<Integer>> squaresThere() {
    List<ObjectRef<Integer>> squares = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      squares.add(Ray.task(BrokenNetworkIT::squareLater, i).setResource("special", 1.0).remote());
    }
    return squares;
  }

  @Test
  void outlivesABrokenNetwork() throws Exception {
    try (LocalCluster cluster =
        LocalCluster.startPartitionable(node(1), node(1).with("special", 1))) {
      Ray.init(cluster.driverAt(0).build());
      assertThat(Ray.get(squaresThere())).containsExactly(0, 1, 4, 9);

      // Broken for less than the failure timeout: late, but nothing is lost.
      List<ObjectRef<Integer>> squares = squaresThere();
      cluster.partition(1);
      assertThat(Ray.wait(squares, 4, 1_000).getReady()).hasSizeLessThan(4);
      cluster.heal();
      assertThat(Ray.get(squares, PATIENCE)).containsExactly(0, 1, 4, 9);

      // Broken for longer: the other side ends, and what ran there runs again.
      cluster.add(node(1).with("special", 1));
      squares = squaresThere();
      cluster.partition(1);
      assertThat(cluster.process(1).handle().onExit()).succeedsWithin(PATIENCE);
      cluster.awaitMembers(2, PATIENCE);
      assertThat(Ray.get(squares, PATIENCE)).containsExactly(0, 1, 4, 9);

      // Broken between the head and one node only: the head stays, and so does who reaches it.
      int last = cluster.add(node(1).with("special", 1));
      squares = squaresThere();
      cluster.disconnect(0, last);
      assertThat(cluster.process(last).handle().onExit()).succeedsWithin(PATIENCE);
      cluster.awaitMembers(2, PATIENCE);
      assertThat(Ray.get(squares, PATIENCE)).containsExactly(0, 1, 4, 9);
    }
  }
}

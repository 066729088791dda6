package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rayakka.testkit.LocalCluster.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.WaitResult;
import org.rayakka.api.options.SchedulingStrategy;
import org.rayakka.testkit.LocalCluster;

/// Of four nodes three die one after the other while tasks run and actors are called: what Ray's
/// component failure and reconstruction tests do, at once.
@Timeout(300)
class ClusterFailuresIT {
  private static final int WIDTH = 32;
  private static final int ACTORS = 4;
  private static final int CALLS = 10;

  /// Too large to travel with the word that a task ended: it is lost with its node.
  private static final int SIZE = 20_000;

  private static LocalCluster cluster;
  private static final List<ObjectRef<double[]>> layers = new ArrayList<>();
  private static final List<ObjectRef<double[]>> sums = new ArrayList<>();
  private static final List<List<ObjectRef<Integer>>> counts = new ArrayList<>();

  @BeforeAll
  static void loseThreeOfFourNodes() throws Exception {
    cluster = LocalCluster.start(node(2), node(2), node(2), node(2));
    Ray.init(cluster.driverAt(0).build());
    List<ActorHandle<Counter>> counters = new ArrayList<>();
    for (int i = 0; i < ACTORS; i++) {
      counters.add(
          Ray.actor(Counter::new)
              .setSchedulingStrategy(SchedulingStrategy.SPREAD)
              .setDurable(5)
              .setMaxRestarts(-1)
              .setMaxTaskRetries(-1)
              .remote());
      counts.add(new ArrayList<>());
    }
    submitSums();
    submitLayers();
    for (int lost = 1; lost <= 3; lost++) {
      call(counters);
      int done = lost * WIDTH / 2;
      WaitResult<double[]> progress = Ray.wait(layers, done, 120_000);
      assertThat(progress.getReady()).as("tasks done before node %d dies", lost).hasSize(done);
      cluster.kill(lost);
    }
    call(counters);
  }

  /// Each depends on the three before it.
  private static void submitSums() {
    for (int i = 0; i < 3; i++) {
      sums.add(spread(i));
    }
    for (int i = 3; i < 20; i++) {
      sums.add(
          Ray.task(ClusterFailuresIT::sum, sums.get(i - 3), sums.get(i - 2), sums.get(i - 1))
              .setSchedulingStrategy(SchedulingStrategy.SPREAD)
              .remote());
    }
  }

  /// 32, 32 and 64 tasks, each layer of what the one before made.
  private static void submitLayers() {
    for (int i = 0; i < WIDTH; i++) {
      layers.add(spread(i));
    }
    for (int i = 0; i < WIDTH; i++) {
      layers.add(afterAll(layers.get(i)));
    }
    for (int i = 0; i < 2 * WIDTH; i++) {
      layers.add(afterAll(layers.get(i)));
    }
  }

  private static ObjectRef<double[]> spread(int value) {
    return Ray.task(ClusterFailuresIT::slowly, (double) value)
        .setSchedulingStrategy(SchedulingStrategy.SPREAD)
        .remote();
  }

  private static ObjectRef<double[]> afterAll(ObjectRef<double[]> before) {
    return Ray.task(ClusterFailuresIT::slowlyAgain, before)
        .setSchedulingStrategy(SchedulingStrategy.SPREAD)
        .remote();
  }

  private static void call(List<ActorHandle<Counter>> counters) {
    for (int i = 0; i < counters.size(); i++) {
      for (int j = 0; j < CALLS; j++) {
        counts.get(i).add(counters.get(i).task(Counter::increment).remote());
      }
    }
  }

  @AfterAll
  static void end() throws Exception {
    Ray.shutdown();
    cluster.close();
  }

  private static double[] filled(double value) {
    double[] array = new double[SIZE];
    Arrays.fill(array, value);
    return array;
  }

  static double[] slowly(double value) throws InterruptedException {
    Cluster.work(200);
    return filled(value);
  }

  static double[] slowlyAgain(double[] before) throws InterruptedException {
    Cluster.work(200);
    return before;
  }

  static double[] sum(double[] a, double[] b, double[] c) {
    return filled((a[0] + b[0] + c[0]) / 2);
  }

  static class Counter {
    private int value;

    int increment() {
      return ++value;
    }
  }

  @Test
  void tasksRunElsewhereAndTheirResultsAreMadeAgain() {
    for (int i = 0; i < layers.size(); i++) {
      assertThat(Ray.get(layers.get(i), Duration.ofMinutes(2))[SIZE - 1])
          .as("task %d", i)
          .isEqualTo(i % WIDTH);
    }
  }

  @Test
  void whatManyResultsWereMadeOfIsMadeAgain() {
    double[] expected = new double[sums.size()];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = i < 3 ? i : (expected[i - 3] + expected[i - 2] + expected[i - 1]) / 2;
    }
    for (int i = sums.size() - 1; i >= 0; i--) {
      assertThat(Ray.get(sums.get(i), Duration.ofMinutes(2))[0])
          .as("sum %d", i)
          .isEqualTo(expected[i]);
    }
  }

  @Test
  void durableActorsCountOn() {
    for (List<ObjectRef<Integer>> results : counts) {
      assertThat(Ray.get(results, Duration.ofMinutes(2)))
          .isEqualTo(Cluster.range(1, 1 + 4 * CALLS));
    }
  }
}

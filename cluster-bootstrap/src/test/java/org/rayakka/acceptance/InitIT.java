package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.AddressInfo;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.RayAlreadyInitializedException;
import org.rayakka.api.exception.RayNotInitializedException;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.options.DriverMode;
import org.rayakka.api.options.InitOptions;
import org.rayakka.api.runtimecontext.NodeInfo;

/// Starting and ending: each test has a cluster of its own.
@Timeout(60)
class InitIT {
  @AfterEach
  void stop() {
    Ray.shutdown();
  }

  static class Counter {
    private int value;

    int add(int delta) {
      value += delta;
      return value;
    }
  }

  static int increment(int x) {
    return x + 1;
  }

  static long pid() {
    return Cluster.pid();
  }

  static double[] setFirst(double[] values) {
    values[0] = 1;
    return values;
  }

  // row 33
  @Test
  void runsOnTwentyRedisShards() {
    AddressInfo info = Ray.init(Cluster.options(2).setNumRedisShards(20).build());

    assertThat(info.redisShardAddresses()).hasSize(20).doesNotHaveDuplicates();
    List<ObjectRef<Integer>> results = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      results.add(Ray.task(InitIT::increment, i).remote());
    }
    assertThat(Ray.get(results)).isEqualTo(Cluster.range(1, 1_001));
    ActorHandle<Counter> counter = Ray.actor(Counter::new).remote();
    assertThat(counter.task(Counter::add, Ray.put(3)).remote().get()).isEqualTo(3);
    assertThat(Ray.state().objects()).isNotEmpty();
  }

  // row 26
  @Test
  void takesTheSeedOfIdsFromTheSettings() {
    System.setProperty("ray.object-id-seed", "77");
    try {
      Cluster.start(1);
      ObjectRef<Integer> first = Ray.put(1);
      Ray.shutdown();
      Cluster.start(1);
      assertThat(Ray.put(1).getId()).isEqualTo(first.getId());
    } finally {
      System.clearProperty("ray.object-id-seed");
    }
  }

  // rows 13, 16, 34
  @Test
  void startsEverythingWithTheMachinesCpusAndNoGpus() {
    AddressInfo info = Ray.init();
    NodeInfo node = Ray.getRuntimeContext().getAllNodeInfo().getFirst();

    assertThat(Ray.isInitialized()).isTrue();
    assertThat(Ray.task(InitIT::increment, 1).remote().get()).isEqualTo(2);
    assertThat(info.redisAddress()).matches("127\\.0\\.0\\.1:\\d+");
    assertThat(info.redisShardAddresses()).isEmpty();
    assertThat(node.resources())
        .containsEntry("CPU", (double) Runtime.getRuntime().availableProcessors());
    assertThat(node.resources().getOrDefault("GPU", 0.0)).isZero();
  }

  // rows 14, 25
  @Test
  void endsAllThatItStarted() throws Exception {
    List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
    Cluster.start(2);
    Ray.task(InitIT::pid).remote().get();
    List<ProcessHandle> started = new ArrayList<>(ProcessHandle.current().descendants().toList());
    started.removeAll(before);
    assertThat(started).hasSizeGreaterThanOrEqualTo(3); // The node, Redis, a worker.

    Ray.shutdown();

    Await.until(
        "the end of " + started,
        Duration.ofSeconds(5),
        () -> started.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(Ray.isInitialized()).isFalse();
  }

  // rows 36, 37
  @Test
  void saysThatItWasInitialisedTwiceOrNotAtAll() {
    assertThatThrownBy(() -> Ray.put(1))
        .isInstanceOf(RayNotInitializedException.class)
        .hasMessageContaining("Ray.init()");
    Cluster.start(1);
    assertThatThrownBy(() -> Cluster.start(1))
        .isInstanceOf(RayAlreadyInitializedException.class)
        .hasMessageContaining("twice");
  }

  // row 26
  @Test
  void namesObjectsTheSameWayWithTheSameSeed() {
    List<ObjectId> first = ids(7);
    List<ObjectId> second = ids(7);
    List<ObjectId> other = ids(8);

    assertThat(second).isEqualTo(first);
    assertThat(other).doesNotContainAnyElementsOf(first);
  }

  private static List<ObjectId> ids(long seed) {
    Ray.init(Cluster.options(1).setObjectIdSeed(seed).build());
    try {
      return List.of(
          Ray.put("x").getId(),
          Ray.task(InitIT::increment, 1).remote().getId(),
          Ray.task(InitIT::increment, 2).remote().getId());
    } finally {
      Ray.shutdown();
    }
  }

  // row 27
  @Test
  void startsWorkersOnDemand() {
    Ray.init(Cluster.options(2).setNumWorkers(0).build());
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      refs.add(Ray.task(InitIT::increment, i).remote());
    }

    assertThat(Ray.get(refs)).isEqualTo(Cluster.range(1, 101));
  }

  // row 30
  @Test
  void runsEverythingHereInTheLocalMode() {
    Ray.init(InitOptions.builder().setDriverMode(DriverMode.LOCAL).build());
    double[] mine = {0, 0};
    ActorHandle<Counter> counter = Ray.actor(Counter::new).remote();

    assertThat(Ray.task(InitIT::pid).remote().get()).isEqualTo(Cluster.pid());
    assertThat(Ray.task(InitIT::setFirst, mine).remote().get()).containsExactly(1, 0);
    assertThat(mine).containsExactly(0, 0);
    assertThat(counter.task(Counter::add, 2).remote().get()).isEqualTo(2);
    assertThat(ProcessHandle.current().children()).isEmpty();
  }
}

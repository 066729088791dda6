package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rayakka.testkit.LocalCluster.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.RayActorException;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.exception.TaskCancelledException;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.options.ActorLifetime;
import org.rayakka.testkit.LocalCluster;

/// Actors of one program that live on several nodes, and calls from everywhere.
@Timeout(180)
class ClusterActorsIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static LocalCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster =
        LocalCluster.start(
            node(1).with("first", 10), node(2).with("second", 10), node(1).with("third", 10));
  }

  @AfterAll
  static void end() throws Exception {
    cluster.close();
  }

  @BeforeEach
  void attach() {
    Ray.init(cluster.driverAt(0).build());
  }

  @AfterEach
  void detach() {
    Ray.shutdown();
  }

  static class Counter {
    private final List<Integer> added = new ArrayList<>();
    private int value;

    Counter(int start) {
      if (start < 0) {
        throw new IllegalArgumentException("start: " + start);
      }
      value = start;
    }

    int add(int delta) {
      added.add(delta);
      value += delta;
      return value;
    }

    List<Integer> added() {
      return added;
    }

    NodeId where() {
      return Ray.getRuntimeContext().getCurrentNodeId();
    }

    boolean restarted() {
      return Ray.getRuntimeContext().wasCurrentActorRestarted();
    }

    long sum(byte[] bytes) {
      return ClusterTasksIT.sum(bytes);
    }

    byte[] large(int fill) {
      return ClusterTasksIT.large(fill);
    }

    int fail(String message) {
      throw new IllegalStateException(message);
    }

    long sleep(long millis) throws InterruptedException {
      return Cluster.work(millis);
    }
  }

  private static ActorHandle<Counter> counterOn(String resource) {
    return Ray.actor(Counter::new, 0).setResource(resource, 1.0).remote();
  }

  private static NodeId on(String resource) {
    return Ray.task(ClusterTasksIT::where).setResource(resource, 1.0).remote().get();
  }

  static int addManyFrom(ActorHandle<Counter> counter, int from, int to) {
    ObjectRef<Integer> last = counter.task(Counter::add, from).remote();
    for (int i = from + 1; i < to; i++) {
      last = counter.task(Counter::add, i).remote();
    }
    return last.get();
  }

  // row 112
  @Test
  void anActorLivesWhereItsResourcesAre() {
    for (String resource : List.of("first", "second", "third")) {
      ActorHandle<Counter> counter = counterOn(resource);

      assertThat(counter.task(Counter::where).remote().get()).isEqualTo(on(resource));
      assertThat(counter.task(Counter::add, 3).remote().get()).isEqualTo(3);
      assertThat(counter.task(Counter::add, 4).remote().get()).isEqualTo(7);
    }
  }

  @Test
  void callsThroughOneHandleKeepTheirOrderFromTheVeryFirst() {
    ActorHandle<Counter> counter = counterOn("third");
    for (int i = 0; i < 1_000; i++) {
      counter.task(Counter::add, i).remote();
    }

    assertThat(counter.task(Counter::added).remote().get()).isEqualTo(Cluster.range(0, 1_000));
  }

  @Test
  void largeArgumentsAndResultsTravel() {
    ActorHandle<Counter> counter = counterOn("second");
    ObjectRef<byte[]> large = Ray.put(ClusterTasksIT.large(1));

    assertThat(counter.task(Counter::sum, large).remote().get()).isEqualTo(3 << 20);
    assertThat(counter.task(Counter::large, 2).remote().get()).isEqualTo(ClusterTasksIT.large(2));
    ObjectRef<byte[]> made = counter.task(Counter::large, 1).remote();
    assertThat(counterOn("third").task(Counter::sum, made).remote().get()).isEqualTo(3 << 20);
  }

  @Test
  void aHandleWorksOnEveryNode() {
    ActorHandle<Counter> counter = counterOn("second");
    for (String resource : List.of("third", "first", "second")) {
      Ray.task(ClusterActorsIT::addManyFrom, counter, 0, 50)
          .setResource(resource, 1.0)
          .remote()
          .get();
    }

    List<Integer> added = counter.task(Counter::added).remote().get();

    assertThat(added).hasSize(150);
    assertThat(added.subList(0, 50)).isEqualTo(Cluster.range(0, 50));
    assertThat(added.subList(50, 100)).isEqualTo(Cluster.range(0, 50));
  }

  @Test
  void anActorOfThisNodeIsCalledFromOthers() {
    ActorHandle<Counter> counter = counterOn("first");

    Ray.task(ClusterActorsIT::addManyFrom, counter, 0, 20).setResource("third", 1.0).remote().get();

    assertThat(counter.task(Counter::added).remote().get()).isEqualTo(Cluster.range(0, 20));
  }

  @Test
  void actorsAreSpreadOverTheNodes() {
    List<ObjectRef<NodeId>> places = new ArrayList<>();
    List<ActorHandle<Counter>> counters = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      ActorHandle<Counter> counter = Ray.actor(Counter::new, 0).setNumCpus(0).remote();
      counters.add(counter);
      places.add(counter.task(Counter::where).remote());
    }

    assertThat(
            Ray.get(places).stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .values())
        .hasSize(3)
        .allMatch(count -> count >= 2);
    assertThat(counters).hasSize(12);
  }

  @Test
  void namedActorsAreFoundFromEveryNodeAndTheirNamesAreUnique() {
    Ray.shutdown();
    Ray.init(cluster.driverAt(0).setNamespace("shared").build());
    ActorHandle<Counter> counter =
        Ray.actor(Counter::new, 5)
            .setResource("second", 1.0)
            .setName("counter")
            .setLifetime(ActorLifetime.DETACHED)
            .remote();
    NodeId where = counter.task(Counter::where).remote().get();
    Ray.shutdown();
    Ray.init(cluster.driverAt(2).setNamespace("shared").build());

    Optional<ActorHandle<Counter>> found = Ray.getActor("counter");

    assertThat(found).isPresent();
    assertThat(found.get().task(Counter::where).remote().get()).isEqualTo(where);
    assertThat(found.get().task(Counter::add, 1).remote().get()).isEqualTo(6);
    assertThatThrownBy(() -> Ray.actor(Counter::new, 0).setName("counter").remote())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("counter");
    assertThat(Ray.getActor("nobody")).isEmpty();
    found.get().kill();
    assertThatThrownBy(() -> found.get().task(Counter::add, 1).remote().get())
        .isInstanceOf(RayActorException.class);
  }

  @Test
  void failuresOfConstructorsAndCallsComeBack() {
    ActorHandle<Counter> broken = Ray.actor(Counter::new, -1).setResource("third", 1.0).remote();
    assertThatThrownBy(() -> broken.task(Counter::add, 1).remote().get())
        .isInstanceOf(RayException.class)
        .hasMessageContaining("start: -1");
    ActorHandle<Counter> counter = counterOn("third");
    assertThatThrownBy(() -> counter.task(Counter::fail, "as told").remote().get())
        .isInstanceOf(RayTaskException.class)
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("as told");
    ActorHandle<Counter> nowhere = counterOn("fourth");
    assertThatThrownBy(() -> nowhere.task(Counter::add, 1).remote().get())
        .isInstanceOf(RayException.class)
        .hasMessageContaining("fourth");
  }

  @Test
  void aCallOnAnotherNodeIsCancelled() {
    ActorHandle<Counter> counter = counterOn("second");
    counter.task(Counter::add, 1).remote().get();
    ObjectRef<Long> sleeping = counter.task(Counter::sleep, 60_000L).remote();
    ObjectRef<Integer> behind = counter.task(Counter::add, 1).remote();

    Ray.cancel(sleeping);

    assertThatThrownBy(sleeping::get).isInstanceOf(TaskCancelledException.class);
    assertThat(behind.get()).isEqualTo(2);
  }

  @Test
  void anActorThatWasKilledAnswersNoMore() {
    ActorHandle<Counter> counter = counterOn("second");
    counter.task(Counter::add, 1).remote().get();

    counter.kill();

    assertThatThrownBy(() -> counter.task(Counter::add, 1).remote().get())
        .isInstanceOf(RayActorException.class)
        .hasMessageContaining("kill");
  }

  @Test
  void actorsOfALostNodeRestartElsewhereWhereAllowed() throws Exception {
    int lost = cluster.add(node(1).with("fifth", 2));
    ActorHandle<Counter> restarting =
        Ray.actor(Counter::new, 10).setResource("fifth", 1.0).setMaxRestarts(1).remote();
    ActorHandle<Counter> mortal = counterOn("fifth");
    NodeId where = restarting.task(Counter::where).remote().get();
    assertThat(mortal.task(Counter::where).remote().get()).isEqualTo(where);
    assertThat(restarting.task(Counter::restarted).remote().get()).isFalse();
    ObjectRef<Long> cut = restarting.task(Counter::sleep, 600_000L).remote();
    int left = cluster.add(node(1).with("fifth", 2));

    cluster.kill(lost);

    assertThatThrownBy(cut::get).isInstanceOf(RayActorException.class);
    assertThat(restarting.task(Counter::where).remote().get()).isNotEqualTo(where);
    assertThat(restarting.task(Counter::add, 1).remote().get()).isEqualTo(11);
    assertThat(restarting.task(Counter::restarted).remote().get()).isTrue();
    assertThatThrownBy(() -> mortal.task(Counter::add, 1).remote().get())
        .isInstanceOf(RayActorException.class)
        .hasMessageContaining(where.toString());
    cluster.process(left).close();
  }

  @Test
  void theActorsOfAJobEndWithItsDriverOnEveryNode() throws Exception {
    counterOn("second").task(Counter::where).remote().get();
    counterOn("third").task(Counter::where).remote().get();
    Ray.shutdown();

    for (int node = 0; node < 3; node++) {
      ProcessHandle process = cluster.process(node).handle();
      Await.until(
          "no worker of node " + node + " is left",
          SOON,
          () -> process.children().noneMatch(ClusterTasksIT::isWorker));
    }
  }
}

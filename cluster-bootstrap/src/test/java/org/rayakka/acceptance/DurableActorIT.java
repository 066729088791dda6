package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rayakka.testkit.LocalCluster.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.AddressInfo;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.RayActorException;
import org.rayakka.api.id.NodeId;
import org.rayakka.testkit.LocalCluster;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/// Actors whose calls and state are kept: they have their state back after their process died, or
/// their node was lost.
@Timeout(120)
class DurableActorIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static LocalCluster cluster;
  private static Jedis redis;

  @BeforeAll
  static void start() throws Exception {
    cluster = LocalCluster.start(node(2));
    AddressInfo info = Ray.init(cluster.driverAt(0).build());
    HostAndPort server = HostAndPort.from(info.redisAddress());
    redis =
        new Jedis(
            server, DefaultJedisClientConfig.builder().password(password(info, server)).build());
  }

  private static String password(AddressInfo info, HostAndPort server) throws IOException {
    Path configuration = Path.of(info.sessionDirectory(), "redis-" + server.getPort() + ".conf");
    return Files.readAllLines(configuration).stream()
        .filter(line -> line.startsWith("requirepass "))
        .map(line -> line.substring("requirepass ".length()))
        .findFirst()
        .orElseThrow();
  }

  @AfterAll
  static void end() throws Exception {
    redis.close();
    Ray.shutdown();
    cluster.close();
  }

  /// Remembers what it was told.
  static class Ledger {
    private final List<Integer> entries = new ArrayList<>();
    private transient int calls;

    int add(int entry) {
      calls++;
      entries.add(entry);
      return entries.size();
    }

    int addAll(int[] several) {
      for (int entry : several) {
        entries.add(entry);
      }
      return entries.size();
    }

    /// Adds, and dies behind it the first time.
    int addThenDie(int entry, String marker) throws IOException {
      int size = add(entry);
      if (!Files.exists(Path.of(marker))) {
        Files.createFile(Path.of(marker));
        Runtime.getRuntime().halt(-1);
      }
      return size;
    }

    int addThenFail(int entry) {
      add(entry);
      throw new IllegalStateException("after " + entry);
    }

    List<Integer> entries() {
      return entries;
    }

    int calls() {
      return calls;
    }

    long pid() {
      return Cluster.pid();
    }

    boolean restarted() {
      return Ray.getRuntimeContext().wasCurrentActorRestarted();
    }

    NodeId where() {
      return Ray.getRuntimeContext().getCurrentNodeId();
    }

    static Ledger startingWith(int entry) {
      Ledger ledger = new Ledger();
      ledger.add(entry);
      return ledger;
    }
  }

  /// Cannot be saved.
  static class Threaded {
    final Thread thread = Thread.currentThread();

    int call() {
      return 1;
    }
  }

  private static void killProcess(ActorHandle<Ledger> ledger) throws Exception {
    long pid = ledger.task(Ledger::pid).remote().get(SOON);
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    Await.until(
        "an answer of the restarted actor",
        SOON,
        () -> {
          try {
            return ledger.task(Ledger::pid).remote().get(SOON) != pid;
          } catch (RayActorException restarting) {
            return false;
          }
        });
  }

  private static List<Integer> entries(ActorHandle<Ledger> ledger) {
    return ledger.task(Ledger::entries).remote().get(SOON);
  }

  @Test
  void aRestartedActorHasItsStateBack() throws Exception {
    ActorHandle<Ledger> ledger =
        Ray.actor(Ledger::startingWith, -1).setDurable(10).setMaxRestarts(-1).remote();
    List<ObjectRef<Integer>> sizes = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      sizes.add(ledger.task(Ledger::add, i).remote());
    }
    assertThat(Ray.get(sizes)).isEqualTo(Cluster.range(2, 27));

    killProcess(ledger);

    assertThat(entries(ledger)).isEqualTo(Cluster.range(-1, 25));
    assertThat(ledger.task(Ledger::restarted).remote().get(SOON)).isTrue();
    killProcess(ledger);
    assertThat(ledger.task(Ledger::add, 25).remote().get(SOON)).isEqualTo(27);
  }

  @Test
  void manyCallsAreKeptInOrder() throws Exception {
    ActorHandle<Ledger> ledger = Ray.actor(Ledger::new).setDurable().setMaxRestarts(1).remote();
    List<ObjectRef<Integer>> sizes = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      sizes.add(ledger.task(Ledger::add, i).remote());
    }
    assertThat(Ray.get(sizes)).isEqualTo(Cluster.range(1, 5_001));

    killProcess(ledger);

    assertThat(entries(ledger)).isEqualTo(Cluster.range(0, 5_000));
    // Only what came behind the last snapshot ran again.
    assertThat(ledger.task(Ledger::calls).remote().get(SOON)).isLessThan(1_000);
  }

  @Test
  void aCallThatFailedHasLeftNothing(@TempDir Path folder) throws Exception {
    ActorHandle<Ledger> ledger = Ray.actor(Ledger::new).setDurable(100).setMaxRestarts(1).remote();
    ledger.task(Ledger::add, 1).remote().get(SOON);

    ObjectRef<Integer> cut =
        ledger.task(Ledger::addThenDie, 2, folder.resolve("died").toString()).remote();

    assertThatThrownBy(() -> cut.get(SOON)).isInstanceOf(RayActorException.class);
    assertThat(ledger.task(Ledger::add, 3).remote().get(SOON)).isEqualTo(2);
    assertThat(entries(ledger)).containsExactly(1, 3);
  }

  @Test
  void aCallThatIsRepeatedIsDoneOnce(@TempDir Path folder) throws Exception {
    ActorHandle<Ledger> ledger =
        Ray.actor(Ledger::new).setDurable(100).setMaxRestarts(1).setMaxTaskRetries(1).remote();
    ledger.task(Ledger::add, 1).remote().get(SOON);

    ObjectRef<Integer> repeated =
        ledger.task(Ledger::addThenDie, 2, folder.resolve("died").toString()).remote();
    ObjectRef<Integer> behind = ledger.task(Ledger::add, 3).remote();

    assertThat(repeated.get(SOON)).isEqualTo(2);
    assertThat(behind.get(SOON)).isEqualTo(3);
    assertThat(entries(ledger)).containsExactly(1, 2, 3);
  }

  @Test
  void valuesOfReferencesAndCallsThatThrewAreRepeated() throws Exception {
    ActorHandle<Ledger> ledger = Ray.actor(Ledger::new).setDurable(100).setMaxRestarts(1).remote();
    int[] large = IntStream.range(0, 100_000).toArray();
    ObjectRef<int[]> put = Ray.put(large);
    assertThat(ledger.task(Ledger::addAll, put).remote().get(SOON)).isEqualTo(100_000);
    ObjectRef<Integer> thrown = ledger.task(Ledger::addThenFail, 7).remote();
    assertThatThrownBy(() -> thrown.get(SOON)).hasMessageContaining("after 7");
    Ray.internal().free(List.of(put), false, false);

    killProcess(ledger);

    assertThat(ledger.task(Ledger::add, 8).remote().get(SOON)).isEqualTo(100_002);
  }

  @Test
  void theJournalIsOpenedAgainWhenRedisWasAway() throws Exception {
    ActorHandle<Ledger> ledger = Ray.actor(Ledger::new).setDurable(100).setMaxRestarts(1).remote();
    List<ObjectRef<Integer>> sizes = new ArrayList<>();
    ledger.task(Ledger::add, 0).remote().get(SOON);

    for (int i = 1; i < 2_000; i++) {
      sizes.add(ledger.task(Ledger::add, i).remote());
      if (i % 500 == 0) {
        redis.clientKill(ClientKillParams.clientKillParams().type(ClientType.NORMAL));
      }
    }

    assertThat(Ray.get(sizes)).isEqualTo(Cluster.range(2, 2_001));
    killProcess(ledger);
    assertThat(entries(ledger)).isEqualTo(Cluster.range(0, 2_000));
  }

  @Test
  void aStateThatCannotBeSavedIsRefusedAtOnce() {
    ActorHandle<Threaded> actor = Ray.actor(Threaded::new).setDurable().remote();

    assertThatThrownBy(() -> actor.task(Threaded::call).remote().get(SOON))
        .isInstanceOf(RayActorException.class)
        .hasMessageContaining("durable")
        .hasMessageContaining("java.lang.Thread")
        .hasMessageContaining("Threaded.thread");
  }

  @Test
  void aCallThatIsTooLargeIsRefused() {
    ActorHandle<Ledger> ledger = Ray.actor(Ledger::new).setDurable().remote();

    ObjectRef<Integer> refused = ledger.task(Ledger::addAll, new int[5 << 20]).remote();

    assertThatThrownBy(() -> refused.get(SOON)).hasMessageContaining("expected: at most 16777216");
    assertThat(ledger.task(Ledger::add, 1).remote().get(SOON)).isEqualTo(1);
  }

  @Test
  void nothingIsLeftOfADeadActor() throws Exception {
    ActorHandle<Ledger> ledger = Ray.actor(Ledger::new).setDurable(5).remote();
    for (int i = 0; i < 12; i++) {
      ledger.task(Ledger::add, i).remote().get(SOON);
    }
    String pattern = "akka-persistence:*" + ledger.getId().hex();
    assertThat(redis.keys(pattern))
        .anyMatch(key -> key.contains(":events:"))
        .anyMatch(key -> key.contains(":snapshots:"));

    ledger.kill();

    // Its highest number stays, so that no number is given twice.
    Await.until(
        "the journal is erased",
        SOON,
        () -> redis.keys(pattern).stream().allMatch(key -> key.contains(":highest:")));
  }

  @Test
  void anActorOfALostNodeHasItsStateOnAnother() throws Exception {
    int lost = cluster.add(node(1).with("second", 1));
    ActorHandle<Ledger> ledger =
        Ray.actor(Ledger::new)
            .setResource("second", 1.0)
            .setDurable(10)
            .setMaxRestarts(1)
            .setMaxTaskRetries(1)
            .remote();
    for (int i = 0; i < 25; i++) {
      ledger.task(Ledger::add, i).remote().get(SOON);
    }
    NodeId where = ledger.task(Ledger::where).remote().get(SOON);
    int left = cluster.add(node(1).with("second", 1));

    cluster.kill(lost);

    // Until the node is missed, and a worker has started elsewhere.
    NodeId now = ledger.task(Ledger::where).remote().get(LocalCluster.PATIENCE);
    assertThat(now).isNotEqualTo(where);
    assertThat(entries(ledger)).isEqualTo(Cluster.range(0, 25));
    assertThat(ledger.task(Ledger::add, 25).remote().get(SOON)).isEqualTo(26);
    cluster.process(left).close();
  }
}

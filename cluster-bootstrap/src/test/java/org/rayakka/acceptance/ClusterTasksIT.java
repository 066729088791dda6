package org.rayakka.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rayakka.testkit.LocalCluster.node;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.WaitResult;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.exception.RayWorkerException;
import org.rayakka.api.exception.TaskCancelledException;
import org.rayakka.api.exception.TaskUnschedulableException;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.options.DriverMode;
import org.rayakka.api.options.SchedulingStrategy;
import org.rayakka.testkit.LocalCluster;

/// One program on several nodes that offer different things: tasks run where their resources are,
/// and objects go where they are needed.
@Timeout(180)
class ClusterTasksIT {
  private static final int LARGE = 3 << 20;
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
    Ray.shutdown();
    cluster.close();
  }

  /// One job serves many tests; a test that ends it leaves the next one to begin another.
  @BeforeEach
  void attach() {
    if (!Ray.isInitialized()) {
      Ray.init(cluster.driverAt(0).build());
    }
  }

  static NodeId where() {
    return Ray.getRuntimeContext().getCurrentNodeId();
  }

  static int square(int x) {
    return x * x;
  }

  static byte[] large(int fill) {
    byte[] bytes = new byte[LARGE];
    Arrays.fill(bytes, (byte) fill);
    return bytes;
  }

  static long sum(byte[] bytes) {
    long sum = 0;
    for (byte b : bytes) {
      sum += b;
    }
    return sum;
  }

  static int fail(int x) {
    throw new IllegalArgumentException("x: " + x);
  }

  static List<NodeId> whereTheOthersAre(List<String> resources) {
    List<ObjectRef<NodeId>> there = new ArrayList<>();
    for (String resource : resources) {
      there.add(Ray.task(ClusterTasksIT::where).setResource(resource, 1.0).remote());
    }
    return Ray.get(there);
  }

  static ObjectRef<byte[]> putLarge(int fill) {
    return Ray.put(large(fill));
  }

  static long sumOfFirst(List<ObjectRef<byte[]>> refs) {
    return sum(refs.getFirst().get());
  }

  static long sleepAfter(String begun, long millis) throws Exception {
    Files.createFile(Path.of(begun));
    return Cluster.work(millis);
  }

  private static NodeId on(String resource) {
    return Ray.task(ClusterTasksIT::where).setResource(resource, 1.0).remote().get();
  }

  // rows 5, 50, 182, 184
  @Test
  void aTaskRunsWhereItsResourcesAre() {
    NodeId here = Ray.getRuntimeContext().getCurrentNodeId();

    assertThat(on("first")).isEqualTo(here);
    assertThat(List.of(here, on("second"), on("third"))).doesNotHaveDuplicates();
  }

  private static List<NodeId> whereWith(SchedulingStrategy strategy, int count) {
    List<ObjectRef<NodeId>> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      places.add(Ray.task(ClusterTasksIT::where).setSchedulingStrategy(strategy).remote());
    }
    return Ray.get(places);
  }

  @Test
  void tasksAreSpreadEvenlyWhenAskedFor() {
    List<NodeId> nodes = List.of(on("first"), on("second"), on("third"));

    Map<NodeId, Long> counts =
        whereWith(SchedulingStrategy.SPREAD, 30).stream()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

    assertThat(counts).isEqualTo(nodes.stream().collect(Collectors.toMap(node -> node, _ -> 10L)));
  }

  @Test
  void aTaskRunsOnTheNodeThatItAsksFor() {
    NodeId third = on("third");

    assertThat(whereWith(SchedulingStrategy.node(third), 20)).containsOnly(third);
    assertThat(whereWith(SchedulingStrategy.preferNode(third), 20)).containsOnly(third);
    assertThat(
            Ray.task(ClusterTasksIT::whereWith, SchedulingStrategy.node(third), 5)
                .setResource("second", 1.0)
                .remote()
                .get())
        .containsOnly(third);
  }

  // rows 125-131
  @Test
  void aTaskForANodeThatCannotRunItFailsAtOnce() {
    NodeId second = on("second");
    NodeId none = new NodeId(1, 2);

    assertThatThrownBy(() ->
            Ray.task(ClusterTasksIT::where)
                .setResource("first", 1.0)
                .setSchedulingStrategy(SchedulingStrategy.node(second))
                .remote()
                .get())
        .isInstanceOf(TaskUnschedulableException.class)
        .hasMessageContaining(second.toString())
        .hasMessageContaining("first=1.0");
    assertThatThrownBy(() -> whereWith(SchedulingStrategy.node(none), 1))
        .isInstanceOf(TaskUnschedulableException.class)
        .hasMessageContaining(none + ", which is not in the cluster");
    assertThat(whereWith(SchedulingStrategy.preferNode(none), 1)).hasSize(1);
  }

  static final class Place {
    NodeId where() {
      return ClusterTasksIT.where();
    }
  }

  private static ActorHandle<Place> place(SchedulingStrategy strategy) {
    return Ray.actor(Place::new).setSchedulingStrategy(strategy).remote();
  }

  @Test
  void anActorLivesOnTheNodeThatItAsksFor() {
    NodeId third = on("third");
    List<NodeId> spread = new ArrayList<>();
    List<ActorHandle<Place>> places = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      places.add(place(SchedulingStrategy.SPREAD));
    }
    places.forEach(place -> spread.add(place.task(Place::where).remote().get()));

    assertThat(place(SchedulingStrategy.node(third)).task(Place::where).remote().get())
        .isEqualTo(third);
    assertThat(spread).doesNotHaveDuplicates();
    ActorHandle<Place> lost = place(SchedulingStrategy.node(new NodeId(1, 2)));
    assertThatThrownBy(() -> lost.task(Place::where).remote().get())
        .hasMessageContaining("which is not in the cluster");
  }

  @Test
  void manyTasksForAnotherNodeAllEndThere() {
    List<ObjectRef<Integer>> squares = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      squares.add(Ray.task(ClusterTasksIT::square, i).setResource("second", 0.001).remote());
    }

    List<Integer> results = Ray.get(squares);

    for (int i = 0; i < results.size(); i++) {
      assertThat(results.get(i)).isEqualTo(i * i);
    }
  }

  @Test
  void whatNoNodeHasIsRefusedAtOnce() {
    assertThatThrownBy(() -> on("fourth"))
        .isInstanceOf(RayException.class)
        .hasMessageContaining("fourth")
        .hasMessageContaining("second");
    assertThatThrownBy(() ->
            Ray.task(ClusterTasksIT::where)
                .setResource("second", 1.0)
                .setResource("third", 1.0)
                .remote()
                .get())
        .isInstanceOf(RayException.class)
        .hasMessageContaining("no node has as much");
  }

  static NodeId sleepSomewhere(byte[] ignored) throws Exception {
    Cluster.work(10);
    return where();
  }

  // row 5
  @Test
  void manyTasksAreSharedByTheNodesThatHaveRoom() {
    startWorkersEverywhere();
    byte[] nothing = new byte[0];
    List<ObjectRef<NodeId>> places = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      places.add(Ray.task(ClusterTasksIT::sleepSomewhere, nothing).remote());
    }

    assertThat(shares(Ray.get(places))).hasSize(3).allMatch(count -> count >= 16);
  }

  // rows 5, 189
  @Test
  void tasksWithLargeArgumentsAreSharedToo() {
    startWorkersEverywhere();
    ObjectRef<byte[]> large = Ray.put(large(1));
    List<ObjectRef<NodeId>> places = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      places.add(Ray.task(ClusterTasksIT::sleepSomewhere, large).remote());
    }

    assertThat(shares(Ray.get(places))).hasSize(3).allMatch(count -> count >= 8);
  }

  /// A node whose worker still starts gets few of tasks that are soon done.
  private static void startWorkersEverywhere() {
    assertThat(List.of(on("first"), on("second"), on("third"))).doesNotHaveDuplicates();
  }

  private static Collection<Long> shares(List<NodeId> places) {
    return places.stream()
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
        .values();
  }

  // rows 12, 45, 189
  @Test
  void smallAndLargeArgumentsAndResultsTravel() {
    ObjectRef<Integer> small = Ray.put(7);
    ObjectRef<byte[]> large = Ray.put(large(1));

    assertThat(Ray.task(ClusterTasksIT::square, small).setResource("second", 1.0).remote().get())
        .isEqualTo(49);
    for (String node : List.of("second", "third")) {
      assertThat(Ray.task(ClusterTasksIT::sum, large).setResource(node, 1.0).remote().get())
          .isEqualTo(LARGE);
    }
    assertThat(Ray.task(ClusterTasksIT::large, 2).setResource("second", 1.0).remote().get())
        .isEqualTo(large(2));
  }

  // row 190
  @Test
  void aChainCrossesTheNodes() {
    ObjectRef<byte[]> made = Ray.task(ClusterTasksIT::large, 1).setResource("second", 1.0).remote();
    ObjectRef<Long> summed = Ray.task(ClusterTasksIT::sum, made).setResource("third", 1.0).remote();
    ObjectRef<Long> summedHere = Ray.task(ClusterTasksIT::sum, made).remote();
    ObjectRef<Integer> squared =
        Ray.task(ClusterTasksIT::square, 3).setResource("third", 1.0).remote();
    ObjectRef<Integer> again =
        Ray.task(ClusterTasksIT::square, squared).setResource("second", 1.0).remote();

    assertThat(summed.get()).isEqualTo(LARGE);
    assertThat(summedHere.get()).isEqualTo(LARGE);
    assertThat(again.get()).isEqualTo(81);
  }

  @Test
  void aChainStaysWhereItIsMade() {
    ObjectRef<Integer> squared =
        Ray.task(ClusterTasksIT::square, 3).setResource("second", 1.0).remote();
    ObjectRef<Integer> again =
        Ray.task(ClusterTasksIT::square, squared).setResource("second", 1.0).remote();
    ObjectRef<byte[]> made = Ray.task(ClusterTasksIT::large, 1).setResource("second", 1.0).remote();
    ObjectRef<Long> summed =
        Ray.task(ClusterTasksIT::sum, made).setResource("second", 1.0).remote();

    assertThat(again.get()).isEqualTo(81);
    assertThat(squared.get()).isEqualTo(9);
    assertThat(summed.get()).isEqualTo(LARGE);
  }

  static byte[] ofSize(int size) {
    return new byte[size];
  }

  static NodeId whereItIsRead(byte[] argument) {
    return where();
  }

  @Test
  void aTaskGoesWhereItsLargeArgumentIs() {
    startWorkersEverywhere();
    NodeId second = on("second");
    ObjectRef<byte[]> made =
        Ray.task(ClusterTasksIT::ofSize, 24 << 20).setResource("second", 1.0).remote();

    // Submitted before its argument exists, and once it is known where it is.
    assertThat(Ray.task(ClusterTasksIT::whereItIsRead, made).remote().get()).isEqualTo(second);
    assertThat(Ray.task(ClusterTasksIT::whereItIsRead, made).remote().get()).isEqualTo(second);
    assertThat(
            Ray.task(ClusterTasksIT::whereItIsRead, made)
                .setSchedulingStrategy(SchedulingStrategy.node(on("first")))
                .remote()
                .get())
        .isEqualTo(on("first"));
    // By now there is a copy of it here.
    assertThat(Ray.task(ClusterTasksIT::whereItIsRead, made).remote().get()).isEqualTo(on("first"));
  }

  @Test
  void waitFindsWhatOtherNodesMake() {
    List<ObjectRef<byte[]>> made = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      made.add(
          Ray.task(ClusterTasksIT::large, i)
              .setResource(i % 2 == 0 ? "second" : "third", 1.0)
              .remote());
    }

    WaitResult<byte[]> result = Ray.wait(made, 4, SOON.toMillis());

    assertThat(result.getReady()).hasSize(4);
  }

  @Test
  void tasksOnOtherNodesSubmitTasksToAnyNode() {
    List<NodeId> all =
        Ray.task(ClusterTasksIT::whereTheOthersAre, List.of("first", "second", "third"))
            .setResource("second", 1.0)
            .remote()
            .get();

    assertThat(all).containsExactly(on("first"), on("second"), on("third"));
  }

  @Test
  void referencesInsideOfValuesLeadToTheirObjects() {
    ObjectRef<byte[]> here = Ray.put(large(1));

    assertThat(
            Ray.task(ClusterTasksIT::sumOfFirst, List.of(here))
                .setResource("third", 1.0)
                .remote()
                .get())
        .isEqualTo(LARGE);
  }

  @Test
  void errorsComeBackWithTheirCause() {
    assertThatThrownBy(
            () -> Ray.task(ClusterTasksIT::fail, 5).setResource("third", 1.0).remote().get())
        .isInstanceOf(RayTaskException.class)
        .hasRootCauseInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x: 5");
  }

  static int print(String text) {
    System.out.println(text);
    return text.length();
  }

  @Test
  void theDriverShowsWhatTasksOnOtherNodesPrintAndHowTheyFail() {
    Ray.shutdown();
    PrintStream standardOutput = System.out;
    PrintStream standardError = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, UTF_8));
    System.setErr(new PrintStream(errors, true, UTF_8));
    try {
      Ray.init(cluster.driverAt(0).setDriverMode(DriverMode.SCRIPT).build());
      Ray.task(ClusterTasksIT::print, "from afar").setResource("second", 1.0).remote().get();
      ObjectRef<Integer> failing =
          Ray.task(ClusterTasksIT::fail, 5).setResource("third", 1.0).remote();
      assertThatThrownBy(failing::get).isInstanceOf(RayTaskException.class);
      Ray.shutdown();
    } finally {
      System.setOut(standardOutput);
      System.setErr(standardError);
    }

    assertThat(printed.toString(UTF_8)).contains("from afar");
    assertThat(errors.toString(UTF_8)).contains("x: 5");
  }

  @Test
  void aTaskOnAnotherNodeIsCancelled(@TempDir Path folder) throws Exception {
    Path begun = folder.resolve("begun");
    ObjectRef<Long> sleeping =
        Ray.task(ClusterTasksIT::sleepAfter, begun.toString(), 60_000L)
            .setResource("second", 1.0)
            .remote();
    Await.until("the task begins", SOON, () -> Files.exists(begun));

    Ray.cancel(sleeping);

    assertThatThrownBy(sleeping::get).isInstanceOf(TaskCancelledException.class);
  }

  @Test
  void theWorkersOfAJobEndWithItsDriverOnEveryNode() throws Exception {
    on("second");
    on("third");
    Ray.shutdown();

    for (int node = 0; node < 3; node++) {
      ProcessHandle process = cluster.process(node).handle();
      Await.until(
          "no worker of node " + node + " is left",
          SOON,
          () -> process.children().noneMatch(ClusterTasksIT::isWorker));
    }
    Ray.init(cluster.driverAt(1).build());
    assertThat(on("third")).isNotEqualTo(on("first"));
    Ray.shutdown();
  }

  static boolean isWorker(ProcessHandle process) {
    Optional<String> line = process.info().commandLine();
    return line.isPresent() && line.get().contains("WorkerMain");
  }

  @Test
  void whatALostNodeRanRunsElsewhere(@TempDir Path folder) throws Exception {
    int lost = cluster.add(node(1).with("fifth", 1));
    Path begun = folder.resolve("begun");
    NodeId where = on("fifth");
    ObjectRef<NodeId> again =
        Ray.task(ClusterTasksIT::firstTimeForever, begun.toString())
            .setResource("fifth", 1.0)
            .setMaxRetries(3)
            .remote();
    ObjectRef<Long> never =
        Ray.task(ClusterTasksIT::sleepAfter, folder.resolve("never").toString(), 600_000L)
            .setResource("fifth", 1.0)
            .setMaxRetries(0)
            .remote();
    Await.until("the task begins", SOON, () -> Files.exists(begun));
    int left = cluster.add(node(1).with("fifth", 1));

    cluster.kill(lost);

    assertThat(again.get()).isNotEqualTo(where);
    assertThatThrownBy(never::get)
        .isInstanceOf(RayWorkerException.class)
        .hasMessageContaining(where.toString());
    // One that leaves takes nobody along.
    cluster.process(left).close();
    assertThat(
            Ray.task(ClusterTasksIT::where)
                .setResource("second", 1.0)
                .remote()
                .get(Duration.ofSeconds(5)))
        .isNotEqualTo(where);
  }

  static NodeId firstTimeForever(String begun) throws Exception {
    if (!Files.exists(Path.of(begun))) {
      sleepAfter(begun, TimeUnit.MINUTES.toMillis(10));
    }
    return where();
  }
}

package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.TaskUnschedulableException;

/// Tasks and actors on GPUs, on a node with four that are declared: nothing here needs a real one.
@Timeout(120)
class GpuIT {
  private static final int GPUS = 4;
  private static final Duration SOON = Duration.ofSeconds(60);

  /// What the process was started with, as the first user code in it saw it.
  private static final String VISIBLE =
      Map.copyOf(System.getenv()).getOrDefault("CUDA_VISIBLE_DEVICES", "not set");

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    Ray.init(Cluster.options(16).setNumGpus(GPUS).build());
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
  }

  /// What a task was given, where, and from when to when.
  record Use(List<Long> gpuIds, String visible, long pid, long fromNs, long toNs) {
    boolean overlaps(Use other) {
      return fromNs < other.toNs && other.fromNs < toNs;
    }
  }

  static Use use(long millis) throws InterruptedException {
    long from = System.nanoTime();
    Cluster.work(millis);
    return new Use(Ray.getGpuIds(), VISIBLE, Cluster.pid(), from, System.nanoTime());
  }

  /// Ends when so many have come to the folder.
  static Use meet(String folder, int count) throws Exception {
    long from = System.nanoTime();
    Files.createTempFile(Path.of(folder), "task", "");
    Await.until(count + " tasks at once", SOON, () -> entries(folder) >= count);
    return new Use(Ray.getGpuIds(), VISIBLE, Cluster.pid(), from, System.nanoTime());
  }

  private static long entries(String folder) throws IOException {
    try (Stream<Path> entries = Files.list(Path.of(folder))) {
      return entries.count();
    }
  }

  static Use useAfterNested() throws InterruptedException {
    Use nested = Ray.task(GpuIT::use, 1L).remote().get();
    assertThat(nested.gpuIds()).isEmpty();
    return use(1);
  }

  static long dieOnce(String file) throws IOException {
    if (Files.exists(Path.of(file))) {
      return Cluster.pid();
    }
    Files.createFile(Path.of(file));
    Runtime.getRuntime().halt(3);
    return 0;
  }

  static final class Net {
    private final List<Long> gpuIds = Ray.getGpuIds();

    List<List<Long>> gpuIds() {
      return List.of(gpuIds, Ray.getGpuIds());
    }

    String visible() {
      return VISIBLE;
    }

    long pid() {
      return Cluster.pid();
    }
  }

  private static ObjectRef<Use> using(double numGpus, long millis) {
    return Ray.task(GpuIT::use, millis).setNumGpus(numGpus).remote();
  }

  private ObjectRef<Use> meeting(double numGpus, int count) {
    return Ray.task(GpuIT::meet, folder.toString(), count).setNumGpus(numGpus).remote();
  }

  private static String visible(List<Long> gpuIds) {
    return String.join(",", gpuIds.stream().map(Object::toString).toList());
  }

  // rows 127, 130, 131
  @Test
  void showsATaskItsGpusAndNoOthersBeforeItsClassesAreLoaded() {
    for (int numGpus : List.of(1, 2, 4)) {
      Use use = using(numGpus, 0).get();
      assertThat(use.gpuIds()).hasSize(numGpus).doesNotHaveDuplicates();
      assertThat(use.visible()).isEqualTo(visible(use.gpuIds()));
    }
    Use none = Ray.task(GpuIT::use, 0L).remote().get();
    assertThat(none.gpuIds()).isEmpty();
    assertThat(none.visible()).isEmpty();
  }

  // rows 128, 129; testGPUIDs
  @Test
  void givesEachOfFourTasksThatRunAtOnceAGpuOfItsOwn() {
    List<ObjectRef<Use>> refs = Stream.generate(() -> meeting(1, GPUS)).limit(GPUS).toList();
    List<Use> uses = Ray.get(refs);

    assertThat(uses.stream().flatMap(use -> use.gpuIds().stream()))
        .containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
    assertThat(uses.stream().map(Use::pid)).doesNotHaveDuplicates();
    assertThat(uses).allMatch(use -> use.visible().equals(visible(use.gpuIds())));
  }

  // rows 64, 128
  @Test
  void neverLendsMoreOfAGpuThanThereIs() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Double> amounts = new ArrayList<>();
    List<ObjectRef<Use>> refs = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      double amount = List.of(0.3, 0.5, 1.0, 1.0, 2.0).get(random.nextInt(5));
      amounts.add(amount);
      refs.add(using(amount, random.nextInt(60)));
    }
    List<Use> uses = Ray.get(refs);

    for (int gpu = 0; gpu < GPUS; gpu++) {
      for (Use one : uses) {
        double held = 0;
        for (int i = 0; i < uses.size(); i++) {
          Use other = uses.get(i);
          boolean beside = other.fromNs() <= one.fromNs() && one.fromNs() < other.toNs();
          if (other.gpuIds().contains((long) gpu) && beside) {
            held += Math.min(amounts.get(i), 1);
          }
        }
        assertThat(held).as("GPU %d, seed %d", gpu, seed).isLessThanOrEqualTo(1.0 + 1e-9);
      }
    }
  }

  // GpuResourceTest
  @Test
  void letsFractionsShareAGpuButNoOther() {
    ObjectRef<Use> half = meeting(0.5, 3);
    ObjectRef<Use> otherHalf = meeting(0.5, 3);
    ObjectRef<Use> whole = meeting(1, 3);

    assertThat(half.get().gpuIds()).hasSize(1).isEqualTo(otherHalf.get().gpuIds());
    assertThat(half.get().overlaps(otherHalf.get())).isTrue();
    assertThat(whole.get().gpuIds()).doesNotContainAnyElementsOf(half.get().gpuIds());
  }

  @Test
  void runsTheNextTaskOnTheSameGpusInTheSameProcess() {
    Use first = using(GPUS, 0).get();
    for (int i = 0; i < 5; i++) {
      // All of them, because a result may be there just before what its task held is given back.
      assertThat(using(GPUS, 0).get().pid()).isEqualTo(first.pid());
    }
    assertThat(Ray.task(GpuIT::use, 0L).remote().get().pid()).isNotEqualTo(first.pid());
  }

  @Test
  void endsAProcessThatIdlesOnAGpuWhichSomebodyElseIsGiven() throws Exception {
    ProcessHandle one = ProcessHandle.of(using(1, 0).get().pid()).orElseThrow();
    Use all = using(GPUS, 0).get();
    Await.until("the process of the one GPU ends", SOON, () -> !one.isAlive());

    ActorHandle<Net> net = Ray.actor(Net::new).setNumGpus(1).remote();
    net.task(Net::pid).remote().get();
    ProcessHandle four = ProcessHandle.of(all.pid()).orElse(ProcessHandle.current());
    Await.until(
        "the process of all GPUs ends", SOON, () -> !four.isAlive() || four.pid() == Cluster.pid());
    net.kill();
  }

  // rows 125, 127, 128; testActorGPUs, ActorsAndTasksWithGPUs
  @Test
  void reservesAnActorsGpuForItsLife() throws Exception {
    ActorHandle<Net> net = Ray.actor(Net::new).setNumGpus(1).remote();
    List<List<Long>> ids = net.task(Net::gpuIds).remote().get();
    assertThat(ids.getFirst()).hasSize(1).isEqualTo(ids.getLast());
    assertThat(net.task(Net::visible).remote().get()).isEqualTo(visible(ids.getFirst()));

    Set<Long> lent = new HashSet<>();
    List<ObjectRef<Use>> refs = Stream.generate(() -> using(1, 20)).limit(9).toList();
    Ray.get(refs).forEach(use -> lent.addAll(use.gpuIds()));
    assertThat(lent).doesNotContainAnyElementsOf(ids.getFirst());
    ObjectRef<Use> all = using(GPUS, 0);
    assertThat(Ray.wait(List.of(all), 1, 300).getReady()).isEmpty();

    net.kill();
    assertThat(all.get().gpuIds()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
  }

  // testActorMultipleGPUs: where 2017 refused the actor for whom nothing is free, it waits
  @Test
  void givesActorsGpusOfTheirOwnUntilNoneIsFree() {
    List<ActorHandle<Net>> nets = new ArrayList<>();
    Set<Long> held = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      ActorHandle<Net> net = Ray.actor(Net::new).setNumGpus(2).remote();
      nets.add(net);
      net.task(Net::gpuIds)
          .remote()
          .get()
          .getFirst()
          .forEach(id -> assertThat(held.add(id)).isTrue());
    }
    assertThat(held).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
    ActorHandle<Net> waiting = Ray.actor(Net::new).setNumGpus(1).remote();
    ObjectRef<List<List<Long>>> ids = waiting.task(Net::gpuIds).remote();
    assertThat(Ray.wait(List.of(ids), 1, 300).getReady()).isEmpty();

    List<Long> given = nets.getFirst().task(Net::gpuIds).remote().get().getFirst();
    nets.getFirst().kill();
    assertThat(given).containsAll(ids.get().getFirst());
    nets.getLast().kill();
    waiting.kill();
  }

  // row 126
  @Test
  void refusesAtOnceWhatTheNodeCanNeverGive() {
    assertThatThrownBy(() -> using(GPUS + 1, 0).get())
        .isInstanceOf(TaskUnschedulableException.class)
        .hasMessageContaining("GPU=5")
        .hasMessageContaining("GPU=4");
    ActorHandle<Net> net = Ray.actor(Net::new).setNumGpus(GPUS + 1).remote();
    assertThatThrownBy(() -> net.task(Net::pid).remote().get())
        .isInstanceOf(RayException.class)
        .hasMessageContaining("GPU: 5")
        .hasMessageContaining("GPU: 4");
  }

  @Test
  void keepsItsGpusWhileATaskWaitsForAnother() {
    Use use = Ray.task(GpuIT::useAfterNested).setNumGpus(1).remote().get();
    assertThat(use.gpuIds()).hasSize(1);
    assertThat(use.visible()).isEqualTo(visible(use.gpuIds()));
  }

  @Test
  void runsATaskAgainWhoseProcessDied() {
    String file = folder.resolve("died").toString();
    assertThat(Ray.task(GpuIT::dieOnce, file).setNumGpus(1).remote().get()).isPositive();
  }

  @Test
  void startsNothingForATaskThatIsCancelledMeanwhile() {
    ObjectRef<Use> all = meeting(GPUS, 2);
    ObjectRef<Use> behind = using(GPUS, 0);
    Ray.cancel(behind);
    ObjectRef<Use> meets = Ray.task(GpuIT::meet, folder.toString(), 2).remote();

    assertThat(all.get().gpuIds()).hasSize(GPUS);
    assertThat(meets.get().gpuIds()).isEmpty();
    assertThat(using(GPUS, 0).get().pid()).isEqualTo(all.get().pid());
  }
}

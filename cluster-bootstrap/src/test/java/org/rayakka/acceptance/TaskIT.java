package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.NdArray;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.Tuple2;
import org.rayakka.api.exception.TaskCancelledException;
import org.rayakka.api.runtimecontext.NodeInfo;

/// Functions that run elsewhere, on a node with ten CPUs, two GPUs and a resource of its own.
@Timeout(60)
class TaskIT {
  @BeforeAll
  static void start() {
    Ray.init(Cluster.options(10).setNumGpus(2).setResource("licence", 1).build());
    Ray.get(sleeping(10, 1)); // The workers are up.
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
  }

  static String hello() {
    return "hello";
  }

  static String world() {
    return "world!";
  }

  static String merge(String left, String right) {
    return left + "," + right;
  }

  static int add(int a, int b) {
    return a + b;
  }

  static int increment(int x) {
    return x + 1;
  }

  static long sleep(long millis) throws InterruptedException {
    return Cluster.work(millis);
  }

  static long pidAfter(long millis) throws InterruptedException {
    Cluster.work(millis);
    return Cluster.pid();
  }

  static int[] three() {
    return new int[] {1, 2, 3};
  }

  static Tuple2<Integer, String> pair() {
    return new Tuple2<>(1, "two");
  }

  static List<Integer> many(int count) {
    return Cluster.range(0, count);
  }

  static Map<String, List<String>> map() {
    return Map.of("key1", List.of("value"));
  }

  static NdArray normals(long seed) {
    Random random = new Random(seed);
    return NdArray.of(random.doubles(1_000).toArray());
  }

  static NdArray sum(NdArray a, NdArray b) {
    double[] sum = a.toDoubleArray();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b.getDouble(i);
    }
    return NdArray.of(sum);
  }

  static List<Long> nestedSleeps(int count, long millis) {
    return Ray.get(sleeping(count, millis));
  }

  static void touch(String file) throws Exception {
    Files.createFile(Path.of(file));
  }

  static byte ofByte(byte x) {
    return x;
  }

  static short ofShort(short x) {
    return x;
  }

  static long ofLong(long x) {
    return x;
  }

  static double ofDouble(double x) {
    return x;
  }

  static float ofFloat(float x) {
    return x;
  }

  static boolean ofBoolean(boolean x) {
    return x;
  }

  static byte[] ofBytes(byte[] x) {
    return x;
  }

  static int ofBuffer(ByteBuffer x) {
    return x.remaining();
  }

  static @Nullable String ofNothing(@Nullable String x) {
    return x;
  }

  static int sum6(int a, int b, int c, int d, int e, int f) {
    return a + b + c + d + e + f;
  }

  static int count(List<Integer> all) {
    return all.size();
  }

  static List<Integer> manySubmitters() throws Exception {
    return submitters(10, 50);
  }

  private static List<ObjectRef<Long>> sleeping(int count, long millis) {
    List<ObjectRef<Long>> refs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      refs.add(Ray.task(TaskIT::sleep, millis).remote());
    }
    return refs;
  }

  private static List<Integer> submitters(int threads, int calls) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Integer>> sums = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        Callable<Integer> submitter =
            () -> {
              int sum = 0;
              for (int i = 0; i < calls; i++) {
                sum += Ray.task(TaskIT::add, i, 1).remote().get();
                Ray.wait(List.of(Ray.put(i)));
              }
              return sum;
            };
        sums.add(executor.submit(Ray.wrapCallable(submitter)));
      }
      List<Integer> results = new ArrayList<>();
      for (Future<Integer> sum : sums) {
        results.add(sum.get(50, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }

  private static long millisSince(long nanoTime) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanoTime);
  }

  // rows 59, 60, 66
  @Test
  void greetsTheWorld() {
    ObjectRef<String> hello = Ray.task(TaskIT::hello).remote();
    ObjectRef<String> world = Ray.task(TaskIT::world).remote();

    assertThat(Ray.task(TaskIT::merge, hello, world).remote().get()).isEqualTo("hello,world!");
  }

  // row 59
  @Test
  void runsALambdaWithWhatItCaptures() {
    int ten = 10;
    List<String> words = List.of("a", "b");

    assertThat(Ray.task((Integer x) -> x + ten + words.size(), Ray.put(1)).remote().get())
        .isEqualTo(13);
  }

  // rows 1, 2, 6, 181
  @Test
  void runsTasksInSeveralProcessesNeverTheDrivers() {
    List<ObjectRef<Long>> refs = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      refs.add(Ray.task(TaskIT::pidAfter, i < 10 ? 300L : 0L).remote());
    }

    Set<Long> pids = new HashSet<>(Ray.get(refs));

    assertThat(pids).doesNotContain(Cluster.pid()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(pids).allMatch(pid -> ProcessHandle.of(pid).isPresent());
  }

  // rows 15, 32
  @Test
  void offersTheResourcesThatItWasGiven() {
    NodeInfo node = Ray.getRuntimeContext().getAllNodeInfo().getFirst();

    assertThat(Ray.getRuntimeContext().getAllNodeInfo()).hasSize(1);
    assertThat(node.isAlive()).isTrue();
    assertThat(node.resources())
        .containsEntry("CPU", 10.0)
        .containsEntry("GPU", 2.0)
        .containsEntry("licence", 1.0);
  }

  // rows 61, 62, 64
  @Test
  void sleepsTenTimesAtOnce() {
    long start = System.nanoTime();
    List<ObjectRef<Long>> refs = sleeping(10, 1_000);
    long submitted = millisSince(start);
    Ray.get(refs);

    assertThat(submitted).isLessThan(500);
    assertThat(millisSince(start)).isBetween(990L, 3_000L);
  }

  // row 63
  @Test
  void runsATaskThatNobodyAsksFor(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("done");

    Ray.task(TaskIT::touch, file.toString()).remote();

    Await.until("the file", Duration.ofSeconds(10), () -> Files.exists(file));
  }

  // rows 65, 67
  @Test
  void takesValuesAndReferences() {
    assertThat(Ray.task(TaskIT::add, 1, 2).remote().get()).isEqualTo(3);
    assertThat(Ray.task(TaskIT::add, 1, Ray.put(2)).remote().get()).isEqualTo(3);
    assertThat(Ray.task(TaskIT::add, Ray.put(1), 2).remote().get()).isEqualTo(3);
    assertThat(Ray.task(TaskIT::add, Ray.put(1), Ray.put(2)).remote().get()).isEqualTo(3);
  }

  // rows 69, 70
  @Test
  void returnsSeveralObjects() {
    List<ObjectRef<?>> refs = Ray.task(TaskIT::three).setNumReturns(3).remoteList();
    Tuple2<ObjectRef<Integer>, ObjectRef<String>> pair = Tuple2.remote(Ray.task(TaskIT::pair));

    assertThat(refs).hasSize(3);
    assertThat(refs.stream().<Object>map(ObjectRef::get)).containsExactly(1, 2, 3);
    assertThat(pair.t1().get()).isEqualTo(1);
    assertThat(pair.t2().get()).isEqualTo("two");
  }

  // row 71
  @Test
  void returnsNothingOrAHundredObjects() {
    assertThat(Ray.task(TaskIT::many, 0).setNumReturns(0).remoteList()).isEmpty();
    List<ObjectRef<?>> refs = Ray.task(TaskIT::many, 100).setNumReturns(100).remoteList();
    assertThat(refs.stream().<Object>map(ObjectRef::get))
        .containsExactlyElementsOf(Cluster.range(0, 100));
  }

  // rows 64, 75
  @Test
  void chainsTasks() {
    ObjectRef<Integer> x = Ray.task(TaskIT::increment, 0).remote();
    ObjectRef<Integer> y = Ray.task(TaskIT::increment, x).remote();
    ObjectRef<Integer> z = Ray.task(TaskIT::increment, y).remote();

    assertThat(z.get()).isEqualTo(3);
  }

  @Test
  void chainsAThousandTasks() {
    ObjectRef<Integer> x = Ray.put(0);
    for (int i = 0; i < 1_000; i++) {
      x = Ray.task(TaskIT::increment, x).remote();
    }

    assertThat(x.get()).isEqualTo(1_000);
  }

  @Test
  void dependsOnAsManyTasksAsCameBefore() {
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      var call = Ray.taskN((@Nullable Object[] all) -> all.length);
      for (ObjectRef<Integer> ref : refs) {
        call = call.arg(ref);
      }
      refs.add(call.remote());
    }

    assertThat(Ray.get(refs)).isEqualTo(Cluster.range(0, 100));
  }

  // row 76
  @Test
  void reducesATree() {
    List<ObjectRef<NdArray>> refs = new ArrayList<>();
    double[] expected = new double[1_000];
    for (long i = 0; i < 100; i++) {
      refs.add(Ray.task(TaskIT::normals, i).remote());
      NdArray same = normals(i);
      Arrays.setAll(expected, j -> expected[j] + same.getDouble(j));
    }

    while (refs.size() > 1) {
      refs.add(Ray.task(TaskIT::sum, refs.removeFirst(), refs.removeFirst()).remote());
    }

    double[] sum = refs.getFirst().get().toDoubleArray();
    assertThat(sum).containsExactly(expected, Offset.offset(1e-9));
  }

  // row 78
  @Test
  void runsTheNestedTasksOfSeveralParentsInParallel() {
    long start = System.nanoTime();
    List<ObjectRef<List<Long>>> parents = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      parents.add(Ray.task(TaskIT::nestedSleeps, 5, 1_000L).remote());
    }

    assertThat(Ray.get(parents)).allMatch(sleeps -> sleeps.size() == 5);
    assertThat(millisSince(start)).isLessThan(5_000);
  }

  // rows 55, 80
  @Test
  void returnsAMapToOneReferenceAndToAListOfThem() {
    ObjectRef<Map<String, List<String>>> ref = Ray.task(TaskIT::map).remote();

    assertThat(ref.get()).isEqualTo(Map.of("key1", List.of("value")));
    assertThat(Ray.get(List.of(ref, Ray.task(TaskIT::map).remote())))
        .containsExactly(Map.of("key1", List.of("value")), Map.of("key1", List.of("value")));
  }

  // rows 56, 57, 179
  @Test
  void carriesArgumentsOfAllTypes() {
    byte[] large = new byte[(100 << 10) + 1];
    large[large.length - 1] = 7;

    assertThat(Ray.task(TaskIT::ofByte, (byte) 1).remote().get()).isEqualTo((byte) 1);
    assertThat(Ray.task(TaskIT::ofShort, (short) 1).remote().get()).isEqualTo((short) 1);
    assertThat(Ray.task(TaskIT::ofLong, 1L << 62).remote().get()).isEqualTo(1L << 62);
    assertThat(Ray.task(TaskIT::ofDouble, 1.5).remote().get()).isEqualTo(1.5);
    assertThat(Ray.task(TaskIT::ofFloat, 1.5f).remote().get()).isEqualTo(1.5f);
    assertThat(Ray.task(TaskIT::ofBoolean, true).remote().get()).isTrue();
    assertThat(Ray.task(TaskIT::ofBytes, large).remote().get()).isEqualTo(large);
    assertThat(Ray.task(TaskIT::ofBuffer, ByteBuffer.wrap(new byte[9])).remote().get())
        .isEqualTo(9);
    assertThat(Ray.task(TaskIT::ofNothing, (@Nullable String) null).remote().get()).isNull();
    assertThat(Ray.task(TaskIT::count, Cluster.range(0, 100_000)).remote().get())
        .isEqualTo(100_000);
  }

  @Test
  void takesSixArgumentsAndMore() {
    assertThat(Ray.task(TaskIT::sum6, 1, 2, 3, Ray.put(4), 5, 6).remote().get()).isEqualTo(21);
    assertThat(
            Ray.taskN((@Nullable Object[] all) -> Arrays.stream(all).mapToInt(x -> (int) x).sum())
                .arg(1)
                .arg(2)
                .arg(Ray.put(3))
                .arg(4)
                .arg(5)
                .arg(6)
                .arg(7)
                .arg(8)
                .remote()
                .get())
        .isEqualTo(36);
  }

  @Test
  void runsANamedTaskLikeAnyOther() {
    assertThat(Ray.task(TaskIT::add, 1, 2).setName("an addition").remote().get()).isEqualTo(3);
  }

  @Test
  void submitsThousandsInAllBatchSizes() {
    for (int batch : new int[] {1_000, 100, 10, 1}) {
      for (int done = 0; done < 1_000; done += batch) {
        List<ObjectRef<Integer>> refs = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
          refs.add(Ray.task(TaskIT::increment, i).remote());
        }
        assertThat(Ray.get(refs)).isEqualTo(Cluster.range(1, batch + 1));
      }
    }
  }

  @Test
  void getsTenThousandResultsAtOnce() {
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      refs.add(Ray.task(TaskIT::increment, 0).remote());
    }

    assertThat(Ray.get(refs)).hasSize(10_000).containsOnly(1);
  }

  @Test
  void servesManyThreads() throws Exception {
    assertThat(submitters(20, 100)).hasSize(20).containsOnly((99 * 50) + 100);
  }

  @Test
  void servesManyThreadsOfATask() {
    assertThat(Ray.task(TaskIT::manySubmitters).remote().get())
        .hasSize(10)
        .containsOnly((49 * 25) + 50);
  }

  // rows 17, 72, 185
  @Test
  void runsNoMoreAtOnceThanTheCpusAllow() {
    assertAtLeastRounds(1, 3, 3);
    assertAtLeastRounds(2, 4, 3);
    assertAtLeastRounds(2, 11, 1);
  }

  /// Runs tasks that need so many CPUs each and compares the time with that of whole rounds.
  private static void assertAtLeastRounds(int rounds, int tasks, int cpusEach) {
    long start = System.nanoTime();
    List<ObjectRef<Long>> refs = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      refs.add(Ray.task(TaskIT::sleep, 400L).setNumCpus(cpusEach).remote());
    }
    Ray.get(refs);
    assertThat(millisSince(start)).isBetween(400L * rounds - 10, 400L * rounds + 390);
  }

  // rows 17, 72
  @Test
  void sharesOutOtherResources() {
    long start = System.nanoTime();
    List<ObjectRef<Long>> refs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      refs.add(Ray.task(TaskIT::sleep, 300L).setResource("licence", 1).remote());
    }
    Ray.get(refs);

    assertThat(millisSince(start)).isGreaterThan(890);
  }

  // row 185
  @Test
  void letsALargeTaskRunThoughSmallOnesKeepComing() {
    List<ObjectRef<Long>> small = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      small.add(Ray.task(TaskIT::sleep, 50L).remote());
    }
    ObjectRef<Long> large = Ray.task(TaskIT::sleep, 1L).setNumCpus(10).remote();
    for (int i = 0; i < 400; i++) {
      small.add(Ray.task(TaskIT::sleep, 50L).remote());
    }

    assertThat(large.get(20_000)).isEqualTo(1L);
    assertThat(Ray.wait(small, small.size(), 0).getUnready()).isNotEmpty();
    small.forEach(Ray::cancel);
  }

  @Test
  void cancelsATaskThatWaitsAndOneThatRuns() {
    List<ObjectRef<Long>> running = sleeping(10, 20_000);
    ObjectRef<Long> waiting = Ray.task(TaskIT::sleep, 20_000L).setNumCpus(10).remote();

    Ray.cancel(waiting);
    running.forEach(Ray::cancel);

    assertThatThrownBy(() -> waiting.get(10_000)).isInstanceOf(TaskCancelledException.class);
    for (ObjectRef<Long> ref : running) {
      assertThatThrownBy(() -> ref.get(10_000)).isInstanceOf(TaskCancelledException.class);
    }
  }
}

package org.rayakka.examples.microbenchmark.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.WaitResult;

/// What is measured. Those names that Ray's own microbenchmark has are used for the same things.
public final class Rows {
  private static final int MB = 1_000_000;

  private Rows() {}

  /// The rows that both systems can measure.
  public static List<Row> shared() {
    List<Row> rows = new ArrayList<>();
    rows.add(
        Row.lowerIsBetter(
                "start",
                Row.START,
                "ms",
                effort -> {
                  throw new IllegalStateException("this row is measured from outside");
                })
            .inFreshProcess());
    tasks(rows);
    actors(rows);
    smallObjects(rows);
    largeObjects(rows);
    waiting(rows);
    graphs(rows);
    processes(rows);
    return rows;
  }

  /// The rows that only this system can measure.
  public static List<Row> own() {
    return Side.ownRows();
  }

  // ---- Tasks

  private static ObjectRef<byte[]> noop() {
    return Side.task(Ray.task(Remote::noop)).remote();
  }

  private static void tasks(List<Row> rows) {
    rows.add(
        Row.higherIsBetter(
            "tasks",
            "single client tasks sync",
            "tasks/s",
            effort -> effort.latency(() -> noop().get())));
    for (int batch : new int[] {1_000, 10_000}) {
      rows.add(
          Row.higherIsBetter(
              "tasks",
              String.format("single client tasks async, batch %,d", batch),
              "tasks/s",
              effort -> effort.rate(() -> Remote.batchOfTasks(batch))));
    }
    rows.add(
        Row.higherIsBetter(
            "tasks", "multi client tasks async (2 clients)", "tasks/s", Rows::twoClients));
    rows.add(Row.higherIsBetter("tasks", "task submit only", "submits/s", Rows::submitOnly));
    rows.add(
        Row.lowerIsBetter(
            "tasks",
            "8 x sleep(100 ms) on 2 CPUs",
            "ms",
            effort ->
                effort.milliseconds(() -> {
                  List<ObjectRef<Long>> refs = new ArrayList<>();
                  for (int i = 0; i < 8; i++) {
                    refs.add(Side.task(Ray.task(Remote::sleep, 100)).remote());
                  }
                  Ray.get(refs);
                })));
  }

  private static Samples twoClients(Effort effort) throws Exception {
    List<ActorHandle<Remote.Echo>> clients = echoes(2, 1);
    try {
      return effort.rate(() ->
          Ray.get(
                  clients.stream()
                      .map(client -> client.task(Remote.Echo::batchOfTasks, 1000).remote())
                      .collect(Collectors.toList()))
              .stream()
              .mapToLong(Integer::longValue)
              .sum());
    } finally {
      kill(clients);
    }
  }

  /// The time of submitting alone; the results are awaited after each thousand, in between.
  private static Samples submitOnly(Effort effort) throws Exception {
    List<ObjectRef<byte[]>> pending = new ArrayList<>();
    return effort.latency(() -> {
      pending.add(noop());
      if (pending.size() == 1000) {
        Ray.get(pending);
        pending.clear();
      }
    });
  }

  // ---- Actors

  private static List<ActorHandle<Remote.Echo>> echoes(int count, int concurrency) {
    List<ActorHandle<Remote.Echo>> actors =
        IntStream.range(0, count)
            .mapToObj(i ->
                concurrency == 1
                    ? Ray.actor(Remote.Echo::new).remote()
                    : Ray.actor(Remote.Echo::new).setMaxConcurrency(concurrency).remote())
            .collect(Collectors.toList());
    callEach(actors);
    return actors;
  }

  private static void callEach(List<ActorHandle<Remote.Echo>> actors) {
    Ray.get(
        actors.stream()
            .map(actor -> actor.task(Remote.Echo::call).remote())
            .collect(Collectors.toList()));
  }

  private static void kill(List<? extends ActorHandle<?>> actors) {
    actors.forEach(ActorHandle::kill);
  }

  /// Calls each actor a thousand times, turn by turn, and waits for the answers.
  private static long callThousandTimes(List<ActorHandle<Remote.Echo>> actors) {
    List<ObjectRef<byte[]>> refs = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      for (ActorHandle<Remote.Echo> actor : actors) {
        refs.add(actor.task(Remote.Echo::call).remote());
      }
    }
    Ray.get(refs);
    return refs.size();
  }

  private static Samples callsFromDriver(Effort effort, int actors, int concurrency)
      throws Exception {
    List<ActorHandle<Remote.Echo>> echoes = echoes(actors, concurrency);
    try {
      return effort.rate(() -> callThousandTimes(echoes));
    } finally {
      kill(echoes);
    }
  }

  private static void actors(List<Row> rows) {
    rows.add(
        Row.higherIsBetter(
            "actors",
            "1:1 actor calls sync",
            "calls/s",
            effort -> {
              List<ActorHandle<Remote.Echo>> one = echoes(1, 1);
              try {
                return effort.latency(() -> one.get(0).task(Remote.Echo::call).remote().get());
              } finally {
                kill(one);
              }
            }));
    rows.add(
        Row.higherIsBetter(
            "actors", "1:1 actor calls async", "calls/s", effort -> callsFromDriver(effort, 1, 1)));
    rows.add(
        Row.higherIsBetter(
            "actors",
            "1:1 actor calls concurrent (16)",
            "calls/s",
            effort -> callsFromDriver(effort, 1, 16)));
    rows.add(
        Row.higherIsBetter(
            "actors",
            "1:2 actor calls async, driver as client",
            "calls/s",
            effort -> callsFromDriver(effort, 2, 1)));
    rows.add(
        Row.higherIsBetter(
            "actors",
            "1:2 actor calls async, actor as client",
            "calls/s",
            effort -> callsFromActors(effort, 1, 2000, false)));
    rows.add(
        Row.higherIsBetter(
            "actors",
            "n:n actor calls async (2 x 2)",
            "calls/s",
            effort -> callsFromActors(effort, 2, 1000, false)));
    rows.add(
        Row.higherIsBetter(
            "actors",
            "n:n actor calls with argument",
            "calls/s",
            effort -> callsFromActors(effort, 2, 500, true)));
    rows.add(
        Row.higherIsBetter(
            "actors", "actor creation, 8 at once", "actors/s", Rows::createManyActors));
    rows.add(
        Row.lowerIsBetter(
            "actors",
            "actor creation, one at a time",
            "ms",
            effort -> effort.milliseconds(() -> kill(echoes(1, 1)))));
  }

  private static Samples callsFromActors(
      Effort effort, int clientCount, int calls, boolean withArgument) throws Exception {
    List<ActorHandle<Remote.Echo>> servers = echoes(2, 1);
    List<ActorHandle<Remote.Client>> clients =
        IntStream.range(0, clientCount)
            .mapToObj(i -> Ray.actor(Remote.Client::new, servers).remote())
            .collect(Collectors.toList());
    try {
      return effort.rate(() -> {
        List<ObjectRef<Integer>> counts = new ArrayList<>();
        for (ActorHandle<Remote.Client> client : clients) {
          counts.add(
              withArgument
                  ? client.task(Remote.Client::batchWithArgument, calls).remote()
                  : client.task(Remote.Client::batch, calls).remote());
        }
        return Ray.get(counts).stream().mapToLong(Integer::longValue).sum();
      });
    } finally {
      kill(clients);
      kill(servers);
    }
  }

  private static Samples createManyActors(Effort effort) {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < effort.repeats(); i++) {
      long start = System.nanoTime();
      List<ActorHandle<Remote.Echo>> actors = echoes(8, 1);
      values.add(8 / ((System.nanoTime() - start) / 1e9));
      kill(actors);
    }
    return Samples.of(values);
  }

  // ---- Small objects

  private static void smallObjects(List<Row> rows) {
    rows.add(
        Row.higherIsBetter(
            "small objects",
            "get small (store object)",
            "gets/s",
            effort -> {
              ObjectRef<Integer> ref = Ray.put(0);
              return effort.latency(() -> ref.get());
            }));
    rows.add(
        Row.higherIsBetter(
            "small objects",
            "get small task result (caller's memory)",
            "gets/s",
            effort -> {
              ObjectRef<byte[]> ref = noop();
              ref.get();
              return effort.latency(() -> ref.get());
            }));
    rows.add(
        Row.higherIsBetter(
            "small objects", "put small", "puts/s", effort -> effort.latency(() -> Ray.put(0))));
    rows.add(
        Row.higherIsBetter(
            "small objects",
            "multi client put small",
            "puts/s",
            effort ->
                effort.rate(() ->
                    Ray.get(
                            Stream.generate(
                                    () -> Side.task(Ray.task(Remote::putSmall, 500)).remote())
                                .limit(2)
                                .collect(Collectors.toList()))
                        .stream()
                        .mapToLong(Integer::longValue)
                        .sum())));
  }

  // ---- Large objects

  private static void largeObjects(List<Row> rows) {
    rows.add(put("put byte[] 100 KB", 2000, 100_000));
    rows.add(put("put byte[] 1 MB", 500, MB));
    rows.add(put("put byte[] 10 MB", 80, 10 * MB));
    rows.add(put("put byte[] 100 MB", 8, 100 * MB));
    rows.add(
        Row.higherIsBetter(
            "large objects",
            "put double[] 100 MB",
            "GB/s",
            effort -> putBatches(effort, doubles(100 * MB), 100 * MB, 5)));
    for (int mb : new int[] {1, 10, 100}) {
      int bytes = mb * MB;
      rows.add(
          Row.higherIsBetter(
              "large objects",
              "get byte[] " + mb + " MB",
              "GB/s",
              effort -> getAgain(effort, Ray.put(Remote.make(bytes)), bytes)));
    }
    rows.add(
        Row.higherIsBetter(
            "large objects",
            "get double[] 100 MB",
            "GB/s",
            effort -> getAgain(effort, Ray.put(doubles(100 * MB)), 100 * MB)));
    rows.add(
        Row.higherIsBetter(
            "large objects",
            "get 1 MB made by another process",
            "gets/s",
            effort -> getFresh(effort, () -> Side.task(Ray.task(Remote::make, MB)).remote())));
    rows.add(
        Row.higherIsBetter(
            "large objects",
            "get 1 MB made by another process, as a view",
            "gets/s",
            effort -> getFresh(effort, () -> Side.makeView(MB))));
    rows.add(
        Row.higherIsBetter(
            "large objects",
            "get 100 MB of doubles, as a view",
            "gets/s",
            effort -> effort.latency(Side.putView(doubles(100 * MB))::get)));
    rows.add(
        Row.higherIsBetter(
            "large objects",
            "task with 1 MB argument by ref",
            "tasks/s",
            effort -> {
              ObjectRef<byte[]> argument = Ray.put(Remote.make(MB));
              return effort.latency(
                  () -> Side.task(Ray.task(Remote::length, argument)).remote().get());
            }));
    rows.add(
        Row.higherIsBetter(
            "large objects",
            "task with 1 MB argument by value",
            "tasks/s",
            effort -> {
              byte[] argument = Remote.make(MB);
              return effort.latency(
                  () -> Side.task(Ray.task(Remote::length, argument)).remote().get());
            }));
    rows.add(
        Row.higherIsBetter(
            "large objects",
            "task returning 1 MB",
            "tasks/s",
            effort -> effort.latency(() -> Side.task(Ray.task(Remote::make, MB)).remote().get())));
  }

  private static double[] doubles(int bytes) {
    double[] values = new double[bytes / Double.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 0.5) + 1e-3;
    }
    return values;
  }

  private static Row put(String name, int perBatch, int bytes) {
    return Row.higherIsBetter(
        "large objects",
        name,
        "GB/s",
        effort -> putBatches(effort, Remote.make(bytes), bytes, perBatch));
  }

  /// Puts batch after batch of one value; only the puts are timed, and the first batch not at all.
  private static Samples putBatches(Effort effort, Object value, long bytes, int perBatch) {
    List<Double> values = new ArrayList<>();
    long[] times = new long[perBatch * effort.repeats()];
    for (int batch = -1; batch < effort.repeats(); batch++) {
      List<ObjectRef<?>> refs = new ArrayList<>();
      long sum = 0;
      for (int i = 0; i < perBatch; i++) {
        long start = System.nanoTime();
        refs.add(Ray.put(value));
        long time = System.nanoTime() - start;
        sum += time;
        if (batch >= 0) {
          times[(batch * perBatch) + i] = time;
        }
      }
      if (batch >= 0) {
        values.add((double) bytes * perBatch / sum);
      }
      free(refs);
    }
    return Effort.withTimes(values, times);
  }

  private static void free(List<ObjectRef<?>> refs) {
    Ray.internal().free(refs, true, false);
    refs.clear();
    System.gc();
    LockSupport.parkNanos(300_000_000); // the peer frees a while later and does not tell when
  }

  private static <T> Samples getAgain(Effort effort, ObjectRef<T> ref, long bytes)
      throws Exception {
    Samples gets = effort.latency(() -> ref.get());
    free(new ArrayList<>(List.of(ref)));
    return gets.times(bytes / 1e9);
  }

  /// Gets objects that tasks have made, each once.
  private static <T> Samples getFresh(Effort effort, Supplier<ObjectRef<T>> made) {
    int count = 500;
    List<Double> values = new ArrayList<>();
    long[] times = new long[count * effort.repeats()];
    for (int batch = -1; batch < effort.repeats(); batch++) {
      List<ObjectRef<T>> refs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        refs.add(made.get());
      }
      Ray.wait(refs, refs.size(), 60_000);
      long sum = 0;
      for (int i = 0; i < count; i++) {
        long start = System.nanoTime();
        refs.get(i).get();
        long time = System.nanoTime() - start;
        sum += time;
        if (batch >= 0) {
          times[(batch * count) + i] = time;
        }
      }
      if (batch >= 0) {
        values.add(count / (sum / 1e9));
      }
      free(new ArrayList<>(refs));
    }
    return Effort.withTimes(values, times);
  }

  // ---- Wait

  private static void waiting(List<Row> rows) {
    rows.add(
        Row.higherIsBetter(
            "wait",
            "wait 1,000 ready task refs",
            "waits/s",
            effort -> {
              List<ObjectRef<byte[]>> refs = noops(1000);
              Ray.get(refs);
              return effort.latency(() -> waitForAll(refs));
            }));
    rows.add(
        Row.higherIsBetter(
            "wait",
            "wait 1,000 ready store refs",
            "waits/s",
            effort -> {
              List<ObjectRef<Integer>> refs =
                  IntStream.range(0, 1000).mapToObj(i -> Ray.put(i)).collect(Collectors.toList());
              return effort.latency(() -> waitForAll(refs));
            }));
    rows.add(
        Row.higherIsBetter(
            "wait",
            "1,000 x wait(rest, 1) over 1,000 tasks",
            "rounds/s",
            effort ->
                effort.rate(() -> {
                  List<ObjectRef<byte[]>> rest = noops(1000);
                  while (!rest.isEmpty()) {
                    WaitResult<byte[]> result = Ray.wait(rest, 1, 100_000);
                    rest = result.getUnready();
                  }
                  return 1;
                })));
  }

  private static List<ObjectRef<byte[]>> noops(int count) {
    return Stream.generate(Rows::noop).limit(count).collect(Collectors.toList());
  }

  private static <T> void waitForAll(List<ObjectRef<T>> refs) {
    int ready = Ray.wait(refs, refs.size(), 10_000).getReady().size();
    if (ready != refs.size()) {
      throw new AssertionError("ready: " + ready + " (expected: " + refs.size() + ")");
    }
  }

  // ---- Graphs of tasks

  private static void graphs(List<Row> rows) {
    rows.add(
        Row.lowerIsBetter(
            "graphs", "chain of 1,000 tasks", "ms", effort -> effort.milliseconds(Rows::chain)));
    rows.add(
        Row.lowerIsBetter(
            "graphs",
            "tree reduce of 100 arrays",
            "ms",
            effort -> effort.milliseconds(Rows::treeReduce)));
    rows.add(
        Row.higherIsBetter(
            "graphs",
            "task of 10 nested tasks",
            "tasks/s",
            effort ->
                effort.latency(
                    () -> Side.task(Ray.task(Remote::batchOfTasks, 10)).remote().get())));
    for (int n : new int[] {8, 10}) {
      rows.add(
          Row.lowerIsBetter(
                  "graphs",
                  "fib(" + n + ") by nested tasks, first time",
                  "ms",
                  effort -> Effort.single(() -> fibonacci(n)))
              .inFreshProcess());
      rows.add(
          Row.lowerIsBetter(
              "graphs",
              "fib(" + n + ") by nested tasks, warm",
              "ms",
              effort -> effort.milliseconds(() -> fibonacci(n))));
    }
  }

  private static void chain() {
    ObjectRef<Integer> last = Side.task(Ray.task(Remote::increment, 0)).remote();
    for (int i = 1; i < 1000; i++) {
      last = Side.task(Ray.task(Remote::increment, last)).remote();
    }
    check(last.get(), 1000);
  }

  private static void treeReduce() {
    double[] ones = new double[1000];
    Arrays.fill(ones, 1);
    List<ObjectRef<double[]>> level =
        IntStream.range(0, 100).mapToObj(i -> Ray.put(ones)).collect(Collectors.toList());
    while (level.size() > 1) {
      List<ObjectRef<double[]>> next = new ArrayList<>();
      for (int i = 0; i + 1 < level.size(); i += 2) {
        next.add(Side.task(Ray.task(Remote::add, level.get(i), level.get(i + 1))).remote());
      }
      if (level.size() % 2 == 1) {
        next.add(level.get(level.size() - 1));
      }
      level = next;
    }
    check(level.get(0).get()[5], 100);
  }

  private static void fibonacci(int n) {
    int expected = n == 8 ? 21 : 55;
    check(Side.task(Ray.task(Remote::fibonacci, n)).remote().get(), expected);
  }

  private static void check(double value, double expected) {
    if (value != expected) {
      throw new AssertionError("result: " + value + " (expected: " + expected + ")");
    }
  }

  // ---- Processes

  private static void processes(List<Row> rows) {
    rows.add(
        Row.lowerIsBetter(
                "processes",
                "memory when idle, 2 workers",
                "MiB",
                effort -> {
                  useTwoWorkers();
                  rest(effort, 12);
                  return Samples.of(List.of(ProcessTree.memoryMib()));
                })
            .inFreshProcess());
    rows.add(
        Row.lowerIsBetter(
            "processes",
            "processor time when idle, 2 workers",
            "% of a core",
            effort -> {
              useTwoWorkers();
              rest(effort, 12);
              List<Double> values = new ArrayList<>();
              for (int i = 0; i < effort.repeats(); i++) {
                double before = ProcessTree.cpuSeconds();
                long start = System.nanoTime();
                rest(effort, 2);
                double elapsed = (System.nanoTime() - start) / 1e9;
                values.add(100 * (ProcessTree.cpuSeconds() - before) / elapsed);
              }
              return Samples.of(values);
            }));
    rows.add(
        Row.lowerIsBetter(
                "processes",
                "memory after 100,000 tasks",
                "MiB",
                effort -> {
                  for (int i = 0; i < 10; i++) {
                    Remote.batchOfTasks(10_000);
                  }
                  return Samples.of(List.of(ProcessTree.memoryMib()));
                })
            .inFreshProcess());
  }

  /// Does nothing: what is measured is a session that has come to rest.
  private static void rest(Effort effort, double seconds) {
    LockSupport.parkNanos((long) (effort.seconds() * seconds * 1e9));
  }

  /// Has two tasks overlap, so that two workers exist.
  private static void useTwoWorkers() {
    Ray.get(
        Stream.generate(() -> Side.task(Ray.task(Remote::sleep, 500)).remote())
            .limit(2)
            .collect(Collectors.toList()));
  }
}

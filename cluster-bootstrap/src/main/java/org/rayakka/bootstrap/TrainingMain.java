package org.rayakka.bootstrap;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.NdArray;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.exception.RayWorkerException;
import org.rayakka.api.options.InitOptions;

/// The session of `ray prepare`: uses what most programs use, often enough for the JVMs to see
/// which methods matter.
final class TrainingMain {
  /// Rounds of everything, enough for the compiler to have profiles of the hot path.
  private static final int ROUNDS = 30;

  private static final int ROUNDS_ELSEWHERE = 12;

  private static final int TASKS = 500;
  private static final int NUMBERS = 20_000;
  private static final int MANY_NUMBERS = 200_000;
  private static final String ELSEWHERE = "elsewhere";
  private static final String SECOND_ADDRESS = "127.0.0.2";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private TrainingMain() {}

  /// Stands for a program's own actors.
  public static final class Tally {
    private long sum;

    /// Found by the worker.
    public Tally() {}

    long add(long amount) {
      sum += amount;
      return sum;
    }
  }

  /// Stands for a program's own values.
  ///
  /// @param name text
  /// @param numbers numbers
  record Sample(String name, List<Long> numbers) {}

  static long twice(long number) {
    return 2 * number;
  }

  static double total(double[] numbers) {
    return Arrays.stream(numbers).sum();
  }

  static NdArray same(NdArray numbers) {
    return numbers;
  }

  static double first(NdArray numbers) {
    return numbers.getDouble(0);
  }

  static Sample longer(Sample sample) {
    List<Long> numbers = new ArrayList<>(sample.numbers());
    numbers.add((long) numbers.size());
    return new Sample(sample.name() + "!", numbers);
  }

  static long nested(long number) {
    return Ray.task(TrainingMain::twice, number).remote().get();
  }

  static void fail() {
    throw new IllegalStateException("a task that fails");
  }

  /// Ends the worker in its own time, so that it can write down what it has loaded. A worker that
  /// the node ends has none.
  static void end() {
    System.exit(0);
  }

  /// Runs it.
  ///
  /// @param args the nodes' {@link NodePatch}
  public static void main(String[] args) throws IOException {
    RuntimeClassPath found = RuntimeClassPath.find();
    RuntimeClassPath classPath =
        new RuntimeClassPath(NodePatch.before(Path.of(args[0]), found.node()), found.worker());
    try (NodeProcess node = NodeProcess.start(RaySettings.resolve(Map.of()), classPath)) {
      String address = Objects.requireNonNull(node.address().get("redis-address")).toString();
      // A cache is good for the class path that it was made with and for longer ones, so the
      // worker's must be the shortest: that of a job without entries of its own.
      String whole =
          System.setProperty("java.class.path", RuntimeClassPath.join(classPath.worker()));
      Ray.init(InitOptions.builder().setAddress("redis://" + address).build());
      for (int round = 0; round < ROUNDS; round++) {
        work();
      }
      System.setProperty("java.class.path", whole);
      workElsewhere(address, classPath);
      try {
        Ray.task(TrainingMain::end).setMaxRetries(0).remote().get();
      } catch (RayWorkerException e) {
        // As asked for.
      }
      Ray.shutdown();
    }
  }

  /// Uses a second node, for the sake of the methods by which nodes talk.
  private static void workElsewhere(String address, RuntimeClassPath classPath) throws IOException {
    Map<String, Object> settings =
        Map.of(
            "ray.address", address,
            "ray.node.ip-address", SECOND_ADDRESS,
            "ray.node.resources", Map.of(ELSEWHERE, TASKS));
    try (NodeProcess _ = NodeProcess.start(RaySettings.resolve(settings), classPath)) {
      ActorHandle<Tally> tally = Ray.actor(Tally::new).setResource(ELSEWHERE, 1).remote();
      for (int round = 0; round < ROUNDS_ELSEWHERE; round++) {
        List<ObjectRef<Long>> results = new ArrayList<>();
        for (long i = 0; i < TASKS; i++) {
          results.add(Ray.task(TrainingMain::twice, i).setResource(ELSEWHERE, 1).remote());
          results.add(tally.task(Tally::add, 1L).remote());
        }
        Ray.get(results);
        for (long i = 0; i < TASKS / 10; i++) {
          Ray.task(TrainingMain::twice, i).setResource(ELSEWHERE, 1).remote().get();
          tally.task(Tally::add, 1L).remote().get();
        }
        NdArray sent = NdArray.of(new double[MANY_NUMBERS]);
        Ray.task(TrainingMain::same, Ray.put(sent)).setResource(ELSEWHERE, 1).remote().get();
      }
    }
  }

  private static void work() {
    List<ObjectRef<Long>> doubled = new ArrayList<>();
    for (long i = 0; i < TASKS; i++) {
      doubled.add(Ray.task(TrainingMain::twice, i).remote());
    }
    Ray.wait(doubled, TASKS, PATIENCE);
    Ray.get(doubled);
    for (long i = 0; i < TASKS / 10; i++) {
      Ray.task(TrainingMain::nested, i).remote().get();
    }
    Ray.task(TrainingMain::total, Ray.put(new double[NUMBERS])).remote().get();
    Ray.task(TrainingMain::first, Ray.put(NdArray.of(new double[NUMBERS]))).remote().get();
    Ray.task(TrainingMain::longer, new Sample("a sample", List.of(0L, 1L))).remote().get();
    try {
      Ray.task(TrainingMain::fail).remote().get();
    } catch (RayTaskException e) {
      // As asked for.
    }
    ActorHandle<Tally> tally = Ray.actor(Tally::new).remote();
    List<ObjectRef<Long>> sums = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      sums.add(tally.task(Tally::add, 1L).remote());
    }
    Ray.get(sums);
    tally.kill();
  }
}

package org.rayakka.examples.tutorial;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.NdArray;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.Tuple2;
import org.rayakka.api.Tuple3;
import org.rayakka.api.WaitResult;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.options.InitOptions;

/// The tutorial as one program: read it from top to bottom beside its output. Every step says in
/// one line what it shows.
public final class Tutorial {
  private final PrintStream out;

  private Tutorial(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    run(System.out);
  }

  /// Runs all steps on a Rayakka of their own, which is gone afterwards.
  static void run(PrintStream out) {
    // A node that offers 20 processors and 2 graphics processors to tasks, whatever the machine
    // has.
    Ray.init(InitOptions.builder().setNumCpus(20).setNumGpus(2).build());
    try {
      new Tutorial(out).steps();
    } finally {
      Ray.shutdown();
    }
  }

  private void steps() {
    putAndGet();
    asynchronousTasks();
    valuesAndReferencesAsArguments();
    severalReturnValues();
    dependentTasks();
    treeReduce();
    tasksWithinTasks();
    anyValueMayBeReturned();
    putOnceAndUseOften();
    waitForSome();
    waitInALoop();
    errors();
    environmentsAsActors();
    counters();
    graphicsProcessors();
  }

  private void step(String shows) {
    out.printf("%n# %s%n", shows);
  }

  // ---- Put and get

  private void putAndGet() {
    step("put stores an immutable copy and returns its id; get reads it back");
    ObjectRef<List<Integer>> xId = Ray.put(List.of(1, 2, 3));
    out.println("put: " + xId.getId());
    out.println("get: " + Ray.get(xId));

    step("get takes a list of references, too");
    List<ObjectRef<Integer>> resultIds = IntStream.range(0, 10).mapToObj(i -> Ray.put(i)).toList();
    out.println(Ray.get(resultIds));
  }

  // ---- Tasks

  static int add(int a, int b) {
    return a + b;
  }

  /// Sleeping stands for a second's work.
  static void sleepOneSecond() throws InterruptedException {
    Thread.sleep(Duration.ofSeconds(1));
  }

  private void asynchronousTasks() {
    step("calling a method waits for it; a task returns a reference at once and runs elsewhere");
    out.println("called: " + add(1, 2));
    ObjectRef<Integer> xId = Ray.task(Tutorial::add, 1, 2).remote();
    out.println("task:   " + Ray.get(xId));

    step("ten tasks that sleep a second each take about one second, with ten processors or more");
    long start = System.nanoTime();
    Ray.get(Stream.generate(() -> Ray.task(Tutorial::sleepOneSecond).remote()).limit(10).toList());
    out.printf("ten tasks: %.1f s%n", secondsSince(start));
  }

  private void valuesAndReferencesAsArguments() {
    step("an argument is a value or a reference; the function sees a value either way");
    out.println(Ray.get(Ray.task(Tutorial::add, 1, 2).remote()));
    out.println(Ray.get(Ray.task(Tutorial::add, 1, Ray.put(2)).remote()));
    out.println(Ray.get(Ray.task(Tutorial::add, Ray.put(1), Ray.put(2)).remote()));
  }

  static Tuple3<Integer, Integer, Integer> returnMultiple() {
    return new Tuple3<>(1, 2, 3);
  }

  static Tuple2<Integer, Integer> returnTwo() {
    return new Tuple2<>(1, 2);
  }

  private void severalReturnValues() {
    step("a task that returns a tuple gives one reference for each of its values");
    Tuple3<ObjectRef<Integer>, ObjectRef<Integer>, ObjectRef<Integer>> ids =
        Tuple3.remote(Ray.task(Tutorial::returnMultiple));
    out.println(Ray.get(List.of(ids.t1(), ids.t2(), ids.t3())));
    Tuple2<ObjectRef<Integer>, ObjectRef<Integer>> two =
        Tuple2.remote(Ray.task(Tutorial::returnTwo));
    out.println(Ray.get(two.t1()));
    out.println(Ray.get(two.t2()));
  }

  static int increment(int x) {
    return x + 1;
  }

  private void dependentTasks() {
    step("a reference as an argument makes one task wait for another");
    ObjectRef<Integer> x = Ray.task(Tutorial::increment, 0).remote();
    ObjectRef<Integer> y = Ray.task(Tutorial::increment, x).remote();
    ObjectRef<Integer> z = Ray.task(Tutorial::increment, y).remote();
    out.println(Ray.get(z));
  }

  static NdArray generateData() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return NdArray.of(random.doubles(1000).map(_ -> random.nextGaussian()).toArray());
  }

  static NdArray aggregateData(NdArray x, NdArray y) {
    double[] sum = x.toDoubleArray();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += y.getDouble(i);
    }
    return NdArray.of(sum);
  }

  private void treeReduce() {
    step("99 tasks add up the arrays that 100 others made, as a tree; a list in gives a list out");
    List<ObjectRef<NdArray>> data = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      data.add(Ray.task(Tutorial::generateData).remote());
    }
    while (data.size() > 1) {
      data.add(Ray.task(Tutorial::aggregateData, data.removeFirst(), data.removeFirst()).remote());
    }
    List<NdArray> sums = Ray.get(data);
    double[] sum = sums.getFirst().toDoubleArray();
    double square = Arrays.stream(sum).map(value -> value * value).sum();
    out.printf(
        "%d array of %,d sums, standard deviation %.1f (expected: about 10)%n",
        sums.size(), sum.length, Math.sqrt(square / sum.length));
  }

  static int subExperiment(int i, int j) {
    return i + j;
  }

  static int runExperiment(int i) {
    List<ObjectRef<Integer>> subResults = new ArrayList<>();
    for (int j = 0; j < 10; j++) {
      subResults.add(Ray.task(Tutorial::subExperiment, i, j).remote());
    }
    return Ray.get(subResults).stream().mapToInt(Integer::intValue).sum();
  }

  private void tasksWithinTasks() {
    step("a task starts tasks of its own and waits for them; its processor is free meanwhile");
    List<ObjectRef<Integer>> results =
        IntStream.range(0, 5).mapToObj(i -> Ray.task(Tutorial::runExperiment, i).remote()).toList();
    out.println(Ray.get(results));
  }

  // ---- Values

  static Map<String, List<String>> returnMap() {
    return Map.of("key1", List.of("value"));
  }

  private void anyValueMayBeReturned() {
    step("a task may return any value, such as a map");
    out.println(Ray.get(Ray.task(Tutorial::returnMap).remote()));
    out.println(
        Ray.get(
            List.of(
                Ray.task(Tutorial::returnMap).remote(), Ray.task(Tutorial::returnMap).remote())));
  }

  static long size(NdArray x) {
    return x.size();
  }

  private void putOnceAndUseOften() {
    step("a large argument goes by reference: put once, it is copied once, not once per task");
    ObjectRef<Integer> one = Ray.put(1);
    out.println(Ray.get(one));
    NdArray x = NdArray.of(new double[1_000_000]);
    long start = System.nanoTime();
    Ray.get(Stream.generate(() -> Ray.task(Tutorial::size, x).remote()).limit(10).toList());
    out.printf("passed by value ten times: %.0f ms%n", 1e3 * secondsSince(start));
    start = System.nanoTime();
    ObjectRef<NdArray> xId = Ray.put(x);
    Ray.get(Stream.generate(() -> Ray.task(Tutorial::size, xId).remote()).limit(10).toList());
    out.printf("put once, passed by reference: %.0f ms%n", 1e3 * secondsSince(start));
  }

  // ---- Wait

  static int sleepSeconds(int n) throws InterruptedException {
    Thread.sleep(Duration.ofSeconds(n));
    return n;
  }

  private static List<ObjectRef<Integer>> sleepers(int count) {
    return IntStream.range(0, count)
        .mapToObj(n -> Ray.task(Tutorial::sleepSeconds, n).remote())
        .toList();
  }

  private void waitForSome() {
    step("wait returns as soon as 2 of 3 tasks are done");
    WaitResult<Integer> two = Ray.wait(sleepers(3), 2);
    out.println("ready: " + Ray.get(two.getReady()) + ", remaining: " + two.getUnready().size());

    step("wait gives up when its time is over: 4 of 5 tasks, or 2.5 seconds");
    WaitResult<Integer> some = Ray.wait(sleepers(5), 4, Duration.ofMillis(2500));
    out.println("ready: " + Ray.get(some.getReady()) + ", remaining: " + some.getUnready().size());

    step("waiting for more than there are is a mistake, and said at once");
    try {
      Ray.wait(sleepers(1), 4, Duration.ofMillis(2500));
      out.println("no error");
    } catch (IllegalArgumentException e) {
      out.println(e.getMessage());
    }
  }

  static int one() {
    return 1;
  }

  private void waitInALoop() {
    step("whenever one of five tasks is done, a new one is started: 100 rounds");
    List<ObjectRef<Integer>> remaining = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      remaining.add(Ray.task(Tutorial::one).remote());
    }
    int sum = 0;
    for (int round = 0; round < 100; round++) {
      WaitResult<Integer> result = Ray.wait(remaining);
      sum += Ray.get(result.getReady()).getFirst();
      remaining = new ArrayList<>(result.getUnready());
      remaining.add(Ray.task(Tutorial::one).remote());
    }
    out.println("rounds: " + sum);
  }

  // ---- Errors

  static int fail() {
    throw new IllegalStateException("This task failed!!");
  }

  private void errors() {
    step("what a task throws is thrown again by get, and listed by errorInfo");
    ObjectRef<Integer> failed = Ray.task(Tutorial::fail).remote();
    try {
      Ray.get(failed);
      out.println("no error");
    } catch (RayTaskException e) {
      out.println("get: " + firstLine(String.valueOf(e.getMessage())));
      out.println("cause: " + e.getCause());
    }
    long start = System.nanoTime();
    while (Ray.errorInfo().isEmpty() && secondsSince(start) < 10) {
      LockSupport.parkNanos(10_000_000); // the list is filled behind the scenes, a moment later
    }
    Ray.errorInfo().forEach(error -> out.println(error.type() + ": " + firstLine(error.message())));
  }

  // ---- Actors

  private void environmentsAsActors() {
    step(
        "an actor is an object of any class that lives in a worker; calls on two run side by side");
    ActorHandle<GymEnvironment> a1 = Ray.actor(GymEnvironment::new, "CartPole-v0").remote();
    ActorHandle<GymEnvironment> a2 = Ray.actor(GymEnvironment::new, "CartPole-v0").remote();
    ObjectRef<GymEnvironment.StepResult> left = a1.task(GymEnvironment::step, 0).remote();
    ObjectRef<GymEnvironment.StepResult> right = a2.task(GymEnvironment::step, 1).remote();
    out.println("pushed left:  " + describe(Ray.get(left)));
    out.println("pushed right: " + describe(Ray.get(right)));

    step("an actor keeps its state from call to call: always pushed left, the pole falls");
    int steps = 0;
    a1.task(GymEnvironment::reset).remote();
    while (!Ray.get(a1.task(GymEnvironment::step, 0).remote()).done()) {
      steps++;
    }
    out.println("steps until it fell: " + steps);

    step("an actor whose constructor throws fails its calls");
    ActorHandle<GymEnvironment> broken = Ray.actor(GymEnvironment::new, "Pong-v0").remote();
    try {
      Ray.get(broken.task(GymEnvironment::reset).remote());
      out.println("no error");
    } catch (RayException e) {
      out.println(e.getClass().getSimpleName());
    }
  }

  private static String describe(GymEnvironment.StepResult result) {
    return "cart speed %+.2f m/s, reward %.0f, done %b"
        .formatted(result.observation().get(1), result.reward(), result.done());
  }

  /// Counts its calls.
  static final class Counter {
    private int value;

    int increment() {
      return ++value;
    }
  }

  private void counters() {
    step("ten actors, one call each: they have a state each");
    List<ActorHandle<Counter>> counters =
        Stream.generate(() -> Ray.actor(Counter::new).remote()).limit(10).toList();
    out.println(
        Ray.get(
            counters.stream().map(counter -> counter.task(Counter::increment).remote()).toList()));

    step("five calls to one actor run one after the other, in the order in which they were made");
    ActorHandle<Counter> first = counters.getFirst();
    out.println(
        Ray.get(Stream.generate(() -> first.task(Counter::increment).remote()).limit(5).toList()));
  }

  // ---- Graphics processors

  /// Stands for a neural network that runs on the graphics processors it was given.
  static final class NeuralNetOnGpu {
    List<Long> gpuIds() {
      return Ray.getGpuIds();
    }
  }

  private void graphicsProcessors() {
    step("an actor that asks for graphics processors learns which ones are its own");
    ActorHandle<NeuralNetOnGpu> net = Ray.actor(NeuralNetOnGpu::new).setNumGpus(1).remote();
    out.println("number of GPUs: " + Ray.get(net.task(NeuralNetOnGpu::gpuIds).remote()).size());
  }

  // ---- Small things

  private static double secondsSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}

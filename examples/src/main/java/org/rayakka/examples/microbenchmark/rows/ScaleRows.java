package org.rayakka.examples.microbenchmark.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;

/// Much of one thing at once: what Ray's own scalability tests count. The peer's version has no
/// counterpart for some of it and fails at the rest.
final class ScaleRows {
  private static final int MILLION = 1_000_000;
  private static final int BATCH = 10_000;
  private static final int MOST_COLLECTIONS = 10;
  private static final int ARGUMENTS = 10_000;
  private static final int RETURNS = 3_000;
  private static final int OBJECTS = 10_000;
  private static final int ACTORS = 1_000;

  private ScaleRows() {}

  static List<Row> all() {
    List<Row> rows = new ArrayList<>();
    for (int pending = 1_000; pending <= MILLION; pending *= 10) {
      int count = pending;
      rows.add(
          Row.lowerIsBetter(
              "scale",
              String.format(Locale.ROOT, "time per task, %,d at once", count),
              "ns",
              effort -> effort.milliseconds(() -> tasks(count)).times(1e6 / count)));
    }
    rows.add(ms("10,000 references as arguments of one task", ScaleRows::manyArguments));
    rows.add(ms("3,000 results of one task", ScaleRows::manyReturns));
    rows.add(ms("put 10,000 objects, get them at once", ScaleRows::manyObjects));
    rows.add(
        Row.higherIsBetter(
            "scale", "actor creation, 1,000 at once", "actors/s", ScaleRows::manyActors));
    rows.add(
        Row.lowerIsBetter(
                "scale",
                "live memory that 1,000,000 tasks add to 100,000",
                "MiB",
                effort -> leftBehind())
            .inFreshProcess());
    return rows;
  }

  private static Samples leftBehind() throws Exception {
    runInBatches(MILLION / 10);
    double before = settledMib();
    runInBatches(MILLION);
    return Samples.of(List.of(settledMib() - before));
  }

  /// References are let go of behind the collections that find them, so once more while it helps.
  private static double settledMib() throws Exception {
    double least = ProcessTree.liveMib();
    for (int i = 0; i < MOST_COLLECTIONS; i++) {
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
      double now = ProcessTree.liveMib();
      if (now > least - 1) {
        break;
      }
      least = now;
    }
    return least;
  }

  private static void runInBatches(int count) {
    for (int done = 0; done < count; done += BATCH) {
      tasks(BATCH);
    }
  }

  private static Row ms(String name, Effort.Operation operation) {
    return Row.lowerIsBetter("scale", name, "ms", effort -> effort.milliseconds(operation));
  }

  private static void tasks(int count) {
    List<ObjectRef<byte[]>> refs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      refs.add(Ray.task(Remote::noop).remote());
    }
    Ray.get(refs);
  }

  static int count(@Nullable Object[] values) {
    return values.length;
  }

  static List<Integer> numbers() {
    return IntStream.range(0, RETURNS).boxed().toList();
  }

  private static void manyArguments() {
    List<ObjectRef<Integer>> refs = IntStream.range(0, ARGUMENTS).mapToObj(Ray::put).toList();
    var call = Ray.taskN(ScaleRows::count);
    refs.forEach(call::arg);
    check(call.remote().get(), ARGUMENTS);
  }

  private static void manyReturns() {
    List<ObjectRef<?>> refs = Ray.task(ScaleRows::numbers).setNumReturns(RETURNS).remoteList();
    check((Integer) refs.getLast().get(), RETURNS - 1);
    check(refs.size(), RETURNS);
  }

  private static void manyObjects() {
    List<ObjectRef<Integer>> refs = IntStream.range(0, OBJECTS).mapToObj(Ray::put).toList();
    check(Ray.get(refs).getLast(), OBJECTS - 1);
  }

  private static Samples manyActors(Effort effort) {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < effort.repeats(); i++) {
      long start = System.nanoTime();
      List<ActorHandle<Remote.Echo>> actors =
          Stream.generate(() -> Ray.actor(Remote.Echo::new).remote()).limit(ACTORS).toList();
      Ray.get(actors.stream().map(actor -> actor.task(Remote.Echo::call).remote()).toList());
      values.add(ACTORS / ((System.nanoTime() - start) / 1e9));
      actors.forEach(ActorHandle::kill);
    }
    return Samples.of(values);
  }

  private static void check(int value, int expected) {
    if (value != expected) {
      throw new AssertionError("result: " + value + " (expected: " + expected + ")");
    }
  }
}

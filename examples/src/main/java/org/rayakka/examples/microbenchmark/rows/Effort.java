package org.rayakka.examples.microbenchmark.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// How long to measure, and the ways to do it.
///
/// @param seconds the length of one repetition, and of one warm-up before the first
/// @param repeats how many repetitions
/// @param warmUps how many warm-ups at most: one after the other until two in a row are no longer
///   faster than those before by more than a tenth, so that rows, and peers, of more code are not
///   measured colder than others
public record Effort(double seconds, int repeats, int warmUps) {
  /// How much faster than the best before it a warm-up has to be for another to follow.
  private static final double WARMING = 1.1;

  /// So many warm-ups in a row that are not: a single one may have met with a disturbance.
  private static final int LEVEL = 2;

  /// Operations whose times are kept; those beyond are counted but not timed.
  private static final int MAX_TIMED = 1 << 21;

  public Effort {
    if (!(seconds > 0)) {
      throw new IllegalArgumentException("seconds: " + seconds + " (expected: > 0)");
    }
    if (repeats < 1) {
      throw new IllegalArgumentException("repeats: " + repeats + " (expected: > 0)");
    }
    if (warmUps < 1) {
      throw new IllegalArgumentException("warm-ups: " + warmUps + " (expected: > 0)");
    }
  }

  /// What is repeated.
  @FunctionalInterface
  public interface Operation {
    void run() throws Exception;
  }

  /// Something to do that counts as many.
  @FunctionalInterface
  public interface Batch {
    long run() throws Exception;
  }

  /// Something that says how many seconds it took, without what it had to prepare.
  @FunctionalInterface
  public interface Timed {
    double seconds() throws Exception;
  }

  /// A warm-up, or a repetition.
  @FunctionalInterface
  private interface Rate {
    double perSecond() throws Exception;
  }

  private void warmUp(Rate rate) throws Exception {
    double best = 0;
    int level = 0;
    for (int i = 0; i < warmUps && level < LEVEL; i++) {
      double next = rate.perSecond();
      level = next < best * WARMING ? level + 1 : 0;
      best = Math.max(best, next);
    }
  }

  /// How many per second, of something that does so many at a time. A warm-up and a repetition last
  /// by its own time: who prepares for long is not measured colder than who need not.
  public Samples speed(double count, Timed operation) throws Exception {
    warmUp(() -> Samples.of(speed(1, count, operation)).median());
    return Samples.of(speed(repeats, count, operation));
  }

  private List<Double> speed(int least, double count, Timed operation) throws Exception {
    double left = seconds;
    List<Double> values = new ArrayList<>();
    do {
      double taken = operation.seconds();
      values.add(count / taken);
      left -= taken;
    } while (values.size() < least || left > 0);
    return values;
  }

  /// How many per second.
  public Samples rate(Batch batch) throws Exception {
    warmUp(() -> spin(batch));
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < repeats; i++) {
      values.add(spin(batch));
    }
    return Samples.of(values);
  }

  private double spin(Batch batch) throws Exception {
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    long count = 0;
    long now;
    do {
      count += batch.run();
      now = System.nanoTime();
    } while (now < end);
    return count / ((now - start) / 1e9);
  }

  /// How many per second, and how long each took.
  public Samples latency(Operation operation) throws Exception {
    Batch one =
        () -> {
          operation.run();
          return 1;
        };
    warmUp(() -> spin(one));
    long[] times = new long[MAX_TIMED];
    int timed = 0;
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < repeats; i++) {
      long start = System.nanoTime();
      long end = start + (long) (seconds * 1e9);
      long count = 0;
      long previous = start;
      long now;
      do {
        operation.run();
        count++;
        now = System.nanoTime();
        if (timed < times.length) {
          times[timed++] = now - previous;
        }
        previous = now;
      } while (now < end);
      values.add(count / ((now - start) / 1e9));
    }
    return withTimes(values, Arrays.copyOf(times, timed));
  }

  /// The given values with the percentiles of the given times, which are in nanoseconds.
  static Samples withTimes(List<Double> values, long[] times) {
    Arrays.sort(times);
    return new Samples(
        values, times[times.length / 2] / 1e3, times[(int) (times.length * 0.99)] / 1e3);
  }

  /// How many milliseconds a run takes, warm. One that takes as long as all warm-ups may is warm
  /// after the first.
  public Samples milliseconds(Operation operation) throws Exception {
    Timed run = () -> once(operation) / 1e3;
    if (run.seconds() < warmUps * seconds) {
      warmUp(() -> Samples.of(speed(1, 1, run)).median());
    }
    return withoutWarmUp(operation);
  }

  /// How many milliseconds a run takes, the first included.
  Samples withoutWarmUp(Operation operation) throws Exception {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < repeats; i++) {
      values.add(once(operation));
    }
    return Samples.of(values);
  }

  /// How many milliseconds the only run takes.
  static Samples single(Operation operation) throws Exception {
    return Samples.of(List.of(once(operation)));
  }

  private static double once(Operation operation) throws Exception {
    long start = System.nanoTime();
    operation.run();
    return (System.nanoTime() - start) / 1e6;
  }

  @Override
  public String toString() {
    return seconds + "/" + repeats + "/" + warmUps;
  }

  /// The reverse of {@link #toString}.
  static Effort parse(String text) {
    List<String> words = Arrays.stream(text.split("/", -1)).collect(Collectors.toList());
    return new Effort(
        Double.parseDouble(words.get(0)),
        Integer.parseInt(words.get(1)),
        Integer.parseInt(words.get(2)));
  }
}

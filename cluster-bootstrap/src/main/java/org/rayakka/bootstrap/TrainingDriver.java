package org.rayakka.bootstrap;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;

/// The session of `ray prepare`: uses what most programs use, so that its classes are loaded.
final class TrainingDriver {
  private static final int TASKS = 100;
  private static final int NUMBERS = 1_000;

  private TrainingDriver() {}

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

  static long twice(long number) {
    return 2 * number;
  }

  static double total(double[] numbers) {
    double total = 0;
    for (double number : numbers) {
      total += number;
    }
    return total;
  }

  /// Runs it.
  public static void main(String[] args) {
    Ray.init();
    List<ObjectRef<Long>> doubled = new ArrayList<>();
    for (long i = 0; i < TASKS; i++) {
      doubled.add(Ray.task(TrainingDriver::twice, i).remote());
    }
    Ray.wait(doubled, TASKS, Duration.ofSeconds(30));
    Ray.get(doubled);
    ObjectRef<double[]> numbers = Ray.put(new double[NUMBERS]);
    Ray.task(TrainingDriver::total, numbers).remote().get();
    ActorHandle<Tally> tally = Ray.actor(Tally::new).remote();
    tally.task(Tally::add, 1L).remote().get();
    Ray.shutdown();
  }
}

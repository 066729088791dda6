package org.rayakka.examples.microbenchmark.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;

/// What other engines of the JVM can do too: run something in another process and give its result.
public final class EngineRows {
  /// What the rows call an ask of an actor in another JVM.
  public static final String AKKA = "Akka ask";

  /// What the rows call Hazelcast's `IExecutorService`.
  public static final String HAZELCAST = "Hazelcast";

  private static final int BATCH = 1_000;
  private static final int MB = 1_000_000;

  /// One that runs things elsewhere.
  public interface Engine {
    /// Runs what does nothing, and waits for its result.
    void runOne() throws Exception;

    /// Runs so many that do nothing, all at once, and waits for their results.
    void runMany(int count) throws Exception;

    /// Runs what takes these bytes and returns how many they are.
    int length(byte[] argument) throws Exception;
  }

  private EngineRows() {}

  /// The rows of one comparison.
  ///
  /// @param other whom this system is compared with
  /// @param engine what is measured: this system or the other
  /// @return the rows, of the same names for both
  public static List<Row> beside(String other, Engine engine) {
    String group = "beside " + other;
    List<Row> rows = new ArrayList<>();
    rows.add(
        Row.higherIsBetter(
            group,
            "task sync, beside " + other,
            "tasks/s",
            effort -> effort.latency(engine::runOne)));
    rows.add(
        Row.higherIsBetter(
            group,
            String.format(Locale.ROOT, "tasks async, batch %,d, beside %s", BATCH, other),
            "tasks/s",
            effort ->
                effort.rate(() -> {
                  engine.runMany(BATCH);
                  return BATCH;
                })));
    byte[] megabyte = new byte[MB];
    rows.add(
        Row.higherIsBetter(
            group,
            "task with 1 MB argument, beside " + other,
            "tasks/s",
            effort ->
                effort.latency(() -> {
                  int length = engine.length(megabyte);
                  if (length != MB) {
                    throw new AssertionError("length: " + length + " (expected: " + MB + ")");
                  }
                })));
    return rows;
  }

  /// This system.
  static Engine ours() {
    return new Engine() {
      @Override
      public void runOne() {
        Ray.task(Remote::noop).remote().get();
      }

      @Override
      public void runMany(int count) {
        List<ObjectRef<byte[]>> refs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          refs.add(Ray.task(Remote::noop).remote());
        }
        Ray.get(refs);
      }

      @Override
      public int length(byte[] argument) {
        return Ray.task(Remote::length, argument).remote().get();
      }
    };
  }
}

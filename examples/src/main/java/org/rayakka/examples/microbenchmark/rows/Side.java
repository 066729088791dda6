package org.rayakka.examples.microbenchmark.rows;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.rayakka.api.NdArray;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.call.TaskCaller;
import org.rayakka.api.options.InitOptions;

/// What differs between the two systems: this one is Rayakka's, `Side.java.peer` is the peer's.
final class Side {
  /// Enough for the largest row, which stores a gigabyte and keeps 100 MB.
  private static final long STORE_BYTES = 2L << 30;

  private static final int ARRAY_LENGTH = 100_000_000 / Double.BYTES;

  private Side() {}

  static void init() {
    Ray.init(InitOptions.builder().setObjectStoreMemory(STORE_BYTES).build());
  }

  /// Makes a task ask for one processor, which is the default here.
  static <R> TaskCaller<R> task(TaskCaller<R> caller) {
    return caller;
  }

  /// Rows about what the peer does not offer.
  static List<Row> ownRows() {
    List<Row> rows = new ArrayList<>();
    rows.add(
        Row.higherIsBetter(
            "large objects", "get 100 MB NdArray and sum it", "GB/s", Side::getAndSumArray));
    rows.addAll(ScaleRows.all());
    rows.addAll(EngineRows.beside(EngineRows.AKKA, EngineRows.ours()));
    rows.addAll(EngineRows.beside(EngineRows.HAZELCAST, EngineRows.ours()));
    return rows;
  }

  /// Has another process make bytes that are read where they lie.
  static ObjectRef<NdArray> makeView(int length) {
    return Ray.task(Side::makeArray, length).remote();
  }

  static NdArray makeArray(int length) {
    return NdArray.of(Remote.make(length));
  }

  /// Stores numbers that are read where they lie.
  static ObjectRef<NdArray> putView(double[] values) {
    return Ray.put(NdArray.of(values));
  }

  private static Samples getAndSumArray(Effort effort) throws Exception {
    double[] numbers = new double[ARRAY_LENGTH];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i * 0.5;
    }
    ObjectRef<NdArray> ref = putView(numbers);
    return effort
        .latency(() -> {
          MemorySegment values = ref.get().segment();
          double sum = 0;
          for (long i = 0; i < ARRAY_LENGTH; i++) {
            sum += values.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
          }
          if (sum <= 0) {
            throw new AssertionError("sum: " + sum + " (expected: > 0)");
          }
        })
        .times(ARRAY_LENGTH * Double.BYTES / 1e9);
  }
}

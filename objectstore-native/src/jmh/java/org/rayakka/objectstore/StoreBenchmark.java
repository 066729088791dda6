package org.rayakka.objectstore;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.rayakka.api.id.ObjectId;

/// The costs of a local object: reading a hot one, making a small one, making a large one.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class StoreBenchmark {
  private static final ObjectId HOT = new ObjectId(1, 1, 1);
  private static final int LARGE_BYTES = 100_000_000;

  private final StoreNode node = StoreNode.create(StoreSettings.ofCapacity(1L << 30));
  private final ObjectStore store =
      ObjectStore.attach(node.segmentPath(), node.openSlot(1), bytes -> node.makeRoom(bytes));
  private final MemorySegment large = MemorySegment.ofArray(new byte[LARGE_BYTES]);
  private long next = 1;

  @Setup
  public void makeHotObject() {
    try (UnsealedObject object = store.create(HOT, 0, 64)) {
      object.seal();
    }
  }

  @TearDown
  public void close() {
    store.close();
    node.close();
  }

  @Benchmark
  public long getAndClose() {
    try (SealedObject object = Objects.requireNonNull(store.get(HOT))) {
      return object.size();
    }
  }

  @Benchmark
  public byte getReadAndCloseGuarded() {
    try (SealedObject object = Objects.requireNonNull(store.get(HOT))) {
      return object.data().get(ValueLayout.JAVA_BYTE, 0);
    }
  }

  @Benchmark
  public byte getReadAndCloseUnguarded() {
    try (SealedObject object = Objects.requireNonNull(store.get(HOT))) {
      return object.view().get(ValueLayout.JAVA_BYTE, 0);
    }
  }

  @Benchmark
  public void createSealAndDelete() {
    ObjectId id = new ObjectId(7, ++next, 1);
    try (UnsealedObject object = store.create(id, 0, 100)) {
      object.seal();
    }
    node.delete(id);
  }

  /// 100 MB: divide for the bandwidth.
  @Benchmark
  public void putLarge() {
    ObjectId id = new ObjectId(9, ++next, 1);
    try (UnsealedObject object = store.create(id, 0, LARGE_BYTES)) {
      object.write(large, 0);
      object.seal();
    }
    node.delete(id);
  }
}

package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.NdArray;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;

/// One copy of an array for all processes of a machine, and a store that is smaller than what goes
/// through it.
@Timeout(90)
class SharedMemoryIT {
  private static final int DOUBLES = 12_500_000; // 100 MB

  @BeforeAll
  static void start() {
    Cluster.start(4);
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
  }

  /// Keeps an array and says what memory its process has for itself.
  static class Reader {
    private NdArray array = NdArray.of(new double[0]);

    double read(NdArray read) {
      array = read;
      double sum = 0;
      for (long i = 0; i < array.size(); i++) {
        sum += array.getDouble(i);
      }
      return sum;
    }

    double readInside(List<Map<String, NdArray>> nested) {
      return read(nested.getFirst().values().iterator().next());
    }

    long elements() {
      return array.size();
    }

    long pid() {
      return Cluster.pid();
    }

    long privateKib() throws IOException {
      System.gc();
      long kib = 0;
      for (String line : Files.readAllLines(Path.of("/proc/self/smaps_rollup"))) {
        if (line.startsWith("Private_")) {
          kib += Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
      return kib;
    }
  }

  static NdArray filled(int value, int length) {
    double[] values = new double[length];
    Arrays.fill(values, value);
    return NdArray.of(values);
  }

  static double first(NdArray array) {
    return array.getDouble(0);
  }

  // rows 3, 51-54, 193, 207
  @Test
  void twoWorkersReadOneCopyOfAnArray() {
    ObjectRef<NdArray> ref = Ray.put(filled(1, DOUBLES));
    ObjectRef<List<Map<String, NdArray>>> nested = Ray.put(List.of(Map.of("a", filled(1, 2))));
    List<ActorHandle<Reader>> readers =
        List.of(Ray.actor(Reader::new).remote(), Ray.actor(Reader::new).remote());
    List<Long> before = new ArrayList<>();
    for (ActorHandle<Reader> reader : readers) {
      assertThat(reader.task(Reader::readInside, nested).remote().get()).isEqualTo(2);
      before.add(reader.task(Reader::privateKib).remote().get());
    }

    for (ActorHandle<Reader> reader : readers) {
      assertThat(reader.task(Reader::read, ref).remote().get()).isEqualTo(DOUBLES);
    }

    assertThat(readers.get(0).task(Reader::pid).remote().get())
        .isNotEqualTo(readers.get(1).task(Reader::pid).remote().get());
    for (int i = 0; i < 2; i++) {
      assertThat(readers.get(i).task(Reader::elements).remote().get()).isEqualTo(DOUBLES);
      long grown = readers.get(i).task(Reader::privateKib).remote().get() - before.get(i);
      assertThat(grown).as("KiB of its own that reader %d took", i).isLessThan(30 << 10);
    }
    readers.forEach(ActorHandle::kill);
  }

  // rows 51, 193, 208
  @Test
  void getsALargeArrayInNoTime() {
    ObjectRef<NdArray> ref = Ray.put(filled(1, DOUBLES));
    for (int i = 0; i < 2_000; i++) {
      assertThat(ref.get().size()).isEqualTo(DOUBLES);
    }
    long[] nanos = new long[1_000];

    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      NdArray array = ref.get();
      nanos[i] = System.nanoTime() - start;
      assertThat(array.getDouble(i)).isEqualTo(1);
    }

    Arrays.sort(nanos);
    assertThat(nanos[nanos.length / 2]).isLessThan(TimeUnit.MICROSECONDS.toNanos(100));
  }

  // rows 194, 195, 198
  @Test
  void holdsMorePutObjectsThanFitAndKeepsThoseInUse() {
    int length = 1_000_000; // 8 MB
    NdArray inUse = Ray.put(filled(-1, length)).get();
    List<ObjectRef<NdArray>> refs = new ArrayList<>();
    for (int i = 0; i < 48; i++) { // One and a half times what the store holds.
      refs.add(Ray.put(filled(i, length)));
    }

    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < refs.size(); i++) {
        NdArray array = refs.get(i).get();
        assertThat(array.getDouble(0)).isEqualTo(i);
        assertThat(array.getDouble(length - 1)).isEqualTo(i);
      }
    }

    assertThat(inUse.getDouble(0)).isEqualTo(-1);
    assertThat(inUse.getDouble(length - 1)).isEqualTo(-1);
  }

  // rows 194, 196
  @Test
  void getsEveryResultThoughTheyDoNotAllFit() {
    int length = 1_000_000;
    List<ObjectRef<NdArray>> refs = moreThanFits(length);

    for (int i = 0; i < refs.size(); i++) {
      assertThat(refs.get(i).get().getDouble(length - 1)).isEqualTo(i);
    }
    List<ObjectRef<Double>> firsts = new ArrayList<>();
    for (ObjectRef<NdArray> ref : refs) {
      firsts.add(Ray.task(SharedMemoryIT::first, ref).remote());
    }
    for (int i = 0; i < refs.size(); i++) {
      assertThat(firsts.get(i).get()).isEqualTo(i);
    }
  }

  // rows 10, 194
  @Test
  void waitsForResultsThatDoNotAllFit() {
    int length = 1_000_000;
    List<ObjectRef<NdArray>> refs = moreThanFits(length);

    assertThat(Ray.wait(refs, refs.size(), 60_000).getReady()).hasSize(refs.size());
    assertThat(refs.getFirst().get().getDouble(length - 1)).isZero();
  }

  /// 48 results of so many numbers each.
  private static List<ObjectRef<NdArray>> moreThanFits(int length) {
    return IntStream.range(0, 48)
        .mapToObj(i -> Ray.task(SharedMemoryIT::filled, i, length).remote())
        .toList();
  }
}

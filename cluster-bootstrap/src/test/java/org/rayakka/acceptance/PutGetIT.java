package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.NdArray;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.exception.RayTimeoutException;
import org.rayakka.api.exception.UnreconstructableException;
import org.rayakka.api.id.ObjectId;

/// Putting objects into the store and getting them.
@Timeout(60)
class PutGetIT {
  @BeforeAll
  static void start() {
    Cluster.start(2);
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
  }

  static List<ObjectRef<String>> putInWorker(String text) {
    return List.of(Ray.put(text));
  }

  static String getInWorker(List<ObjectRef<String>> refs) {
    return refs.getFirst().get() + "!";
  }

  static String slow(String text) throws InterruptedException {
    Cluster.work(300);
    return text;
  }

  static Object bareReference() {
    return Ray.put(1);
  }

  static NdArray array(int length) {
    double[] values = new double[length];
    values[length - 1] = length;
    return NdArray.of(values);
  }

  // rows 39, 42, 43
  @Test
  void keepsACopyThatLaterChangesDoNotReach() {
    List<Integer> numbers = new ArrayList<>(List.of(1, 2, 3));

    ObjectRef<List<Integer>> ref = Ray.put(numbers);
    numbers.set(0, 100);

    assertThat(ref.get()).containsExactly(1, 2, 3);
  }

  // rows 39, 42
  @Test
  void keepsACopyOfAnArrayThatLaterChangesDoNotReach() {
    double[] values = {1, 2, 3};

    ObjectRef<NdArray> array = Ray.put(NdArray.of(values));
    ObjectRef<double[]> plain = Ray.put(values);
    values[0] = 100;

    assertThat(array.get().toDoubleArray()).containsExactly(1, 2, 3);
    assertThat(plain.get()).containsExactly(1, 2, 3);
  }

  // row 40
  @Test
  void printsAnIdAsFortyHexDigits() {
    ObjectId id = Ray.put("x").getId();

    assertThat(id.toString()).matches("ObjectID\\([0-9a-f]{40}\\)");
    assertThat(ObjectId.parse(id.toString())).isEqualTo(id);
  }

  // rows 41, 49, 50
  @Test
  void whoeverHoldsAReferenceGetsTheValue() {
    ObjectRef<List<ObjectRef<String>>> inner = Ray.task(PutGetIT::putInWorker, "from").remote();

    assertThat(inner.get().getFirst().get()).isEqualTo("from");
    assertThat(Ray.task(PutGetIT::getInWorker, inner).remote().get()).isEqualTo("from!");
    assertThat(Ray.task(PutGetIT::getInWorker, List.of(Ray.put("to"))).remote().get())
        .isEqualTo("to!");
  }

  // row 44
  @Test
  void blocksUntilTheObjectExists() {
    long start = System.nanoTime();

    String value = Ray.task(PutGetIT::slow, "late").remote().get();

    assertThat(value).isEqualTo("late");
    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(300));
  }

  // rows 46, 58
  @Test
  void getsAListInItsOrder() {
    List<ObjectRef<Integer>> refs = Cluster.range(0, 10).stream().map(Ray::put).toList();

    assertThat(Ray.get(refs)).isEqualTo(Cluster.range(0, 10));
    assertThat(Ray.get(refs.get(3))).isEqualTo(3);
    assertThat(Ray.get(List.<ObjectRef<Integer>>of())).isEmpty();
  }

  // row 47
  @Test
  void getsARepeatedReferenceAsOftenAsItIsThere() {
    List<ObjectRef<Integer>> refs = Cluster.range(0, 10).stream().map(Ray::put).toList();
    List<ObjectRef<Integer>> repeated =
        List.of(
            refs.get(7),
            refs.get(1),
            refs.get(4),
            refs.get(1),
            refs.get(9),
            refs.get(7),
            refs.get(4),
            refs.get(0),
            refs.get(9),
            refs.get(0));

    assertThat(Ray.get(repeated)).containsExactly(7, 1, 4, 1, 9, 7, 4, 0, 9, 0);
  }

  // row 48
  @Test
  @SuppressWarnings("NullAway") // Null is what it tests.
  void refusesToGetWhatIsNoReference() {
    List<ObjectRef<Integer>> withNull = new ArrayList<>();
    withNull.add(null);

    assertThatThrownBy(() -> Ray.get(withNull)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> Ray.get((ObjectRef<Integer>) null))
        .isInstanceOf(NullPointerException.class);
  }

  // row 49
  @Test
  void refusesToStoreABareReference() {
    ObjectRef<Integer> ref = Ray.put(1);

    assertThatThrownBy(() -> Ray.put(ref))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wrap it in a list");
    assertThatThrownBy(() -> Ray.task(PutGetIT::bareReference).remote().get())
        .isInstanceOf(RayTaskException.class)
        .hasMessageContaining("wrap it in a list");
    assertThat(Ray.put(List.of(ref)).get().getFirst().get()).isEqualTo(1);
  }

  // rows 51-53, 207
  @Test
  void givesReadOnlyViewsOfArraysWhereverTheyAre() {
    NdArray matrix = NdArray.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    ObjectRef<List<Map<String, NdArray>>> nested = Ray.put(List.of(Map.of("a", matrix)));

    NdArray first = nested.get().getFirst().values().iterator().next();
    NdArray again = nested.get().getFirst().values().iterator().next();

    assertThat(first).isEqualTo(matrix);
    assertThat(first.segment().isNative()).isTrue();
    assertThat(first.segment().isReadOnly()).isTrue();
    assertThat(again.segment().address()).isEqualTo(first.segment().address());
    assertThatThrownBy(() -> first.segment().set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 0, 7))
        .isInstanceOfAny(IllegalArgumentException.class, UnsupportedOperationException.class);
    double[] copy = first.toDoubleArray();
    copy[0] = 7;
    assertThat(nested.get().getFirst().values().iterator().next().getDouble(0, 0)).isEqualTo(1);
  }

  // rows 51, 193
  @Test
  void givesAViewOfAnArrayThatATaskReturned() {
    NdArray array = Ray.task(PutGetIT::array, 100_000).remote().get();

    assertThat(array.size()).isEqualTo(100_000);
    assertThat(array.getDouble(99_999)).isEqualTo(100_000);
    assertThat(array.segment().isReadOnly()).isTrue();
  }

  @Test
  void keepsAViewValidAfterItsReferenceIsGone() {
    NdArray array = Ray.put(array(1_000_000)).get();

    for (int i = 0; i < 60; i++) {
      // Eight times what the store holds passes through; the view holds its memory.
      assertThat(Ray.put(array(4_000_000)).get().getDouble(3_999_999)).isEqualTo(4_000_000);
      System.gc();
    }

    assertThat(array.getDouble(0)).isZero();
    assertThat(array.getDouble(999_999)).isEqualTo(1_000_000);
  }

  @Test
  void putsAndGetsManySmallValues() {
    for (int i = 0; i < 100; i++) {
      List<Integer> zeros = new ArrayList<>();
      for (int j = 0; j < i; j++) {
        zeros.add(0);
      }

      assertThat(Ray.put(i * 1_000_000).get()).isEqualTo(i * 1_000_000);
      assertThat(Ray.put(i * 1.5).get()).isEqualTo(i * 1.5);
      assertThat(Ray.put("h".repeat(i)).get()).isEqualTo("h".repeat(i));
      assertThat(Ray.put(zeros).get()).isEqualTo(zeros);
    }
  }

  @Test
  void putsAndGetsNull() {
    ObjectRef<@Nullable String> ref = Ray.put((@Nullable String) null);

    assertThat(ref.get()).isNull();
  }

  @Test
  void holdsManyObjectsAtOnce() {
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      refs.add(Ray.put(i));
    }

    assertThat(Ray.get(refs)).isEqualTo(Cluster.range(0, 20_000));
  }

  @Test
  void getsArraysOfAllSizesAgainAndAgain() {
    for (int exponent = 0; exponent <= 6; exponent++) {
      int length = (int) Math.pow(10, exponent);
      for (int i = 0; i < 10; i++) {
        ObjectRef<NdArray> ref = Ray.put(array(length));
        for (int j = 0; j < 10; j++) {
          assertThat(ref.get().getDouble(length - 1)).isEqualTo(length);
        }
      }
    }
  }

  @Test
  void givesUpWhenTimeIsUpAndMayBeAskedAgain() {
    ObjectRef<String> ref = Ray.task(PutGetIT::slow, "late").remote();

    assertThatThrownBy(() -> ref.get(20)).isInstanceOf(RayTimeoutException.class);
    assertThatThrownBy(() -> Ray.get(List.of(ref), Duration.ofMillis(1)))
        .isInstanceOf(RayTimeoutException.class);
    assertThat(ref.get(Duration.ofSeconds(30))).isEqualTo("late");
    assertThat(ref.get(0)).isEqualTo("late");
  }

  @Test
  void completesAFuture() throws Exception {
    ObjectRef<String> ref = Ray.task(PutGetIT::slow, "late").remote();

    assertThat(ref.toFuture().thenApply(text -> text + "!").get(30, TimeUnit.SECONDS))
        .isEqualTo("late!");
    assertThat(Ray.put(5).toFuture().get(30, TimeUnit.SECONDS)).isEqualTo(5);
  }

  @Test
  void saysThatAFreedObjectIsLost() throws Exception {
    ObjectRef<String> ref = Ray.put("gone");

    Ray.internal().free(List.of(ref), false, false);

    Await.until("the object to be gone", Duration.ofSeconds(10), () -> isLost(ref));
    assertThatThrownBy(() -> ref.get(20_000))
        .isInstanceOfSatisfying(
            UnreconstructableException.class,
            lost -> assertThat(lost.objectId()).isEqualTo(ref.getId()));
  }

  private static boolean isLost(ObjectRef<?> ref) {
    try {
      ref.get(5_000);
      return false;
    } catch (UnreconstructableException e) {
      return true;
    }
  }
}

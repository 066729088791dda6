package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Serializable;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.NdArray;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.Tuple2;
import org.rayakka.api.Tuple3;
import org.rayakka.api.exception.RaySerializationException;
import org.rayakka.api.function.RayFunc1;

/// Values of all kinds on their way to a task and back.
@Timeout(120)
@SuppressWarnings({"ReferenceEquality", "JdkObsolete"}) // Whether it is one object is the question.
class SerializationIT {
  private static final long SEED = 20171109;

  @BeforeAll
  static void start() {
    Cluster.start(2);
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
  }

  /// A plain class, neither serialisable nor a record, that holds another.
  static class Outer {
    int number = 1;
    String text = "outer";
    @Nullable Middle middle = new Middle();
    transient int notSent = 9;

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Outer that
          && number == that.number
          && text.equals(that.text)
          && Objects.equals(middle, that.middle);
    }

    @Override
    public int hashCode() {
      return number;
    }
  }

  static class Middle {
    private final double[] weights = {0.5, 1.5};
    private final Inner inner = new Inner("inner", List.of(1, 2));

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Middle that
          && Arrays.equals(weights, that.weights)
          && inner.equals(that.inner);
    }

    @Override
    public int hashCode() {
      return inner.hashCode();
    }
  }

  record Inner(String name, List<Integer> values) {}

  record Point(int x, int y) {}

  record Generic<T>(T value, @Nullable Generic<T> next) {}

  enum Colour {
    RED,
    GREEN {
      @Override
      int code() {
        return 7;
      }
    };

    int code() {
      return 1;
    }
  }

  /// What refers to itself and to others like it.
  static class Node {
    final String name;
    @Nullable Node other;

    Node(String name) {
      this.name = name;
    }
  }

  /// Three classes of the same simple name.
  static class First {
    record Same(int x) {}
  }

  static class Second {
    record Same(int x) {}
  }

  static class Third {
    record Same(int x) {}
  }

  static class CustomException extends RuntimeException {
    final int code;

    CustomException(String message, int code) {
      super(message);
      this.code = code;
    }
  }

  static @Nullable Object echo(@Nullable Object value) {
    return value;
  }

  static List<Object> sameNames() {
    return List.of(new First.Same(1), new Second.Same(2), new Third.Same(3));
  }

  static boolean isOneObject(List<List<Integer>> lists) {
    return lists.get(0) == lists.get(1);
  }

  static boolean isItself(List<Object> list) {
    return list.getFirst() == list;
  }

  static RayFunc1<Integer, Integer> adder(int amount) {
    return x -> x + amount;
  }

  /// About 175 values, as programs pass them.
  private static List<@Nullable Object> values() {
    Random random = new Random(SEED);
    List<@Nullable Object> values = new ArrayList<>();
    Collections.addAll(values, 0, 1, -1, 127, 128, 255, 256, Integer.MAX_VALUE, Integer.MIN_VALUE);
    Collections.addAll(values, 0L, 1L << 32, 1L << 62, -(1L << 62), Long.MAX_VALUE, Long.MIN_VALUE);
    Collections.addAll(values, (byte) 1, Byte.MIN_VALUE, (short) 1, Short.MAX_VALUE, 'a', '\uffff');
    Collections.addAll(values, 0.0, -0.0, 1.5, 1e100, Double.MIN_VALUE, Double.NaN, 1 / 0.0);
    Collections.addAll(values, 0f, 1.5f, Float.NaN, Float.MAX_VALUE, true, false, null);
    Collections.addAll(values, BigInteger.TWO.pow(200), BigInteger.ONE.negate(), BigDecimal.TEN);
    Collections.addAll(values, new BigDecimal("1.00"), new BigDecimal("-1e-500"));
    Collections.addAll(
        values, "", "a", "hello world", "\t\n\u0000", "☃", "grün", "日本語", "\ud83d\ude00");
    Collections.addAll(values, "x".repeat(99), "x".repeat(100_001), "☃".repeat(70_000), "\ud800");
    StringBuilder printable = new StringBuilder();
    for (char c = 32; c < 127; c++) {
      printable.append(c);
    }
    values.add(printable.toString());
    for (int i = 0; i < 5; i++) {
      StringBuilder any = new StringBuilder();
      random.ints(20, 0x100, 0xd7ff).forEach(any::appendCodePoint);
      values.add(any.toString());
    }
    Collections.addAll(values, List.of(), new ArrayList<>(), Map.of(), new HashMap<>(), Set.of());
    Collections.addAll(
        values, List.of(1), List.of(1, 2), List.of(1, "two", 3.0), Arrays.asList(1, null));
    Collections.addAll(values, new LinkedList<>(List.of(1, 2)), new ArrayList<>(List.of("a")));
    Collections.addAll(values, Cluster.range(0, 1_000), Collections.nCopies(50, "same"));
    Collections.addAll(
        values, Set.of(1), new HashSet<>(List.of(1, 2)), new LinkedHashSet<>(List.of(3, 1)));
    Collections.addAll(
        values, new TreeSet<>(List.of(3, 1, 2)), new HashSet<Object>(List.of(1, "a", 2.5)));
    Collections.addAll(
        values, Map.of("a", 1), Map.of(1, List.of("x")), new TreeMap<>(Map.of("b", 1)));
    Map<Object, Object> mixed = new LinkedHashMap<>();
    mixed.put(null, 1);
    mixed.put("k", null);
    mixed.put(3, Map.of("deep", List.of(1)));
    Collections.addAll(
        values, mixed, Collections.singletonList(1), Collections.singletonMap("k", 1));
    Collections.addAll(values, Collections.emptyList(), Collections.unmodifiableList(List.of(1)));
    Collections.addAll(
        values, new EnumMap<>(Map.of(DayOfWeek.MONDAY, 1)), EnumSet.of(DayOfWeek.FRIDAY));
    Collections.addAll(values, EnumSet.noneOf(DayOfWeek.class), List.of(1, 2, 3).subList(1, 3));
    Collections.addAll(values, new byte[0], new byte[] {1, -1}, new short[] {1}, new int[] {1, 2});
    Collections.addAll(
        values, new long[] {1L << 62}, new float[] {1.5f}, new double[] {1.5, Double.NaN});
    Collections.addAll(values, new char[] {'a', '☃'}, new boolean[] {true, false}, new int[0]);
    Collections.addAll(values, new String[] {"a", "☃"}, new String[0], new Integer[] {1, 2});
    Collections.addAll(
        values, new @Nullable String[] {"a", null}, new Object[] {1, "a", new int[] {1}});
    Collections.addAll(
        values, new int[][] {{1}, {2, 3}}, new double[3][4][5], new Object[][] {{1}, {}});
    Collections.addAll(values, random.doubles(10_000).toArray(), random.ints(100_000).toArray());
    Collections.addAll(values, NdArray.of(new double[0]), NdArray.of(new double[] {1, 2}));
    Collections.addAll(
        values, NdArray.of(new float[] {1, 2, 3, 4}, 2, 2), NdArray.of(new long[] {1}));
    Collections.addAll(values, NdArray.of(new int[] {1}), NdArray.of(new short[] {1}));
    Collections.addAll(values, NdArray.of(new byte[] {1}), NdArray.ofUnsigned(new byte[] {-1}));
    Collections.addAll(values, NdArray.of(new boolean[] {true, false, true}));
    Collections.addAll(values, NdArray.of(random.doubles(10_000).toArray(), 100, 100));
    Collections.addAll(
        values, NdArray.of(new double[1_000], 10, 10, 10), NdArray.of(new double[] {3}, 1, 1));
    Map<String, NdArray> arrays = new HashMap<>();
    for (int i = 0; i < 10; i++) {
      arrays.put("array" + i, NdArray.of(random.doubles(10_000).toArray(), 100, 100));
    }
    Collections.addAll(values, arrays, List.of(NdArray.of(new double[] {1}), "beside an array"));
    Object deep = 1;
    for (int i = 0; i < 12; i++) {
      deep = List.of(deep);
    }
    values.add(deep);
    Object tuples = "core";
    for (int i = 0; i < 6; i++) {
      tuples = new Tuple2<>(Map.of("level" + i, tuples), i);
    }
    Collections.addAll(values, tuples, new Tuple2<>(1, "a"), new Tuple3<>(1, 2.0, List.of()));
    Collections.addAll(values, new Point(1, 2), new Inner("n", List.of()), new Generic<>(1, null));
    Collections.addAll(
        values, new Generic<>("a", new Generic<>("b", null)), new Outer(), new Middle());
    Collections.addAll(
        values, new Point[] {new Point(1, 2), new Point(3, 4)}, List.of(new Outer()));
    Collections.addAll(
        values, Colour.RED, Colour.GREEN, DayOfWeek.SUNDAY, new Colour[] {Colour.GREEN});
    Collections.addAll(values, Optional.of(1), Optional.empty(), UUID.fromString("0-1-2-3-4"));
    Collections.addAll(values, Instant.EPOCH, Duration.ofNanos(5), LocalDate.of(2017, 11, 9));
    Collections.addAll(values, ZonedDateTime.parse("2017-11-09T10:00:00+01:00[Europe/Berlin]"));
    Collections.addAll(
        values, Locale.GERMANY, URI.create("http://localhost/x?y"), StandardCharsets.UTF_8.name());
    Collections.addAll(values, String.class, int.class, int[].class, Point.class, Map.Entry.class);
    Collections.addAll(values, BitSet.valueOf(new long[] {5}), Map.entry("k", 1), "last");
    return values;
  }

  /// Compares values whose classes may not: arrays, and what holds them.
  private static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return a == b;
    }
    if (a.getClass().isArray()) {
      return a.getClass() == b.getClass() && sameArrays(a, b);
    }
    if (a instanceof List<?> list) {
      return b instanceof List<?> other && sameElements(list, other);
    }
    if (a instanceof Map<?, ?> map) {
      return b instanceof Map<?, ?> other
          && map.keySet().equals(other.keySet())
          && map.keySet().stream().allMatch(key -> same(map.get(key), other.get(key)));
    }
    return a.equals(b)
        && (a instanceof Set<?> || a instanceof Map.Entry || a.getClass() == b.getClass());
  }

  private static boolean sameArrays(Object a, Object b) {
    int length = Array.getLength(a);
    if (length != Array.getLength(b)) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (!same(Array.get(a, i), Array.get(b, i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameElements(List<?> a, List<?> b) {
    Iterator<?> others = b.iterator();
    for (Object each : a) {
      if (!others.hasNext() || !same(each, others.next())) {
        return false;
      }
    }
    return !others.hasNext();
  }

  private static ObjectRef<@Nullable Object> echoed(@Nullable Object value) {
    return Ray.task(SerializationIT::echo, value).remote();
  }

  // rows 199-202
  @Test
  void bringsEveryValueThereAndBack() {
    List<@Nullable Object> values = values();
    assertThat(values).hasSizeGreaterThan(150);
    List<ObjectRef<@Nullable Object>> refs = new ArrayList<>();
    for (Object value : values) {
      refs.add(echoed(value));
      refs.add(echoed(Collections.singletonList(value)));
      refs.add(echoed(new @Nullable Object[] {value}));
      refs.add(echoed(Collections.singletonMap("key", value)));
    }

    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      check(wrong, value, value, refs.get(4 * i));
      check(wrong, value, Collections.singletonList(value), refs.get((4 * i) + 1));
      check(wrong, value, new @Nullable Object[] {value}, refs.get((4 * i) + 2));
      check(wrong, value, Collections.singletonMap("key", value), refs.get((4 * i) + 3));
    }

    assertThat(wrong).as("random values of seed %d", SEED).isEmpty();
  }

  private static void check(
      List<String> wrong,
      @Nullable Object value,
      @Nullable Object expected,
      ObjectRef<@Nullable Object> ref) {
    String form = expected == value ? "" : " in " + Objects.requireNonNull(expected).getClass();
    String name = value == null ? "null" : value.getClass() + " " + brief(value);
    try {
      Object actual = ref.get();
      if (!same(expected, actual)) {
        wrong.add(
            name
                + form
                + " became "
                + (actual == null ? "null" : actual.getClass() + " " + brief(actual)));
      }
    } catch (RuntimeException e) {
      wrong.add(name + form + " failed: " + e);
    }
  }

  private static String brief(Object value) {
    String text = value.toString();
    return text.substring(0, Math.min(text.length(), 40));
  }

  // row 199
  @Test
  void putsEveryValueAndGetsIt() {
    List<String> wrong = new ArrayList<>();
    for (Object value : values()) {
      check(wrong, value, value, Ray.put(value));
    }

    assertThat(wrong).isEmpty();
  }

  // row 203
  @Test
  void keepsTwoReferencesToOneListOne() {
    List<Integer> shared = new ArrayList<>(List.of(1, 2));
    List<List<Integer>> twice = new ArrayList<>(List.of(shared, shared));

    List<List<Integer>> got = Ray.put(twice).get();

    assertThat(got.get(0)).isSameAs(got.get(1));
    assertThat(Ray.task(SerializationIT::isOneObject, twice).remote().get()).isTrue();
  }

  // row 204
  @Test
  void bringsBackWhatContainsItself() {
    List<Object> list = new ArrayList<>();
    list.add(list);
    Map<String, Object> map = new HashMap<>();
    map.put("itself", map);
    Node self = new Node("self");
    self.other = self;
    Node left = new Node("left");
    Node right = new Node("right");
    left.other = right;
    right.other = left;

    List<Object> gotList = Ray.put(list).get();
    Map<String, Object> gotMap = Ray.put(map).get();
    Node gotSelf = Ray.put(self).get();
    List<Node> both = Ray.put(List.of(left, right)).get();

    assertThat(gotList.getFirst() == gotList).isTrue();
    assertThat(gotMap.get("itself") == gotMap).isTrue();
    assertThat(gotSelf.other).isSameAs(gotSelf);
    assertThat(both.get(0).other).isSameAs(both.get(1));
    assertThat(both.get(1).other).isSameAs(both.get(0));
    assertThat(both.get(1).name).isEqualTo("right");
    assertThat(Ray.task(SerializationIT::isItself, list).remote().get()).isTrue();
  }

  @Test
  void leavesTransientFieldsOut() {
    Outer outer = new Outer();
    outer.notSent = 10;

    assertThat(Ray.put(outer).get().notSent).isNotEqualTo(10);
  }

  @Test
  void returnsALambdaThatWorks() throws Exception {
    RayFunc1<Integer, Integer> addOne = Ray.task(SerializationIT::adder, 1).remote().get();
    Runnable unused = (Runnable & Serializable) () -> {};

    assertThat(addOne.apply(3)).isEqualTo(4);
    assertThat(Ray.put(unused).get()).isInstanceOf(Runnable.class);
  }

  @Test
  void returnsACompiledPattern() {
    Object pattern = echoed(Pattern.compile("[a-z]+", Pattern.CASE_INSENSITIVE)).get();

    assertThat(pattern)
        .isInstanceOfSatisfying(
            Pattern.class, compiled -> assertThat(compiled.matcher("AbC").matches()).isTrue());
  }

  @Test
  void returnsAnExceptionWithItsFields() {
    Object exception = echoed(new CustomException("kept", 3)).get();

    assertThat(exception)
        .isInstanceOfSatisfying(
            CustomException.class,
            same -> {
              assertThat(same).hasMessage("kept");
              assertThat(same.code).isEqualTo(3);
            });
  }

  @Test
  void tellsClassesOfOneNameApart() {
    for (int i = 0; i < 5; i++) {
      assertThat(Ray.task(SerializationIT::sameNames).remote().get())
          .containsExactly(new First.Same(1), new Second.Same(2), new Third.Same(3));
    }
  }

  // row 118
  @Test
  void bringsBackADequeInItsOrder() {
    Object deque = echoed(new ArrayDeque<>(List.of(3, 1, 2))).get();

    assertThat(deque)
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.ITERABLE)
        .containsExactly(3, 1, 2);
  }

  // row 205
  @Test
  void saysWhereThatIsWhichCannotTravel() {
    Map<String, Object> value = Map.of("threads", List.of(Thread.currentThread()));

    assertThatThrownBy(() -> Ray.put(value))
        .isInstanceOfSatisfying(
            RaySerializationException.class,
            refusal -> {
              assertThat(refusal.className()).isEqualTo("java.lang.Thread");
              assertThat(refusal.path()).contains("threads");
            });
    assertThatThrownBy(() -> echoed(value)).isInstanceOf(RaySerializationException.class);
  }
}

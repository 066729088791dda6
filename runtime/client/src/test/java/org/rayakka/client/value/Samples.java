package org.rayakka.client.value;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.NdArray;

/// The values that a task must be able to take and return: also those that one would rather not
/// use.
@SuppressWarnings({
  "JdkObsolete",
  "IdentityHashMapUsage",
  "JavaUtilDate",
  "UnnecessaryStringBuilder",
  "NonApiType"
})
final class Samples {
  record Point(int x, double y, String name) {}

  record Nested(Point point, List<Point> points, Map<String, double[]> arrays) {}

  record Generic<T extends @Nullable Object>(T value) {}

  enum Colour {
    RED,
    GREEN {
      @Override
      String nickname() {
        return "leaf";
      }
    };

    String nickname() {
      return name();
    }
  }

  /// No marker interface, no constructor without arguments.
  static class Plain {
    private final int number;
    private final String text;
    private final @Nullable Object child;

    Plain(int number, String text, @Nullable Object child) {
      this.number = number;
      this.text = text;
      this.child = child;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Plain that
          && getClass() == that.getClass()
          && number == that.number
          && text.equals(that.text)
          && Objects.equals(child, that.child);
    }

    @Override
    public int hashCode() {
      return Objects.hash(number, text, child);
    }
  }

  static final class Derived extends Plain {
    private final long more;

    Derived(int number, long more) {
      super(number, "derived", null);
      this.more = more;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return super.equals(other) && other instanceof Derived that && more == that.more;
    }

    @Override
    public int hashCode() {
      return super.hashCode() * 31 + Long.hashCode(more);
    }
  }

  private static final class Hidden {
    private final Map<String, List<Integer>> lists = new HashMap<>(Map.of("a", List.of(1, 2)));

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Hidden that && lists.equals(that.lists);
    }

    @Override
    public int hashCode() {
      return lists.hashCode();
    }
  }

  /// Writes itself by hand, in Java's own protocol.
  static final class HandWritten implements Serializable {
    private static final long serialVersionUID = 1;

    private transient int[] numbers;

    HandWritten(int... numbers) {
      this.numbers = numbers;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.defaultWriteObject();
      out.writeInt(numbers.length);
      for (int number : numbers) {
        out.writeInt(number);
      }
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      numbers = new int[in.readInt()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = in.readInt();
      }
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof HandWritten that && Arrays.equals(numbers, that.numbers);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(numbers);
    }
  }

  /// A list with a field of its own.
  static final class NamedList extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    private final String name;

    NamedList(String name, List<String> elements) {
      super(elements);
      this.name = name;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof NamedList that && name.equals(that.name) && super.equals(that);
    }

    @Override
    public int hashCode() {
      return name.hashCode();
    }
  }

  static final class NamedMap extends HashMap<String, Integer> {
    private static final long serialVersionUID = 1;

    private final String name;

    NamedMap(String name, Map<String, Integer> entries) {
      super(entries);
      this.name = name;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof NamedMap that && name.equals(that.name) && super.equals(that);
    }

    @Override
    public int hashCode() {
      return name.hashCode();
    }
  }

  /// A lambda type that travels.
  interface Travelling<A, B> extends Function<A, B>, Serializable {}

  private Samples() {}

  /// Every value, in a fixed order. Those with `equals`, arrays at any depth included, are what a
  /// round trip is compared by.
  static List<@Nullable Object> all() {
    List<@Nullable Object> all = new ArrayList<>();
    scalars(all);
    strings(all);
    arrays(all);
    collections(all);
    jdk(all);
    classes(all);
    return all;
  }

  private static void scalars(List<@Nullable Object> all) {
    all.add(null);
    all.addAll(List.of(true, false, (byte) -1, Byte.MIN_VALUE, 'a', '\uffff', (short) -300));
    for (int shift = 0; shift < 31; shift += 5) {
      all.add(1 << shift);
      all.add(-(1 << shift));
    }
    all.addAll(List.of(0, Integer.MAX_VALUE, Integer.MIN_VALUE));
    all.addAll(List.of(0L, 1L << 62, -(1L << 62), Long.MAX_VALUE, Long.MIN_VALUE));
    all.addAll(List.of(0f, -0f, 1.5f, Float.NaN, Float.MIN_VALUE, Float.NEGATIVE_INFINITY));
    all.addAll(List.of(0d, -0d, 0.1, Double.NaN, Double.MAX_VALUE, Double.POSITIVE_INFINITY));
  }

  private static void strings(List<@Nullable Object> all) {
    StringBuilder printable = new StringBuilder();
    for (char c = ' '; c < 127; c++) {
      printable.append(c);
    }
    all.add("");
    all.add("a");
    all.add(printable.toString());
    all.add("snowman \u2603");
    all.add("\u00ff\u0080 latin");
    all.add("\ud83d\ude00 pair, half \ud83d");
    all.add("\u0000");
    all.add("x".repeat(100_000));
    all.add("x".repeat(60) + "\u0100");
    all.add("\u4e2d\u6587".repeat(5_000));
  }

  private static void arrays(List<@Nullable Object> all) {
    Random random = new Random(17);
    all.add(new boolean[] {true, false, true});
    all.add(new byte[] {1, -1, 0});
    all.add(new char[] {'a', '\uffff'});
    all.add(new short[] {1, -1});
    all.add(new int[] {1, Integer.MIN_VALUE});
    all.add(new long[] {1, Long.MIN_VALUE});
    all.add(new float[] {1, Float.NaN});
    all.add(new double[] {1, Double.NaN});
    all.addAll(List.of(new boolean[0], new byte[0], new int[0], new double[0], new Object[0]));
    all.add(random.doubles(10_000).toArray());
    all.add(random.ints(10_000).toArray());
    all.add(new double[100][100]);
    all.add(new int[][] {{1}, {}, {2, 3}});
    all.add(new double[][][] {{{1, 2}, {3}}, {}});
    all.add(new String[] {"hi", "", "\u2603"});
    all.add(new @Nullable String[] {"a", null});
    all.add(new Object[] {1, "a", new int[] {1, 2}, new Object[] {2.0}});
    all.add(new Point[] {new Point(1, 2, "a")});
    all.add(new Integer[] {1, 1_000_000});
    all.add(NdArray.of(random.doubles(10_000).toArray(), 100, 100));
    all.add(NdArray.of(new float[] {1, 2, 3, 4}, 2, 2));
    all.add(NdArray.of(new long[] {1, 2, 3}));
    all.add(NdArray.of(new int[] {1, 2, 3}, 3, 1));
    all.add(NdArray.of(new short[] {1, 2, 3}));
    all.add(NdArray.of(new byte[] {1, 2, 3}));
    all.add(NdArray.ofUnsigned(new byte[] {1, -2, 3}));
    all.add(NdArray.of(new boolean[] {true, false}));
    all.add(NdArray.of(new double[0], 0, 5));
    Map<String, NdArray> ten = new HashMap<>();
    for (int i = 0; i < 10; i++) {
      ten.put("array " + i, NdArray.of(random.doubles(10_000).toArray(), 100, 100));
    }
    all.add(ten);
  }

  private static void collections(List<@Nullable Object> all) {
    all.addAll(List.of(List.of(), Map.of(), Set.of(), List.of(1), List.of(1, 2), List.of(1, 2, 3)));
    all.addAll(List.of(Map.of("a", 1), Map.of("a", 1, "b", 2), Set.of(1), Set.of(1, 2.0, "x")));
    all.add(new ArrayList<>(Arrays.asList(1, null, "a", 2.0)));
    all.add(Arrays.asList(1, 2, 3));
    all.add(Collections.emptyList());
    all.add(Collections.emptyMap());
    all.add(Collections.singletonList(null));
    all.add(Collections.singletonMap("a", 1));
    all.add(Collections.nCopies(3, "a"));
    all.add(Collections.unmodifiableList(new ArrayList<>(List.of(1, 2))));
    all.add(Collections.unmodifiableMap(new TreeMap<>(Map.of(1, 2))));
    all.add(Collections.synchronizedList(new ArrayList<>(List.of(1))));
    all.add(List.of(1, 2, 3, 4).subList(1, 3));
    all.add(new ArrayList<>(List.of(1, 2, 3, 4)).subList(1, 3));
    all.add(new LinkedList<>(List.of(1, 2)));
    all.add(new Vector<>(List.of(1, 2)));
    all.add(new CopyOnWriteArrayList<>(List.of(1)));
    all.add(new HashSet<>(List.of(1, "a")));
    all.add(new LinkedHashSet<>(List.of(3, 1, 2)));
    all.add(new TreeSet<>(Set.of("b", "a")));
    all.add(EnumSet.of(Colour.GREEN));
    all.add(new EnumMap<>(Map.of(Colour.RED, 1)));
    all.add(new HashMap<>(Map.of(1, List.of(2))));
    all.add(new LinkedHashMap<>(Map.of("k", Map.of("k", Map.of()))));
    all.add(new TreeMap<>(Map.of("a", 1)));
    all.add(new Hashtable<>(Map.of(1, 2)));
    all.add(new ConcurrentHashMap<>(Map.of(1, 2)));
    all.add(new ConcurrentSkipListMap<>(Map.of(1, 2)));
    all.add(new IdentityHashMap<>(Map.of(Colour.RED, 2)));
    all.add(new Properties());
    all.add(Map.entry("a", 1));
    all.add(new AbstractMap.SimpleEntry<>("a", 1));
    all.add(new HashMap<>(Map.of("a", 1, "b", 2)).keySet());
    all.add(new TreeMap<>(Map.of("a", 1, "b", 2)).keySet());
    all.add(Map.of("a", 1, "b", 2).entrySet());
    all.add(new ArrayList<>(List.of(1, 2, 3)).reversed());
    List<@Nullable Object> deep = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      List<@Nullable Object> outer = new ArrayList<>();
      outer.add(deep);
      deep = outer;
    }
    all.add(deep);
    Map<Object, Object> deepMap = new HashMap<>();
    for (int i = 0; i < 12; i++) {
      deepMap = new HashMap<>(Map.of("level", deepMap, i, List.of(i)));
    }
    all.add(deepMap);
  }

  private static void jdk(List<@Nullable Object> all) {
    all.addAll(List.of(Optional.of(1), Optional.empty(), OptionalInt.of(3), OptionalLong.of(4)));
    all.add(OptionalDouble.empty());
    all.addAll(List.of(BigInteger.TWO.pow(200), new BigDecimal("1.50"), new UUID(1, 2)));
    all.addAll(List.of(Instant.EPOCH, Duration.ofMillis(5), LocalDate.EPOCH, Period.ofDays(3)));
    all.add(LocalDateTime.of(2020, 1, 2, 3, 4));
    all.add(ZonedDateTime.of(2020, 1, 2, 3, 4, 5, 6, ZoneId.of("Europe/Berlin")));
    all.add(OffsetDateTime.of(2020, 1, 2, 3, 4, 5, 6, ZoneOffset.UTC));
    all.addAll(List.of(ZoneId.of("UTC"), new Date(5), Locale.US, Currency.getInstance("EUR")));
    all.addAll(List.of(URI.create("http://x/y"), Path.of("/a/b"), TimeUnit.DAYS));
    all.addAll(List.of(String.class, int.class, int[].class, Point.class, Map.Entry.class));
    BitSet bits = new BitSet();
    bits.set(70);
    all.add(bits);
    all.addAll(List.of(Colour.RED, Colour.GREEN));
  }

  private static void classes(List<@Nullable Object> all) {
    all.add(new Point(1, 2.5, "p"));
    all.add(new Generic<>(null));
    all.add(new Generic<>(new Generic<>(new Generic<>("deep"))));
    all.add(new Plain(1, "a", new Plain(2, "b", new Plain(3, "c", null))));
    all.add(new Derived(1, 2));
    all.add(new Hidden());
    all.add(new HandWritten(1, 2, 3));
    all.add(new NamedList("n", List.of("a", "b")));
    all.add(new NamedMap("n", Map.of("a", 1)));
    all.add(List.of(new Point(1, 1, "a"), new Plain(1, "b", null), new Hidden()));
  }

  /// Values without a useful `equals`: their texts are compared.
  static List<Object> byText() {
    return List.of(
        new AtomicInteger(4),
        new AtomicLong(5),
        new AtomicBoolean(true),
        new AtomicReference<>("x"),
        new StringBuilder("text"),
        new ArrayDeque<>(List.of(1, 2)),
        new PriorityQueue<>(List.of(2, 1)),
        Pattern.compile("a+b", Pattern.CASE_INSENSITIVE),
        new HashMap<>(Map.of(1, 2)).values());
  }
}

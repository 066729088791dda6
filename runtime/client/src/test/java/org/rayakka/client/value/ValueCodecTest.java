package org.rayakka.client.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.NdArray;
import org.rayakka.api.exception.RaySerializationException;
import org.rayakka.client.value.Samples.Colour;
import org.rayakka.client.value.Samples.Generic;
import org.rayakka.client.value.Samples.Plain;
import org.rayakka.client.value.Samples.Point;
import org.rayakka.client.value.Samples.Travelling;

/// Rows 42, 49-58, 199-207; the cases Serialization.* and API.RegisterClass.
class ValueCodecTest {
  /// Stands for an object reference.
  static final class Handle {
    final long id;

    Handle(long id) {
      this.id = id;
    }
  }

  private static final class Handles implements ReferenceHook {
    final List<Long> escaped = new ArrayList<>();

    @Override
    public boolean isHandle(Class<?> type) {
      return type == Handle.class;
    }

    @Override
    public byte[] escaped(Object handle) {
      long id = ((Handle) handle).id;
      escaped.add(id);
      return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    }

    @Override
    public Object resolve(byte[] bytes) {
      return new Handle(ByteBuffer.wrap(bytes).getLong());
    }
  }

  private final Handles handles = new Handles();
  private final ValueCodec codec = new ValueCodec(ValueCodecTest.class.getClassLoader(), handles);

  private static MemorySegment bytes(EncodedValue value) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(value.size())]);
    value.writeTo(bytes);
    return bytes;
  }

  /// As an argument inside a message.
  private @Nullable Object inline(@Nullable Object value) {
    EncodedValue encoded = codec.encode(value);
    return codec.decode(encoded.typeTag(), bytes(encoded));
  }

  /// As an object in the store: shared memory of its own.
  private @Nullable Object stored(@Nullable Object value) {
    EncodedValue encoded = codec.encode(value);
    MemorySegment memory =
        Arena.ofAuto().allocate(Math.max(1, encoded.size()), 64).asSlice(0, encoded.size());
    encoded.writeTo(memory);
    return codec.decode(encoded.typeTag(), memory.asReadOnly(), memory::byteSize);
  }

  @SuppressWarnings("TypeParameterUnusedInFormals") // says what the test put in
  private <T> T trip(T value) {
    @SuppressWarnings("unchecked")
    T result = (T) Objects.requireNonNull(stored(value));
    return result;
  }

  @Test
  void returnsEqualValuesOfTheSameClass() {
    for (Object value : Samples.all()) {
      check(value, inline(value));
      check(value, stored(value));
    }
  }

  @Test
  void returnsEqualValuesInsideListsRecordsAndMaps() {
    for (Object value : Samples.all()) {
      List<@Nullable Object> list = new ArrayList<>();
      list.add(value);
      check(value, trip(list).getFirst());
      check(value, trip(new Generic<@Nullable Object>(value)).value());
      Map<String, @Nullable Object> map = new HashMap<>();
      map.put("k", value);
      check(value, trip(map).get("k"));
      check(value, trip(new @Nullable Object[] {value})[0]);
    }
  }

  private static void check(@Nullable Object value, @Nullable Object result) {
    assertThat(Objects.deepEquals(value, result))
        .as("%s came back as %s", describe(value), describe(result))
        .isTrue();
    if (value != null && result != null && Serializability.substitute(value.getClass()) == null) {
      // The JDK names its immutable lists' classes by their length, and copies views of them.
      if (!value.getClass().getName().startsWith("java.util.ImmutableCollections$")) {
        assertThat(result.getClass()).isEqualTo(value.getClass());
      }
    }
  }

  private static String describe(@Nullable Object value) {
    return value == null ? "null" : value.getClass().getTypeName() + " " + value;
  }

  @Test
  void returnsValuesWithTheSameText() {
    for (Object value : Samples.byText()) {
      assertThat(trip(value)).hasToString(value.toString());
      assertThat(trip(List.of(value)).getFirst()).hasToString(value.toString());
    }
  }

  @Test
  void continuesARandomSequence() {
    Random random = new Random(5);
    random.nextInt();
    Random copy = trip(random);
    assertThat(copy.nextLong()).isEqualTo(random.nextLong());
  }

  // Row 203.
  @Test
  void keepsSharedReferencesShared() {
    List<Integer> shared = new ArrayList<>(List.of(1));
    double[] array = new double[5_000];
    List<Object> result = trip(List.of(shared, shared, array, array));
    assertThat(result.get(0)).isSameAs(result.get(1));
    assertThat(result.get(2)).isSameAs(result.get(3));
  }

  static final class Node {
    @Nullable Node next;
    int number;
  }

  // Row 204, Serialization.RecursiveObjects.
  @Test
  void keepsCycles() {
    List<Object> list = new ArrayList<>();
    list.add(list);
    List<Object> listBack = trip(list);
    assertThat(listBack.getFirst()).isSameAs(listBack);

    Map<String, Object> map = new HashMap<>();
    map.put("self", map);
    Map<String, Object> mapBack = trip(map);
    assertThat(mapBack.get("self")).isSameAs(mapBack);

    Node self = new Node();
    self.next = self;
    Node selfBack = trip(self);
    assertThat(selfBack.next).isSameAs(selfBack);

    Node first = new Node();
    Node second = new Node();
    first.next = second;
    second.next = first;
    List<Node> both = trip(List.of(first, second));
    assertThat(both.get(0).next).isSameAs(both.get(1));
    assertThat(both.get(1).next).isSameAs(both.get(0));

    Object[] array = new Object[1];
    array[0] = array;
    Object[] arrayBack = trip(array);
    assertThat(arrayBack[0]).isSameAs(arrayBack);
  }

  @Test
  @Timeout(60)
  void returnsGraphsDeeperThanAThreadsStack() {
    int depth = 200_000;
    Node head = new Node();
    for (int i = 1; i < depth; i++) {
      Node node = new Node();
      node.next = head;
      node.number = i;
      head = node;
    }
    int length = 0;
    for (Node node = trip(head); node != null; node = node.next) {
      length++;
      assertThat(node.number).isEqualTo(depth - length);
    }
    assertThat(length).isEqualTo(depth);
    assertThat(trip(List.of(1, 2))).isEqualTo(List.of(1, 2));
  }

  @Test
  void returnsLambdasWithWhatTheyCapture() {
    int one = 1;
    double[] numbers = {1, 2};
    Handle handle = new Handle(7);
    Travelling<Integer, Integer> plus = x -> x + one + (int) numbers[0] - 1;
    assertThat(trip(plus).apply(3)).isEqualTo(4);
    Travelling<String, Integer> length = String::length;
    assertThat(trip(List.of(length)).getFirst().apply("abc")).isEqualTo(3);
    Travelling<Integer, Long> id = x -> handle.id + x;
    assertThat(trip(id).apply(1)).isEqualTo(8);
    assertThat(handles.escaped).containsExactly(7L);
  }

  // Rows 68 and 124.
  @Test
  void tellsOfHandlesAndReturnsThem() {
    Handle shared = new Handle(1);
    List<Object> value = List.of(shared, new Generic<>(Optional.of(new Handle(2))), shared);
    List<Object> result = trip(value);
    assertThat(handles.escaped).containsExactly(1L, 2L);
    assertThat(((Handle) result.get(0)).id).isEqualTo(1);
    assertThat(result.get(2)).isSameAs(result.get(0));
    assertThat(trip(new Handle(9)).id).isEqualTo(9);
  }

  static final class OddException extends Exception {
    private static final long serialVersionUID = 1;

    final int code;
    final transient Object local = "not sent";
    final Point where;

    OddException(int code, Point where) {
      super("code " + code);
      this.code = code;
      this.where = where;
    }
  }

  @Test
  void returnsExceptionsWithStackCauseAndFields() {
    OddException thrown = new OddException(42, new Point(1, 2, "here"));
    thrown.initCause(new IllegalStateException("cause"));
    thrown.addSuppressed(new IOException("suppressed"));

    OddException result = trip(thrown);

    assertThat(result).hasMessage("code 42").hasRootCauseMessage("cause");
    assertThat(result.code).isEqualTo(42);
    assertThat(result.where).isEqualTo(thrown.where);
    assertThat(result.getSuppressed()).hasSize(1);
    assertThat(result.getStackTrace()).hasSameSizeAs(thrown.getStackTrace());
    assertThat(result.getStackTrace()[0]).hasToString(thrown.getStackTrace()[0].toString());
    result.addSuppressed(new IOException("another"));
    assertThat(result.getSuppressed()).hasSize(2);
    IOException plain = trip(new IOException("no cause yet"));
    plain.initCause(result);
    assertThat(plain).hasCause(result);
    assertThat(trip(new StackOverflowError("deep"))).hasMessage("deep");
    assertThat(trip(new CyclicException())).satisfies(e -> assertThat(e.self).isSameAs(e));
  }

  static final class CyclicException extends RuntimeException {
    private static final long serialVersionUID = 1;

    final CyclicException self = this;
  }

  @Test
  void returnsALocalClassAndAnInnerClass() {
    class Local {
      final int number = 3;
    }
    assertThat(trip(new Local()).number).isEqualTo(3);
  }

  private record Holder(@Nullable Thread thread, @Nullable Object other) {}

  static final class MyThread extends Thread {}

  @Test
  void namesWhatCannotTravelAndThePathToIt() throws IOException {
    Thread thread = new Thread(() -> {});
    refused(thread, Thread.class, "Thread");
    refused(new Holder(thread, null), Thread.class, "Holder.thread");
    refused(List.of(1, new Holder(null, Map.of("k", thread))), Thread.class, "[1].other[\"k\"]");
    refused(new Object[] {1, new Plain(1, "", List.of(thread))}, Thread.class, "[1].child[0]");
    refused(new Generic<>(Optional.of(new Generic<>(thread))), Thread.class, "value.value.value");
    refused(new Generic<>(new MyThread()), MyThread.class, "Generic.value");
    refused(List.of(new CompletableFuture<>()), CompletableFuture.class, "[0]");
    refused(new Generic<>(Thread.currentThread().getContextClassLoader()), null, ".value");
    try (Socket socket = new Socket();
        FileInputStream file = new FileInputStream("/dev/null")) {
      refused(Map.of(1, new Holder(null, socket)), Socket.class, "[1].other");
      refused(new Generic<>(file), FileInputStream.class, "Generic.value");
    }
    Travelling<Integer, String> capturing = x -> thread.getName() + x;
    refused(capturing, Thread.class, "lambda.captured[0]");
    Function<Integer, Integer> notSerializable = x -> x + 1;
    assertThatThrownBy(() -> codec.encode(List.of(notSerializable)))
        .isInstanceOf(RaySerializationException.class)
        .hasMessageContaining("[0]")
        .hasMessageContaining("lambda")
        .hasMessageContaining("Serializable");
  }

  private void refused(Object value, @Nullable Class<?> type, String path) {
    assertThatThrownBy(() -> codec.encode(value))
        .isInstanceOfSatisfying(
            RaySerializationException.class,
            e -> {
              assertThat(e.path()).contains(path);
              if (type != null) {
                assertThat(e.className()).isEqualTo(type.getName());
                assertThat(e).hasMessageContaining(type.getName());
              }
            });
    assertThat(trip(List.of("still", "works"))).hasSize(2);
  }

  @Test
  void acceptsFieldsOfATypeThatCannotTravelWhileTheyAreNull() {
    assertThat(trip(new Holder(null, "x"))).isEqualTo(new Holder(null, "x"));
  }

  @Test
  void refusesClassesThatTheJobDoesNotHave() throws IOException {
    EncodedValue encoded = codec.encode(List.of(new Point(1, 2, "a")));
    MemorySegment bytes = bytes(encoded);
    try (URLClassLoader stranger =
        new URLClassLoader(new URL[0], ClassLoader.getPlatformClassLoader())) {
      ValueCodec other = new ValueCodec(stranger, handles);
      assertThatThrownBy(() -> other.decode(encoded.typeTag(), bytes))
          .isInstanceOf(RaySerializationException.class)
          .hasMessageContaining(Point.class.getName())
          .hasMessageContaining("class path");
    }
  }

  // Rows 51-53.
  @Test
  void readsNdArraysInPlaceAtAnyDepth() {
    double[] numbers = new Random(3).doubles(1_000).toArray();
    NdArray array = NdArray.of(numbers, 10, 100);
    Map<String, List<Generic<NdArray>>> nested = Map.of("k", List.of(new Generic<>(array)));
    EncodedValue encoded = codec.encode(nested);
    assertThat(encoded.typeTag()).isEqualTo(TypeTags.GRAPH_WITH_VIEWS);
    MemorySegment memory = Arena.ofAuto().allocate(encoded.size(), 64);
    encoded.writeTo(memory);

    @SuppressWarnings("unchecked")
    Map<String, List<Generic<NdArray>>> result =
        (Map<String, List<Generic<NdArray>>>)
            Objects.requireNonNull(
                codec.decode(encoded.typeTag(), memory.asReadOnly(), memory::byteSize));

    NdArray view = Objects.requireNonNull(result.get("k")).getFirst().value();
    assertThat(view).isEqualTo(array);
    long offset = view.segment().address() - memory.address();
    assertThat(offset).isBetween(0L, memory.byteSize()).satisfies(o -> assertThat(o % 64).isZero());
    assertThatThrownBy(() -> view.segment().set(Layouts.DOUBLE, 0, 1.0))
        .isInstanceOf(IllegalArgumentException.class);
    double[] copy = view.toDoubleArray();
    copy[0] = -1;
    assertThat(view.getDouble(0)).isEqualTo(numbers[0]);
  }

  @Test
  void neverSharesMemoryWithAMessage() {
    NdArray array = NdArray.of(new double[] {1, 2});
    for (Object value : List.of(array, List.of(array))) {
      EncodedValue encoded = codec.encode(value);
      MemorySegment bytes = bytes(encoded);
      Object result = codec.decode(encoded.typeTag(), bytes);
      bytes.fill((byte) 0);
      assertThat(result).isEqualTo(value);
    }
  }

  @Test
  void releasesCopiesAtOnce() {
    for (Object value : Samples.all()) {
      EncodedValue encoded = codec.encode(value);
      MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, encoded.size()), 64);
      encoded.writeTo(memory);
      AtomicInteger released = new AtomicInteger();
      Object result =
          codec.decode(
              encoded.typeTag(), memory.asSlice(0, encoded.size()), released::incrementAndGet);
      boolean view =
          encoded.typeTag() == TypeTags.ND_ARRAY || encoded.typeTag() == TypeTags.GRAPH_WITH_VIEWS;
      assertThat(released.get()).as(describe(result)).isEqualTo(view ? 0 : 1);
    }
  }

  @Test
  @Timeout(30)
  void releasesViewsWhenNothingRefersToThem() throws InterruptedException {
    AtomicInteger released = new AtomicInteger();
    MemorySegment part = firstRow(released);
    collectUntil(() -> false, 3);
    assertThat(released.get()).isZero();
    assertThat(part.get(Layouts.DOUBLE, 0)).isEqualTo(1.0);
    part = MemorySegment.NULL;
    collectUntil(() -> released.get() == 1, 1_000);
    assertThat(part).isEqualTo(MemorySegment.NULL);
    assertThat(released.get()).isEqualTo(1);
  }

  /// A part of the memory of an array that is forgotten itself.
  private MemorySegment firstRow(AtomicInteger released) {
    EncodedValue encoded = codec.encode(NdArray.of(new double[] {1, 2, 3, 4}, 2, 2));
    MemorySegment memory = Arena.global().allocate(encoded.size(), 64);
    encoded.writeTo(memory);
    NdArray array =
        (NdArray)
            Objects.requireNonNull(
                codec.decode(encoded.typeTag(), memory, released::incrementAndGet));
    return array.slice(0, 1).segment();
  }

  private static void collectUntil(BooleanSupplier condition, int rounds)
      throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; i < rounds && !condition.getAsBoolean(); i++) {
      System.gc();
      assertThat(never.await(10, TimeUnit.MILLISECONDS)).isFalse();
    }
  }

  // Rows 56 and 57.
  @Test
  void sendsSimpleValuesInline() {
    List<Object> simple =
        List.of(
            1,
            true,
            2.5,
            "x".repeat(998),
            new byte[900],
            List.of(1, "a", List.of(2)),
            Map.of("a", 1),
            Optional.of(1),
            Arrays.asList(new Object[99]));
    for (Object value : simple) {
      assertThat(codec.encode(value).isSimple()).as("%s", value).isTrue();
    }
    assertThat(codec.encode(null).isSimple()).isTrue();
    List<Object> cycle = new ArrayList<>();
    cycle.add(cycle);
    List<Object> others =
        List.of(
            "x".repeat(1_000),
            new byte[1_000],
            Arrays.asList(new Object[100]),
            List.of("x".repeat(600), "x".repeat(600)),
            new Point(1, 2, "a"),
            new int[] {1},
            Colour.RED,
            cycle);
    for (Object value : others) {
      assertThat(codec.encode(value).isSimple()).as("%s", describe(value)).isFalse();
    }
  }

  @Test
  void keepsLargeArraysOutOfTheGraphsOwnBytes() {
    Map<String, double[]> value = Map.of("a", new double[1_000_000]);
    EncodedValue encoded = codec.encode(value);
    assertThat(encoded.size()).isBetween(8_000_000L, 8_001_000L);
    assertThat(((GraphValue) encoded).length()).isLessThan(200);
    assertThat(encoded.typeTag()).isEqualTo(TypeTags.GRAPH_WITH_COPIES);
    assertThat(trip(value).get("a")).hasSize(1_000_000);
  }

  @Test
  @Timeout(60)
  void servesManyThreadsAtOnce() throws Exception {
    List<@Nullable Object> values = Samples.all();
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      List<Future<?>> runs = new ArrayList<>();
      for (int t = 0; t < 6; t++) {
        int first = t * 7;
        runs.add(
            threads.submit(() -> {
              for (int i = 0; i < 3 * values.size(); i++) {
                Object value = values.get((first + i) % values.size());
                check(value, stored(value));
              }
            }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    }
  }

  @Test
  void namesATagThatIsNoValues() {
    assertThatThrownBy(() -> codec.decode(3, MemorySegment.NULL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("type tag: 3");
  }

  @Test
  void returnsAClassThatIsOnlyAMarker() {
    assertThat(trip(new Object())).isNotNull();
    Collection<Serializable> classes = List.of(Integer.class, Colour.class, Serializable.class);
    assertThat(trip(classes)).isEqualTo(classes);
  }

  @Test
  void needsNeitherArrowNorForyForScalarsStringsAndArrays() throws Exception {
    List<URL> path = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains("arrow") && !entry.contains("fory")) {
        path.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(path.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      assertThatThrownBy(() -> loader.loadClass("org.apache.fory.Fory"))
          .isInstanceOf(ClassNotFoundException.class);
      assertThatThrownBy(() -> loader.loadClass("org.apache.arrow.vector.FieldVector"))
          .isInstanceOf(ClassNotFoundException.class);
      Class<?> hookType = loader.loadClass(ReferenceHook.class.getName());
      Object hook =
          Proxy.newProxyInstance(loader, new Class<?>[] {hookType}, (proxy, method, args) -> null);
      Class<?> type = loader.loadClass(ValueCodec.class.getName());
      Object lean = type.getConstructor(ClassLoader.class, hookType).newInstance(loader, hook);
      Method encode = type.getMethod("encode", Object.class);
      for (Object value : List.of(1, 2L, true, "text", new byte[3], new double[4])) {
        assertThat(encode.invoke(lean, value)).isNotNull();
      }
    }
  }
}

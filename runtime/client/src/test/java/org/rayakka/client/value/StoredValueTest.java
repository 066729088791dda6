package org.rayakka.client.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.NdArray;
import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.SealedObject;
import org.rayakka.objectstore.StoreNode;
import org.rayakka.objectstore.StoreSettings;
import org.rayakka.objectstore.UnsealedObject;

/// Values in a real store. Rows 39-43, 51-53, 207.
class StoredValueTest {
  private static final long CAPACITY = 64L << 20;

  @TempDir private @Nullable Path folder;
  private @Nullable StoreNode node;
  private int count;

  private final ValueCodec codec =
      new ValueCodec(StoredValueTest.class.getClassLoader(), new NoHandles());

  private static final class NoHandles implements ReferenceHook {
    @Override
    public boolean isHandle(Class<?> type) {
      return false;
    }

    @Override
    public byte[] escaped(Object handle) {
      throw new AssertionError(handle);
    }

    @Override
    public Object resolve(byte[] bytes) {
      throw new AssertionError(bytes.length);
    }
  }

  @BeforeEach
  void makeStore() {
    node =
        StoreNode.create(
            StoreSettings.ofCapacity(CAPACITY).withSegmentDirectory(folder).withPrefault(false));
  }

  @AfterEach
  void closeStore() {
    node().close();
  }

  private StoreNode node() {
    return Objects.requireNonNull(node);
  }

  private ObjectId put(@Nullable Object value) {
    ObjectId id = new ObjectId(1, 2, ++count);
    EncodedValue encoded = codec.encode(value);
    try (UnsealedObject object = store().create(id, encoded.typeTag(), encoded.size())) {
      encoded.writeTo(object);
      object.seal();
    }
    return id;
  }

  private ObjectStore store() {
    return node().client();
  }

  @SuppressWarnings("MustBeClosedChecker") // the codec closes it
  private @Nullable Object get(ObjectId id) {
    SealedObject object = Objects.requireNonNull(store().get(id));
    return codec.decode(object);
  }

  @Test
  void returnsEveryValue() {
    for (Object value : Samples.all()) {
      assertThat(Objects.deepEquals(get(put(value)), value)).as("%s", value).isTrue();
    }
  }

  // Row 42.
  @Test
  void keepsTheValueAsItWasPut() {
    double[] numbers = {1, 2, 3};
    ObjectId array = put(NdArray.of(numbers, 3));
    ObjectId map = put(Map.of("k", numbers));
    numbers[0] = -1;
    assertThat(get(array)).isEqualTo(NdArray.of(new double[] {1, 2, 3}, 3));
    assertThat(((Map<?, ?>) Objects.requireNonNull(get(map))).get("k"))
        .isEqualTo(new double[] {1, 2, 3});
  }

  @Test
  void letsGoOfCopiesAtOnce() {
    for (Object value : List.of(1, "text", new double[400_000], Map.of("k", new int[400_000]))) {
      ObjectId id = put(value);
      assertThat(Objects.deepEquals(get(id), value) || value instanceof Map).isTrue();
      assertThat(node().delete(id)).as("%s is unpinned", value).isTrue();
    }
  }

  // Row 207.
  @Test
  void sharesTheMemoryOfNestedArrays() {
    Map<String, NdArray> arrays = new HashMap<>();
    Random random = new Random(11);
    for (int i = 0; i < 10; i++) {
      arrays.put("array " + i, NdArray.of(random.doubles(50_000).toArray(), 100, 500));
    }
    ObjectId id = put(arrays);
    Map<?, ?> first = (Map<?, ?>) Objects.requireNonNull(get(id));
    Map<?, ?> second = (Map<?, ?>) Objects.requireNonNull(get(id));
    assertThat(first.equals(arrays)).isTrue();
    for (String name : arrays.keySet()) {
      NdArray one = (NdArray) Objects.requireNonNull(first.get(name));
      NdArray other = (NdArray) Objects.requireNonNull(second.get(name));
      assertThat(one.segment().address()).isEqualTo(other.segment().address());
      assertThat(one.segment().address() % Layouts.ARRAY_ALIGNMENT).isZero();
    }
  }

  @Test
  @Timeout(60)
  void pinsViewsUntilTheyAreUnreachable() throws InterruptedException {
    ObjectId id = put(NdArray.of(new double[] {1, 2, 3}, 3));
    NdArray view = (NdArray) Objects.requireNonNull(get(id));
    assertThat(node().delete(id)).as("deleted at once").isFalse();
    assertThat(view.getDouble(2)).isEqualTo(3);
    view = NdArray.of(new double[0]);
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; i < 1_000 && isStored(id); i++) {
      System.gc();
      assertThat(never.await(10, TimeUnit.MILLISECONDS)).isFalse();
    }
    assertThat(view.size()).isZero();
    assertThat(isStored(id)).isFalse();
  }

  private boolean isStored(ObjectId id) {
    return !node().delete(id) && store().contains(id);
  }
}

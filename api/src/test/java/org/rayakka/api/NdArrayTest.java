package org.rayakka.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class NdArrayTest {
  private static final NdArray MATRIX = NdArray.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);

  @Test
  void readsElementsByFlatIndexAndByOnePerDimension() {
    NdArray cube = NdArray.of(new int[] {0, 1, 2, 3, 4, 5, 6, 7}, 2, 2, 2);

    assertThat(MATRIX.getDouble(4)).isEqualTo(5);
    assertThat(MATRIX.getDouble(1, 2)).isEqualTo(6);
    assertThat(cube.getInt(1, 0, 1)).isEqualTo(5);
    assertThat(cube.getLong(1, 1, 0)).isEqualTo(6);
    assertThat(cube.getDouble(0, 1, 1)).isEqualTo(3);
    assertThat(MATRIX.flatIndex(1, 1)).isEqualTo(4);
  }

  @Test
  void describesItself() {
    assertThat(MATRIX.dtype()).isEqualTo(DType.FLOAT64);
    assertThat(MATRIX.shape()).containsExactly(2, 3);
    assertThat(MATRIX.shape(1)).isEqualTo(3);
    assertThat(MATRIX.rank()).isEqualTo(2);
    assertThat(MATRIX.size()).isEqualTo(6);
    assertThat(MATRIX.byteSize()).isEqualTo(48);
    assertThat(MATRIX).hasToString("NdArray(FLOAT64, [2, 3])");
    assertThat(NdArray.of(new double[4]).shape()).containsExactly(4);
  }

  @Test
  void copiesOutWhatEachTypeHolds() {
    assertThat(MATRIX.toDoubleArray()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(NdArray.of(new float[] {1.5f, -2}).toFloatArray()).containsExactly(1.5f, -2);
    assertThat(NdArray.of(new long[] {1L << 62}).toLongArray()).containsExactly(1L << 62);
    assertThat(NdArray.of(new int[] {-7}).toIntArray()).containsExactly(-7);
    assertThat(NdArray.of(new short[] {-7}).toShortArray()).containsExactly((short) -7);
    assertThat(NdArray.of(new byte[] {-1}).toByteArray()).containsExactly(-1);
    assertThat(NdArray.ofUnsigned(new byte[] {-1}).toByteArray()).containsExactly(-1);
    assertThat(NdArray.of(new boolean[] {true, false}).toBooleanArray())
        .containsExactly(true, false);
  }

  @Test
  void widensToDoubleAndToLong() {
    assertThat(NdArray.of(new float[] {0.5f}).toDoubleArray()).containsExactly(0.5);
    assertThat(NdArray.of(new short[] {-3}).toDoubleArray()).containsExactly(-3);
    assertThat(NdArray.of(new byte[] {-1}).toLongArray()).containsExactly(-1);
    assertThat(NdArray.ofUnsigned(new byte[] {-1}).toLongArray()).containsExactly(255);
    assertThat(NdArray.of(new int[] {7}).toLongArray()).containsExactly(7);
    assertThat(NdArray.of(new boolean[] {true, false}).toLongArray()).containsExactly(1, 0);
  }

  @Test
  void refusesToNarrow() {
    assertThatIllegalStateException()
        .isThrownBy(() -> MATRIX.getLong(0))
        .withMessage("dtype: FLOAT64 (expected: an integer type)");
    assertThatIllegalStateException()
        .isThrownBy(() -> NdArray.of(new long[] {1}).getInt(0))
        .withMessage("dtype: INT64 (expected: an integer type of at most 32 bits)");
    assertThatIllegalStateException()
        .isThrownBy(MATRIX::toFloatArray)
        .withMessage("dtype: FLOAT64 (expected: FLOAT32)");
    assertThatIllegalStateException()
        .isThrownBy(() -> NdArray.of(new int[] {1}).toByteArray())
        .withMessage("dtype: INT32 (expected: INT8 or UINT8)");
    assertThatIllegalStateException().isThrownBy(MATRIX::toBooleanArray);
  }

  // row 53
  @Test
  void refusesToBeWritten() {
    assertThatThrownBy(() -> MATRIX.segment().set(ValueLayout.JAVA_DOUBLE, 0, 7))
        .isInstanceOfAny(IllegalArgumentException.class, UnsupportedOperationException.class);
    assertThatThrownBy(() -> MATRIX.segment().fill((byte) 0))
        .isInstanceOfAny(IllegalArgumentException.class, UnsupportedOperationException.class);
    MATRIX.shape()[0] = 100;

    assertThat(MATRIX).isEqualTo(NdArray.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3));
  }

  @Test
  void checksEveryIndex() {
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> MATRIX.getDouble(6));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> MATRIX.getDouble(-1));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> MATRIX.getDouble(0, 3));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> MATRIX.getDouble(Long.MAX_VALUE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MATRIX.getDouble(0, 0, 0))
        .withMessage("index: [0, 0, 0] (expected: 2 numbers, one per dimension)");
  }

  @Test
  void refusesAShapeThatTheElementsDoNotFill() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NdArray.of(new double[6], 2, 4))
        .withMessage("shape: [2, 4] of FLOAT64 (expected: to fill 48 bytes)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NdArray.of(new double[6], -2, -3))
        .withMessage("shape: [-2, -3] (expected: lengths >= 0)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NdArray.of(new byte[0], 1L << 32, 1L << 32))
        .withMessage("shape: [4294967296, 4294967296] (expected: fewer than 2^63 elements)");
    assertThatIllegalArgumentException().isThrownBy(() -> NdArray.of(new double[0], 1L << 61));
  }

  @Test
  void holdsNothingAndSingleElements() {
    NdArray empty = NdArray.of(new double[0], 0, 5);
    NdArray scalar =
        new NdArray(DType.INT64, new long[0], MemorySegment.ofArray(new long[] {42}), null);

    assertThat(empty.size()).isZero();
    assertThat(empty.toDoubleArray()).isEmpty();
    assertThat(empty.slice(0, 0)).isEqualTo(empty);
    assertThat(scalar.size()).isEqualTo(1);
    assertThat(scalar.getLong()).isEqualTo(42);
  }

  @Test
  void viewsPartsAndOtherShapesWithoutCopying() {
    double[] data = {1, 2, 3, 4, 5, 6};
    NdArray matrix = NdArray.of(data, 3, 2);
    NdArray rows = matrix.slice(1, 3);
    NdArray flat = matrix.reshape(6);
    data[2] = 30;

    assertThat(rows.shape()).containsExactly(2, 2);
    assertThat(rows.toDoubleArray()).containsExactly(30, 4, 5, 6);
    assertThat(flat.getDouble(2)).isEqualTo(30);
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> matrix.slice(2, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> matrix.reshape(5));
  }

  @Test
  void equalsByTypeShapeAndBits() {
    NdArray same = NdArray.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);

    assertThat(same).isEqualTo(MATRIX).hasSameHashCodeAs(MATRIX);
    assertThat(same.reshape(3, 2)).isNotEqualTo(MATRIX);
    assertThat(NdArray.of(new double[] {1, 2, 3, 4, 5, 7}, 2, 3)).isNotEqualTo(MATRIX);
    assertThat(NdArray.of(new byte[] {1})).isNotEqualTo(NdArray.ofUnsigned(new byte[] {1}));
    assertThat(NdArray.of(new double[] {0.0})).isNotEqualTo(NdArray.of(new double[] {-0.0}));
    assertThat(NdArray.of(new double[] {Double.NaN}))
        .isEqualTo(NdArray.of(new double[] {Double.NaN}));
  }

  @Test
  void readsForeignMemoryLikeHeapMemoryEvenUnaligned() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    double[] data = random.doubles(1_000).toArray();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(8_001).asSlice(1);
      MemorySegment.copy(data, 0, memory, ValueLayout.JAVA_DOUBLE_UNALIGNED, 0, data.length);
      NdArray foreign = new NdArray(DType.FLOAT64, new long[] {10, 100}, memory, null);
      NdArray heap = NdArray.of(data, 10, 100);

      assertThat(foreign).as("seed %d", seed).isEqualTo(heap).hasSameHashCodeAs(heap);
      assertThat(foreign.toDoubleArray()).as("seed %d", seed).isEqualTo(data);
      assertThat(foreign.getDouble(3, 7)).as("seed %d", seed).isEqualTo(data[307]);
    }
  }

  @Test
  @Timeout(30)
  void keepsTheOwnerOfItsMemoryReachableThroughItsViews() throws InterruptedException {
    Object owner = new Object();
    WeakReference<Object> lent = new WeakReference<>(owner);
    MemorySegment memory = MemorySegment.ofArray(new byte[4]);
    NdArray view = new NdArray(DType.INT8, new long[] {4}, memory, owner).reshape(2, 2).slice(0, 1);
    owner = null;

    System.gc();
    assertThat(lent.get()).isNotNull();
    assertThat(view.size()).isEqualTo(2);

    view = null;
    while (lent.get() != null) {
      System.gc();
      Thread.sleep(10);
    }
  }
}

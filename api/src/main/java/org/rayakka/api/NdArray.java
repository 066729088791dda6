package org.rayakka.api;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A read-only array of numbers with any number of dimensions, in row-major order.
///
/// An array that is got from the object store is a view of shared memory: getting it costs the same
/// whatever its size, and all processes of a machine read the same bytes. That is why it cannot be
/// written; to change it, copy it first, as with {@link #toDoubleArray()}.
///
/// ```java
/// ObjectRef<NdArray> ref = Ray.put(NdArray.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3));
/// NdArray matrix = ref.get();
/// double last = matrix.getDouble(1, 2);
/// ```
///
/// A loop over {@link #getDouble(long)} with the flat index runs about as fast as one over a Java
/// array; so does one over the memory itself:
///
/// ```java
/// MemorySegment values = matrix.segment();
/// double sum = 0;
/// for (long i = 0; i < matrix.size(); i++) {
///   sum += values.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
/// }
/// ```
///
/// The memory stays valid as long as this array, or a view made from it, is reachable. Immutable,
/// and safe for use by any number of threads.
public final class NdArray {
  // Elements of an array that arrived inside a message may lie at any address.
  private static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED;
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED;

  /// How many bytes count for the hash: enough to tell arrays apart, few enough to be quick.
  private static final int HASHED_BYTES = 32;

  private final DType dtype;
  private final long[] shape;
  private final long size;
  private final MemorySegment segment;

  @SuppressWarnings("UnusedVariable") // Held, not read: its memory must outlive this array.
  private final @Nullable Object owner;

  /// A view of memory. Meant for the runtime; programs use the factories.
  ///
  /// @param dtype the type of the elements
  /// @param shape the lengths of the dimensions; none for a single element
  /// @param segment exactly the elements, in row-major order and the machine's byte order
  /// @param owner kept reachable as long as this array or a view made from it is; whoever lends the
  ///   memory may take it back once the owner is unreachable; null if nobody lends it
  /// @throws IllegalArgumentException if a length is negative, or the segment has another size
  public NdArray(DType dtype, long[] shape, MemorySegment segment, @Nullable Object owner) {
    this.dtype = dtype;
    this.shape = shape.clone();
    this.size = sizeOf(shape);
    this.segment = segment.asReadOnly();
    this.owner = owner;
    if (size > Long.MAX_VALUE / dtype.byteSize() || segment.byteSize() != size * dtype.byteSize()) {
      throw new IllegalArgumentException(
          "shape: "
              + Arrays.toString(shape)
              + " of "
              + dtype
              + " (expected: to fill "
              + segment.byteSize()
              + " bytes)");
    }
  }

  /// An array over the elements of a Java array, which is not copied.
  ///
  /// @param data the elements, in row-major order; not to be changed from now on
  /// @param shape the lengths of the dimensions; one dimension if none is given
  /// @return the array, of {@link DType#FLOAT64}
  public static NdArray of(double[] data, long... shape) {
    return new NdArray(
        DType.FLOAT64, shapeOf(data.length, shape), MemorySegment.ofArray(data), null);
  }

  /// An array over the elements of a Java array, which is not copied.
  ///
  /// @param data the elements, in row-major order; not to be changed from now on
  /// @param shape the lengths of the dimensions; one dimension if none is given
  /// @return the array, of {@link DType#FLOAT32}
  public static NdArray of(float[] data, long... shape) {
    return new NdArray(
        DType.FLOAT32, shapeOf(data.length, shape), MemorySegment.ofArray(data), null);
  }

  /// An array over the elements of a Java array, which is not copied.
  ///
  /// @param data the elements, in row-major order; not to be changed from now on
  /// @param shape the lengths of the dimensions; one dimension if none is given
  /// @return the array, of {@link DType#INT64}
  public static NdArray of(long[] data, long... shape) {
    return new NdArray(DType.INT64, shapeOf(data.length, shape), MemorySegment.ofArray(data), null);
  }

  /// An array over the elements of a Java array, which is not copied.
  ///
  /// @param data the elements, in row-major order; not to be changed from now on
  /// @param shape the lengths of the dimensions; one dimension if none is given
  /// @return the array, of {@link DType#INT32}
  public static NdArray of(int[] data, long... shape) {
    return new NdArray(DType.INT32, shapeOf(data.length, shape), MemorySegment.ofArray(data), null);
  }

  /// An array over the elements of a Java array, which is not copied.
  ///
  /// @param data the elements, in row-major order; not to be changed from now on
  /// @param shape the lengths of the dimensions; one dimension if none is given
  /// @return the array, of {@link DType#INT16}
  public static NdArray of(short[] data, long... shape) {
    return new NdArray(DType.INT16, shapeOf(data.length, shape), MemorySegment.ofArray(data), null);
  }

  /// An array over the elements of a Java array, which is not copied.
  ///
  /// @param data the elements, in row-major order; not to be changed from now on
  /// @param shape the lengths of the dimensions; one dimension if none is given
  /// @return the array, of {@link DType#INT8}
  public static NdArray of(byte[] data, long... shape) {
    return new NdArray(DType.INT8, shapeOf(data.length, shape), MemorySegment.ofArray(data), null);
  }

  /// An array over the elements of a Java array, which is not copied.
  ///
  /// @param data the elements, in row-major order; not to be changed from now on
  /// @param shape the lengths of the dimensions; one dimension if none is given
  /// @return the array, of {@link DType#UINT8}
  public static NdArray ofUnsigned(byte[] data, long... shape) {
    return new NdArray(DType.UINT8, shapeOf(data.length, shape), MemorySegment.ofArray(data), null);
  }

  /// An array of booleans. They are copied, because their layout in Java is not defined.
  ///
  /// @param data the elements, in row-major order
  /// @param shape the lengths of the dimensions; one dimension if none is given
  /// @return the array, of {@link DType#BOOL}
  public static NdArray of(boolean[] data, long... shape) {
    byte[] bytes = new byte[data.length];
    for (int i = 0; i < data.length; i++) {
      bytes[i] = (byte) (data[i] ? 1 : 0);
    }
    return new NdArray(DType.BOOL, shapeOf(data.length, shape), MemorySegment.ofArray(bytes), null);
  }

  /// The type of the elements.
  ///
  /// @return the type
  public DType dtype() {
    return dtype;
  }

  /// The lengths of the dimensions.
  ///
  /// @return a copy of them
  public long[] shape() {
    return shape.clone();
  }

  /// The length of one dimension.
  ///
  /// @param dimension which, from 0
  /// @return its length
  public long shape(int dimension) {
    return shape[dimension];
  }

  /// The number of dimensions.
  ///
  /// @return 0 for a single element
  public int rank() {
    return shape.length;
  }

  /// The number of elements.
  ///
  /// @return the product of the lengths
  public long size() {
    return size;
  }

  /// The size of the elements in memory.
  ///
  /// @return the number of bytes
  public long byteSize() {
    return segment.byteSize();
  }

  /// The elements as memory, in row-major order and the machine's byte order. Keep this array
  /// reachable while you use it. Elements that arrived inside a message may lie at any address, so
  /// general code reads them with an unaligned layout.
  ///
  /// @return a read-only segment
  public MemorySegment segment() {
    return segment;
  }

  /// Where an element is in row-major order.
  ///
  /// @param index one number per dimension
  /// @return its flat index
  /// @throws IndexOutOfBoundsException if a number is outside its dimension
  /// @throws IllegalArgumentException if there are more or fewer numbers than dimensions
  public long flatIndex(long... index) {
    if (index.length != shape.length) {
      throw new IllegalArgumentException(
          "index: "
              + Arrays.toString(index)
              + " (expected: "
              + shape.length
              + " numbers, one per dimension)");
    }
    long flat = 0;
    for (int d = 0; d < shape.length; d++) {
      flat = flat * shape[d] + Objects.checkIndex(index[d], shape[d]);
    }
    return flat;
  }

  /// An element of any type as a `double`. A {@link DType#INT64} beyond 2^53 is rounded.
  ///
  /// @param flatIndex which, in row-major order
  /// @return its value
  public double getDouble(long flatIndex) {
    if (dtype == DType.FLOAT64) {
      return segment.getAtIndex(F64, flatIndex);
    }
    return dtype == DType.FLOAT32 ? segment.getAtIndex(F32, flatIndex) : getLong(flatIndex);
  }

  /// An element of a matrix as a `double`.
  ///
  /// @param row its index in dimension 0
  /// @param column its index in dimension 1
  /// @return its value
  public double getDouble(long row, long column) {
    if (shape.length != 2) {
      return getDouble(flatIndex(row, column)); // Throws, and says why.
    }
    return getDouble(
        Objects.checkIndex(row, shape[0]) * shape[1] + Objects.checkIndex(column, shape[1]));
  }

  /// An element of any type as a `double`.
  ///
  /// @param index one number per dimension
  /// @return its value
  public double getDouble(long... index) {
    return getDouble(flatIndex(index));
  }

  /// An element of a {@link DType#FLOAT32} array.
  ///
  /// @param flatIndex which, in row-major order
  /// @return its value
  public float getFloat(long flatIndex) {
    if (dtype != DType.FLOAT32) {
      throw wrongType("FLOAT32");
    }
    return segment.getAtIndex(F32, flatIndex);
  }

  /// An element of a {@link DType#FLOAT32} array.
  ///
  /// @param index one number per dimension
  /// @return its value
  public float getFloat(long... index) {
    return getFloat(flatIndex(index));
  }

  /// An element of an integer array, or 1 or 0 of a boolean one.
  ///
  /// @param flatIndex which, in row-major order
  /// @return its value
  public long getLong(long flatIndex) {
    return switch (dtype) {
      case INT64 -> segment.getAtIndex(I64, flatIndex);
      case INT32 -> segment.getAtIndex(I32, flatIndex);
      case INT16 -> segment.getAtIndex(I16, flatIndex);
      case INT8, BOOL -> segment.get(ValueLayout.JAVA_BYTE, flatIndex);
      case UINT8 -> Byte.toUnsignedLong(segment.get(ValueLayout.JAVA_BYTE, flatIndex));
      case FLOAT32, FLOAT64 -> throw wrongType("an integer type");
    };
  }

  /// An element of an integer array, or 1 or 0 of a boolean one.
  ///
  /// @param index one number per dimension
  /// @return its value
  public long getLong(long... index) {
    return getLong(flatIndex(index));
  }

  /// An element of an integer array of at most 32 bits, or 1 or 0 of a boolean one.
  ///
  /// @param flatIndex which, in row-major order
  /// @return its value
  public int getInt(long flatIndex) {
    if (dtype == DType.INT32) {
      return segment.getAtIndex(I32, flatIndex);
    }
    if (dtype == DType.INT64) {
      throw wrongType("an integer type of at most 32 bits");
    }
    return (int) getLong(flatIndex);
  }

  /// An element of an integer array of at most 32 bits, or 1 or 0 of a boolean one.
  ///
  /// @param index one number per dimension
  /// @return its value
  public int getInt(long... index) {
    return getInt(flatIndex(index));
  }

  /// An element of a {@link DType#BOOL} array.
  ///
  /// @param flatIndex which, in row-major order
  /// @return its value
  public boolean getBoolean(long flatIndex) {
    if (dtype != DType.BOOL) {
      throw wrongType("BOOL");
    }
    return segment.get(ValueLayout.JAVA_BYTE, flatIndex) != 0;
  }

  /// An element of a {@link DType#BOOL} array.
  ///
  /// @param index one number per dimension
  /// @return its value
  public boolean getBoolean(long... index) {
    return getBoolean(flatIndex(index));
  }

  /// The same elements in other dimensions. Nothing is copied.
  ///
  /// @param newShape the lengths of the dimensions
  /// @return a view of the same memory
  /// @throws IllegalArgumentException if that is another number of elements
  public NdArray reshape(long... newShape) {
    return new NdArray(dtype, newShape, segment, owner);
  }

  /// A part of dimension 0, such as some rows of a matrix. Nothing is copied.
  ///
  /// @param from the first index
  /// @param to the index behind the last
  /// @return a view of the same memory, with as many dimensions
  public NdArray slice(long from, long to) {
    if (shape.length == 0) {
      throw new IllegalStateException("rank: 0 (expected: > 0, to have a part)");
    }
    Objects.checkFromToIndex(from, to, shape[0]);
    long[] part = shape.clone();
    part[0] = to - from;
    long bytesPerIndex = shape[0] == 0 ? 0 : segment.byteSize() / shape[0];
    return new NdArray(
        dtype, part, segment.asSlice(from * bytesPerIndex, (to - from) * bytesPerIndex), owner);
  }

  /// Copies the elements, in row-major order.
  ///
  /// @return the elements of any type, converted to `double`
  public double[] toDoubleArray() {
    double[] copy = new double[length()];
    if (dtype == DType.FLOAT64) {
      return copyTo(copy, F64);
    }
    for (int i = 0; i < copy.length; i++) {
      copy[i] = getDouble(i);
    }
    return copy;
  }

  /// Copies the elements, in row-major order.
  ///
  /// @return the elements of a {@link DType#FLOAT32} array
  public float[] toFloatArray() {
    if (dtype != DType.FLOAT32) {
      throw wrongType("FLOAT32");
    }
    return copyTo(new float[length()], F32);
  }

  /// Copies the elements, in row-major order.
  ///
  /// @return the elements of an integer or boolean array, widened to `long`
  public long[] toLongArray() {
    long[] copy = new long[length()];
    if (dtype == DType.INT64) {
      return copyTo(copy, I64);
    }
    for (int i = 0; i < copy.length; i++) {
      copy[i] = getLong(i);
    }
    return copy;
  }

  /// Copies the elements, in row-major order.
  ///
  /// @return the elements of a {@link DType#INT32} array
  public int[] toIntArray() {
    if (dtype != DType.INT32) {
      throw wrongType("INT32");
    }
    return copyTo(new int[length()], I32);
  }

  /// Copies the elements, in row-major order.
  ///
  /// @return the elements of a {@link DType#INT16} array
  public short[] toShortArray() {
    if (dtype != DType.INT16) {
      throw wrongType("INT16");
    }
    return copyTo(new short[length()], I16);
  }

  /// Copies the elements, in row-major order.
  ///
  /// @return the elements of a {@link DType#INT8} or {@link DType#UINT8} array
  public byte[] toByteArray() {
    if (dtype != DType.INT8 && dtype != DType.UINT8) {
      throw wrongType("INT8 or UINT8");
    }
    return copyTo(new byte[length()], ValueLayout.JAVA_BYTE);
  }

  /// Copies the elements, in row-major order.
  ///
  /// @return the elements of a {@link DType#BOOL} array
  public boolean[] toBooleanArray() {
    boolean[] copy = new boolean[length()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = getBoolean(i);
    }
    return copy;
  }

  /// Whether another object is an array of the same type, shape and bits. As in {@link
  /// Arrays#equals(double[], double[])}, `0.0` and `-0.0` differ.
  ///
  /// @param other the object
  /// @return true if it is
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof NdArray that
            && dtype == that.dtype
            && Arrays.equals(shape, that.shape)
            && segment.mismatch(that.segment) == -1);
  }

  @Override
  public int hashCode() {
    int hash = 31 * dtype.name().hashCode() + Arrays.hashCode(shape);
    long step = Math.max(1, segment.byteSize() / HASHED_BYTES);
    for (long at = 0; at < segment.byteSize(); at += step) {
      hash = 31 * hash + segment.get(ValueLayout.JAVA_BYTE, at);
    }
    return hash;
  }

  /// The type and the shape.
  ///
  /// @return such as `NdArray(FLOAT64, [2, 3])`
  @Override
  public String toString() {
    return "NdArray(" + dtype + ", " + Arrays.toString(shape) + ")";
  }

  private static long[] shapeOf(int length, long[] shape) {
    return shape.length == 0 ? new long[] {length} : shape;
  }

  private static long sizeOf(long[] shape) {
    long size = 1;
    for (long length : shape) {
      if (length < 0) {
        throw new IllegalArgumentException(
            "shape: " + Arrays.toString(shape) + " (expected: lengths >= 0)");
      }
      if (length != 0 && size > Long.MAX_VALUE / length) {
        throw new IllegalArgumentException(
            "shape: " + Arrays.toString(shape) + " (expected: fewer than 2^63 elements)");
      }
      size *= length;
    }
    return size;
  }

  private <T> T copyTo(T array, ValueLayout layout) {
    try {
      MemorySegment.copy(segment, layout, 0, array, 0, length());
      return array;
    } finally {
      Reference.reachabilityFence(this); // The owner may only take the memory back afterwards.
    }
  }

  private int length() {
    if (size > Integer.MAX_VALUE) {
      throw new IllegalStateException(
          "size: " + size + " (expected: <= " + Integer.MAX_VALUE + ", to fit a Java array)");
    }
    return (int) size;
  }

  private IllegalStateException wrongType(String expected) {
    return new IllegalStateException("dtype: " + dtype + " (expected: " + expected + ")");
  }
}

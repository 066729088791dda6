package org.rayakka.client.value;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.rayakka.api.DType;
import org.rayakka.api.NdArray;
import org.rayakka.objectstore.UnsealedObject;

/// An n-dimensional array.
///
/// ```
/// 0             4          8                          8 + 8 * rank   next multiple of 64
/// | dtype: int  | rank: int | rank × length: long       | padding    | elements, row-major
/// ```
///
/// @param array what to write
record NdArrayValue(NdArray array) implements EncodedValue {
  private static final DType[] DTYPES = {
    DType.INT8,
    DType.INT16,
    DType.INT32,
    DType.INT64,
    DType.UINT8,
    DType.FLOAT32,
    DType.FLOAT64,
    DType.BOOL
  };

  private static final int SHAPE_OFFSET = 2 * Integer.BYTES;

  /// Reads an array as a view of its bytes.
  static NdArray view(MemorySegment bytes) {
    DType dtype = dtype(bytes.get(Layouts.INT, 0));
    long[] shape = new long[bytes.get(Layouts.INT, Integer.BYTES)];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = bytes.get(Layouts.LONG, SHAPE_OFFSET + (long) i * Long.BYTES);
    }
    return new NdArray(dtype, shape, bytes.asSlice(elementsOffset(shape.length)), null);
  }

  /// The number that stands for a type in stored bytes.
  static int code(DType dtype) {
    return Arrays.asList(DTYPES).indexOf(dtype);
  }

  static DType dtype(int code) {
    if (code < 0 || code >= DTYPES.length) {
      throw new IllegalArgumentException(
          "dtype: " + code + " (expected: 0 to " + (DTYPES.length - 1) + ")");
    }
    return DTYPES[code];
  }

  private static long elementsOffset(int rank) {
    return Layouts.alignArray(SHAPE_OFFSET + (long) rank * Long.BYTES);
  }

  @Override
  public int typeTag() {
    return TypeTags.ND_ARRAY;
  }

  @Override
  public long size() {
    return elementsOffset(array.rank()) + array.byteSize();
  }

  @Override
  public void writeTo(MemorySegment destination) {
    write(destination, BulkCopy.into(destination));
  }

  @Override
  public void writeTo(UnsealedObject object) {
    write(object.data(), object::write);
  }

  private void write(MemorySegment destination, BulkCopy bulk) {
    int rank = array.rank();
    destination.set(Layouts.INT, 0, code(array.dtype()));
    destination.set(Layouts.INT, Integer.BYTES, rank);
    for (int i = 0; i < rank; i++) {
      destination.set(Layouts.LONG, SHAPE_OFFSET + (long) i * Long.BYTES, array.shape(i));
    }
    bulk.copy(array.segment(), elementsOffset(rank));
  }

  @Override
  public boolean isSimple() {
    return false;
  }
}

package org.rayakka.api;

/// The type of the elements of an {@link NdArray}, all in the machine's byte order.
public enum DType {
  /// Signed, 8 bits.
  INT8(1),
  /// Signed, 16 bits.
  INT16(2),
  /// Signed, 32 bits.
  INT32(4),
  /// Signed, 64 bits.
  INT64(8),
  /// Unsigned, 8 bits, as in images.
  UINT8(1),
  /// IEEE 754, 32 bits.
  FLOAT32(4),
  /// IEEE 754, 64 bits.
  FLOAT64(8),
  /// True or false: one byte, 1 or 0.
  BOOL(1);

  private final int byteSize;

  DType(int byteSize) {
    this.byteSize = byteSize;
  }

  /// The size of an element.
  ///
  /// @return the number of bytes
  public int byteSize() {
    return byteSize;
  }

  /// Whether elements are floating-point numbers.
  ///
  /// @return true for {@link #FLOAT32} and {@link #FLOAT64}
  public boolean isFloatingPoint() {
    return this == FLOAT32 || this == FLOAT64;
  }
}

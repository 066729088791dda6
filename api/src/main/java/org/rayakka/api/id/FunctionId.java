package org.rayakka.api.id;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// Names a function: a hash over its class, method, signature, captured values and the job's code.
///
/// @param high the first 8 of its 16 bytes, big-endian
/// @param low the last 8 of its 16 bytes, big-endian
public record FunctionId(long high, long low) implements Comparable<FunctionId>, Serializable {
  /// Size in bytes.
  public static final int BYTES = 16;

  /// The id that stands for "none".
  public static final FunctionId NIL = new FunctionId(0, 0);

  /// Reads an id from its printed form or its bare hex digits.
  ///
  /// @param text 32 hex digits, or those inside `FunctionID(…)`
  /// @return the id
  /// @throws IllegalArgumentException if the text is neither
  public static FunctionId parse(String text) {
    byte[] bytes = Hex.parse("FunctionID", text, BYTES);
    return new FunctionId(Hex.longAt(bytes, 0), Hex.longAt(bytes, 8));
  }

  /// Whether this is {@link #NIL}.
  ///
  /// @return true for the id of nothing
  public boolean isNil() {
    return high == 0 && low == 0;
  }

  /// The id as hex digits.
  ///
  /// @return 32 lower-case hex digits
  public String hex() {
    return Hex.of(high) + Hex.of(low);
  }

  @Override
  public int compareTo(FunctionId other) {
    int first = Long.compareUnsigned(high, other.high);
    return first != 0 ? first : Long.compareUnsigned(low, other.low);
  }

  // Written out: what the JVM makes for records is not inlined where types mix, as in large maps.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FunctionId that && high == that.high && low == that.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high ^ low);
  }

  @Override
  public String toString() {
    return "FunctionID(" + hex() + ")";
  }
}

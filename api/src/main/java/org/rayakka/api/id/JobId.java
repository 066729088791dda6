package org.rayakka.api.id;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// Names a job: one driver and all that it starts.
///
/// @param value the number of the job in its cluster, from 1; 0 stands for "none"
public record JobId(long value) implements Comparable<JobId>, Serializable {
  /// The id that stands for "none".
  public static final JobId NIL = new JobId(0);

  /// Reads an id from its printed form or its bare hex digits.
  ///
  /// @param text 16 hex digits, or those inside `JobID(…)`
  /// @return the id
  /// @throws IllegalArgumentException if the text is neither
  public static JobId parse(String text) {
    return new JobId(Hex.longAt(Hex.parse("JobID", text, Long.BYTES), 0));
  }

  /// The id as hex digits.
  ///
  /// @return 16 lower-case hex digits
  public String hex() {
    return Hex.of(value);
  }

  @Override
  public int compareTo(JobId other) {
    return Long.compareUnsigned(value, other.value);
  }

  // Written out: what the JVM makes for records is not inlined where types mix, as in large maps.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JobId that && value == that.value;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(value);
  }

  @Override
  public String toString() {
    return "JobID(" + hex() + ")";
  }
}

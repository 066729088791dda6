package org.rayakka.api.id;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// Names an object: the task that made it and which of that task's objects it is, 20 bytes.
///
/// A task's return values count up from 1. Objects that the task put carry the high bit, so that
/// the two never meet.
///
/// @param high the first 8 bytes of the task's id
/// @param low the last 8 bytes of the task's id
/// @param index which object of the task: 1, 2, … for return values, `0x80000001`, … for puts
public record ObjectId(long high, long low, int index)
    implements Comparable<ObjectId>, Serializable {
  /// Size in bytes.
  public static final int BYTES = 20;

  private static final int PUT_BIT = 0x8000_0000;

  /// Names a return value.
  ///
  /// @param task the task that returns it
  /// @param index which return value, from 1
  /// @return the id
  /// @throws IllegalArgumentException if the index is not positive
  public static ObjectId ofReturn(TaskId task, int index) {
    if (index < 1) {
      throw new IllegalArgumentException("return index: " + index + " (expected: >= 1)");
    }
    return new ObjectId(task.high(), task.low(), index);
  }

  /// Names an object that a task puts.
  ///
  /// @param task the task that puts it
  /// @param index which put of that task, from 1
  /// @return the id
  /// @throws IllegalArgumentException if the index is not positive
  public static ObjectId ofPut(TaskId task, int index) {
    if (index < 1) {
      throw new IllegalArgumentException("put index: " + index + " (expected: >= 1)");
    }
    return new ObjectId(task.high(), task.low(), index | PUT_BIT);
  }

  /// Reads an id from its printed form or its bare hex digits.
  ///
  /// @param text 40 hex digits, or those inside `ObjectID(…)`
  /// @return the id
  /// @throws IllegalArgumentException if the text is neither
  public static ObjectId parse(String text) {
    byte[] bytes = Hex.parse("ObjectID", text, BYTES);
    return new ObjectId(Hex.longAt(bytes, 0), Hex.longAt(bytes, 8), (int) Hex.longAt(bytes, 12));
  }

  /// The task that makes this object.
  ///
  /// @return its id
  public TaskId taskId() {
    return new TaskId(high, low);
  }

  /// Whether the object was put, not returned.
  ///
  /// @return true for a put
  public boolean isPut() {
    return (index & PUT_BIT) != 0;
  }

  /// The id as hex digits.
  ///
  /// @return 40 lower-case hex digits
  public String hex() {
    return Hex.of(high) + Hex.of(low) + Hex.of(index);
  }

  @Override
  public int compareTo(ObjectId other) {
    int first = Long.compareUnsigned(high, other.high);
    if (first != 0) {
      return first;
    }
    int second = Long.compareUnsigned(low, other.low);
    return second != 0 ? second : Integer.compareUnsigned(index, other.index);
  }

  @Override
  public int hashCode() {
    // The task's id is a good hash already; the index tells its objects apart.
    return (int) low ^ (index * 0x9E37_79B9);
  }

  // Written out: what the JVM makes for records is not inlined where types mix, as in large maps.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ObjectId that
        && high == that.high
        && low == that.low
        && index == that.index;
  }

  @Override
  public String toString() {
    return "ObjectID(" + hex() + ")";
  }
}

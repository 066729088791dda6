package org.rayakka.protocol;

/// Type tags of stored objects that the node writes or reads itself. All others are the value
/// codec's own, from {@link #FIRST_VALUE_TAG} on.
public final class StandardTags {
  /// An {@link ErrorObject}: the task that should have made the object failed.
  public static final int ERROR = 1;

  /// An {@link ErrorObject} that stands in for an object which is on disk, or on another node, and
  /// cannot be had at present. It goes after a while, on every node that has been told of it.
  public static final int PASSING_ERROR = 2;

  /// The first tag that the value codec may use.
  public static final int FIRST_VALUE_TAG = 16;

  private StandardTags() {}

  /// Whether what is stored is an {@link ErrorObject}.
  ///
  /// @param typeTag its tag
  /// @return for {@link #ERROR} and {@link #PASSING_ERROR}
  public static boolean isError(int typeTag) {
    return typeTag == ERROR || typeTag == PASSING_ERROR;
  }
}

package org.rayakka.protocol;

/// Type tags of stored objects that the node writes or reads itself. All others are the value
/// codec's own, from {@link #FIRST_VALUE_TAG} on.
public final class StandardTags {
  /// An {@link ErrorObject}: the task that should have made the object failed.
  public static final int ERROR = 1;

  /// The first tag that the value codec may use.
  public static final int FIRST_VALUE_TAG = 16;

  private StandardTags() {}
}

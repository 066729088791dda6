package org.rayakka.api.exception;

import org.jspecify.annotations.Nullable;

/// A value cannot be turned into bytes, or bytes into a value.
///
/// Retrying does not help.
public final class RaySerializationException extends RayException {
  private final String className;
  private final String path;

  /// A failure at one place of a value.
  ///
  /// @param className the class that cannot be serialised
  /// @param path the way to it from the value, such as `Order.lines[3].socket`; empty for the value
  ///   itself
  /// @param reason why it cannot
  /// @param cause what caused it, or null
  public RaySerializationException(
      String className, String path, String reason, @Nullable Throwable cause) {
    super(className + (path.isEmpty() ? "" : " at " + path) + ": " + reason, cause);
    this.className = className;
    this.path = path;
  }

  /// The class that cannot be serialised.
  ///
  /// @return its name
  public String className() {
    return className;
  }

  /// Where in the value it is.
  ///
  /// @return the way from the value to it, empty for the value itself
  public String path() {
    return path;
  }

  @Override
  public boolean isRetryable() {
    return false;
  }
}

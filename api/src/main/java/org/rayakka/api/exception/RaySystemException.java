package org.rayakka.api.exception;

import org.jspecify.annotations.Nullable;

/// A part of the system did not do its work: the connection to the node broke, or a table could not
/// be reached.
///
/// Retrying helps once that part is back.
public final class RaySystemException extends RayException {
  /// An exception with a message.
  ///
  /// @param message what happened
  public RaySystemException(String message) {
    this(message, null);
  }

  /// An exception with a message and its cause.
  ///
  /// @param message what happened
  /// @param cause what caused it, or null
  public RaySystemException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return true;
  }
}

package org.rayakka.api.exception;

import org.jspecify.annotations.Nullable;

/// The value was not there in time. The task goes on; a later get may still succeed.
///
/// Retrying waits again.
public final class RayTimeoutException extends RayException {
  /// An exception with a message.
  ///
  /// @param message what happened
  public RayTimeoutException(String message) {
    this(message, null);
  }

  /// An exception with a message and its cause.
  ///
  /// @param message what happened
  /// @param cause what caused it, or null
  public RayTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return true;
  }
}

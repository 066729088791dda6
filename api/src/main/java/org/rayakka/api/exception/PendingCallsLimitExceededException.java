package org.rayakka.api.exception;

import org.jspecify.annotations.Nullable;

/// An actor has as many unanswered calls through this handle as it allows.
///
/// Retrying helps once some of the calls are answered.
public final class PendingCallsLimitExceededException extends RayException {
  /// An exception with a message.
  ///
  /// @param message what happened
  public PendingCallsLimitExceededException(String message) {
    this(message, null);
  }

  /// An exception with a message and its cause.
  ///
  /// @param message what happened
  /// @param cause what caused it, or null
  public PendingCallsLimitExceededException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return true;
  }
}

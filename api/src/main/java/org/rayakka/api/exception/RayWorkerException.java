package org.rayakka.api.exception;

import org.jspecify.annotations.Nullable;

/// The worker process that ran the task died, and the task has no retries left.
///
/// Retrying runs the task on another worker.
public final class RayWorkerException extends RayException {
  /// An exception with a message.
  ///
  /// @param message what happened
  public RayWorkerException(String message) {
    this(message, null);
  }

  /// An exception with a message and its cause.
  ///
  /// @param message what happened
  /// @param cause what caused it, or null
  public RayWorkerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return true;
  }
}

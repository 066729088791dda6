package org.rayakka.api.exception;

import org.jspecify.annotations.Nullable;

/// The environment that the task or the actor asked for could not be set up.
///
/// Retrying does not help until what is missing is supplied.
public final class RuntimeEnvException extends RayException {
  /// An exception with a message.
  ///
  /// @param message what happened
  public RuntimeEnvException(String message) {
    this(message, null);
  }

  /// An exception with a message and its cause.
  ///
  /// @param message what happened
  /// @param cause what caused it, or null
  public RuntimeEnvException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return false;
  }
}

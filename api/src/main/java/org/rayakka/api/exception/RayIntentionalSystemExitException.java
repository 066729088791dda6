package org.rayakka.api.exception;

import org.jspecify.annotations.Nullable;

/// Ends the worker on purpose: thrown by {@link org.rayakka.api.Ray#exitActor()} through the
/// actor's method. Do not catch it.
///
/// Retrying does not apply.
public final class RayIntentionalSystemExitException extends RayException {
  /// An exception with a message.
  ///
  /// @param message what happened
  public RayIntentionalSystemExitException(String message) {
    this(message, null);
  }

  /// An exception with a message and its cause.
  ///
  /// @param message what happened
  /// @param cause what caused it, or null
  public RayIntentionalSystemExitException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return false;
  }
}

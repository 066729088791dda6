package org.rayakka.api.exception;

/// The API was used before {@link org.rayakka.api.Ray#init()} or after {@link
/// org.rayakka.api.Ray#shutdown()}.
///
/// Retrying does not help before `Ray.init()` is called.
public final class RayNotInitializedException extends RayException {
  /// An exception that tells the user to call `Ray.init()`.
  public RayNotInitializedException() {
    super("Ray is not connected. Call Ray.init() before any other method of Ray.", null);
  }

  @Override
  public boolean isRetryable() {
    return false;
  }
}

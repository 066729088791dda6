package org.rayakka.api.exception;

/// {@link org.rayakka.api.Ray#init()} was called while this process is connected already.
///
/// Retrying does not help before `Ray.shutdown()` is called.
public final class RayAlreadyInitializedException extends RayException {
  /// An exception that suggests that `Ray.init()` was called twice by accident.
  public RayAlreadyInitializedException() {
    super(
        "Ray is connected already. Perhaps you called Ray.init() twice by accident? Call"
            + " Ray.shutdown() first to connect anew, or test Ray.isInitialized().",
        null);
  }

  @Override
  public boolean isRetryable() {
    return false;
  }
}

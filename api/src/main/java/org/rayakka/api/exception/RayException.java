package org.rayakka.api.exception;

import org.jspecify.annotations.Nullable;

/// The root of what Rayakka throws at a program for reasons outside the call itself. A call that is
/// wrong in itself (a negative timeout, a duplicate in a list to wait for) throws
/// `IllegalArgumentException` instead.
public abstract sealed class RayException extends RuntimeException
    permits ObjectFetchTimedOutException,
        ObjectStoreFullException,
        PendingCallsLimitExceededException,
        RayActorException,
        RayAlreadyInitializedException,
        RayIntentionalSystemExitException,
        RayNotInitializedException,
        RaySerializationException,
        RaySystemException,
        RayTaskException,
        RayTimeoutException,
        RayWorkerException,
        RuntimeEnvException,
        TaskCancelledException,
        TaskUnschedulableException,
        UnreconstructableException {

  /// An exception with a message and, if there is one, its cause.
  ///
  /// @param message what happened, with the offending value and what was expected
  /// @param cause what caused it, or null
  protected RayException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// Whether the same call may succeed when it is made again, with nothing else changed.
  ///
  /// @return true if trying again can help
  public abstract boolean isRetryable();
}

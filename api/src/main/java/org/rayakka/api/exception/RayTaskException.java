package org.rayakka.api.exception;

import org.jspecify.annotations.Nullable;

/// The function or method threw. The cause is what it threw, if that could be brought over; its
/// class, message and stack trace are always here as text.
///
/// Retrying does not help unless the function depends on something that changes.
public final class RayTaskException extends RayException {
  private final String functionName;
  private final String causeClassName;
  private final String remoteStackTrace;

  /// The failure of a function.
  ///
  /// @param functionName the function, such as `Job.step`
  /// @param causeClassName the class of what it threw
  /// @param causeMessage the message of what it threw, or null
  /// @param remoteStackTrace the stack trace where it was thrown
  /// @param cause what it threw, or null if that cannot be brought over
  public RayTaskException(
      String functionName,
      String causeClassName,
      @Nullable String causeMessage,
      String remoteStackTrace,
      @Nullable Throwable cause) {
    super(
        functionName
            + " failed: "
            + causeClassName
            + (causeMessage == null ? "" : ": " + causeMessage)
            + (remoteStackTrace.isEmpty() ? "" : "\nRemote stack trace:\n" + remoteStackTrace),
        cause);
    this.functionName = functionName;
    this.causeClassName = causeClassName;
    this.remoteStackTrace = remoteStackTrace;
  }

  /// The function that threw.
  ///
  /// @return its class, without the package, and its name
  public String functionName() {
    return functionName;
  }

  /// The class of what was thrown.
  ///
  /// @return its name
  public String causeClassName() {
    return causeClassName;
  }

  /// The stack trace at the place where it was thrown.
  ///
  /// @return the trace as text
  public String remoteStackTrace() {
    return remoteStackTrace;
  }

  @Override
  public boolean isRetryable() {
    return false;
  }
}

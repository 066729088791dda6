package org.rayakka.node.control;

/// The control state could not answer: its server is away, refuses, or this end is closed. Trying
/// again later can help.
public final class ControlStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Says what failed.
  ///
  /// @param message what was asked of whom, and what came of it
  public ControlStateException(String message) {
    super(message);
  }

  /// Says what failed, and why.
  ///
  /// @param message what was asked of whom, and what came of it
  /// @param cause why
  public ControlStateException(String message, Throwable cause) {
    super(message, cause);
  }
}

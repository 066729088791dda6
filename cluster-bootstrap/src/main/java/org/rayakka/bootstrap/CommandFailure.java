package org.rayakka.bootstrap;

/// A command cannot do what it was asked; the message is all that its user needs.
final class CommandFailure extends RuntimeException {
  CommandFailure(String message) {
    super(message);
  }
}

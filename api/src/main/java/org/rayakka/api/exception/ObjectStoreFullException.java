package org.rayakka.api.exception;

import org.jspecify.annotations.Nullable;

/// An object did not fit into the object store, and nothing could be evicted or spilled to make
/// room.
///
/// Retrying helps once references to other objects are dropped: some seconds later, a `get` of what
/// is on disk looks for room anew. A task whose result did not fit has failed, and is not run
/// again.
public final class ObjectStoreFullException extends RayException {
  /// An exception with a message.
  ///
  /// @param message what happened
  public ObjectStoreFullException(String message) {
    this(message, null);
  }

  /// An exception with a message and its cause.
  ///
  /// @param message what happened
  /// @param cause what caused it, or null
  public ObjectStoreFullException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return true;
  }
}

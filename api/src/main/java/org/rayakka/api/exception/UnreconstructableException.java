package org.rayakka.api.exception;

import org.rayakka.api.id.ObjectId;

/// The object is lost: no copy is left, and the task that made it cannot be run again.
///
/// Retrying does not help.
public final class UnreconstructableException extends RayException {
  private final ObjectId objectId;

  /// The loss of an object.
  ///
  /// @param objectId the object
  /// @param message why it cannot be made again
  public UnreconstructableException(ObjectId objectId, String message) {
    super(objectId + ": " + message, null);
    this.objectId = objectId;
  }

  /// The object that is lost.
  ///
  /// @return its id
  public ObjectId objectId() {
    return objectId;
  }

  @Override
  public boolean isRetryable() {
    return false;
  }
}

package org.rayakka.api.exception;

import org.rayakka.api.id.ObjectId;

/// Another node has the object, and its bytes did not come in time: the network between the two
/// nodes lets messages through but not objects, or a media driver does not work.
///
/// Retrying does not help: on this node, the object stays what it is.
public final class ObjectFetchTimedOutException extends RayException {
  private final ObjectId objectId;

  /// An object that did not come.
  ///
  /// @param objectId the object
  /// @param message where it is, and what went wrong
  public ObjectFetchTimedOutException(ObjectId objectId, String message) {
    super(objectId + ": " + message, null);
    this.objectId = objectId;
  }

  /// The object that did not come.
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

package org.rayakka.api.exception;

import org.rayakka.api.id.ObjectId;

/// Another node has the object, and its bytes did not come in time: the network between the two
/// nodes lets messages through but not objects, or a media driver does not work.
///
/// Retrying helps once the network mends: some seconds later, a `get` asks for the object anew. A
/// task that was to have the object as an argument has failed, and is not run again.
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

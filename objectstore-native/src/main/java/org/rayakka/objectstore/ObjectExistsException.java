package org.rayakka.objectstore;

import org.rayakka.api.id.ObjectId;

/// An object of this id is in the store already, sealed or being written.
public final class ObjectExistsException extends RuntimeException {
  private final ObjectId id;

  public ObjectExistsException(ObjectId id) {
    super(id + " exists in the store already (expected: an id not created before)");
    this.id = id;
  }

  /// The id that was to be created.
  public ObjectId id() {
    return id;
  }
}

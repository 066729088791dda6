package org.rayakka.objectstore;

import java.util.List;
import org.rayakka.api.id.ObjectId;

/// One row of {@link StoreNode#forEachObject}.
///
/// @param id the object
/// @param sizeBytes the bytes of its data
/// @param typeTag what its creator said it is
/// @param state where it stands
/// @param pinnedBy the client processes that hold it
public record StoredObject(
    ObjectId id, long sizeBytes, int typeTag, State state, List<Long> pinnedBy) {
  /// Where an object stands.
  public enum State {
    /// A client is writing it.
    CREATED,
    /// In memory, readable.
    SEALED,
    /// On disk only.
    SPILLED
  }
}

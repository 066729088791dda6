package org.rayakka.api.state;

import java.util.List;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;

/// An object in the memory of a node, or on its disk, and who holds it there.
///
/// @param objectId its id
/// @param size its bytes
/// @param place where it is
/// @param isPut whether it was put; otherwise a task returned it
/// @param pinnedByPids the processes that read it at this moment, or keep a view of it: it can
///   neither be evicted nor spilled
/// @param jobId the job in which a reference to it is left, or {@link JobId#NIL} if there is none
/// @param neededByTasks how many tasks that have not ended have it as an argument
public record HeldObject(
    ObjectId objectId,
    long size,
    Place place,
    boolean isPut,
    List<Long> pinnedByPids,
    JobId jobId,
    int neededByTasks) {
  /// Where an object is.
  public enum Place {
    /// In memory, being written.
    CREATED,
    /// In memory, readable.
    SEALED,
    /// On disk only.
    SPILLED
  }

  /// Copies the list.
  public HeldObject {
    pinnedByPids = List.copyOf(pinnedByPids);
  }
}

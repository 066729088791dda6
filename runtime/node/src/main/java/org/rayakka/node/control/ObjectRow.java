package org.rayakka.node.control;

import java.util.Set;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;

/// A row of the {@link ObjectTable}.
///
/// @param id the object
/// @param job its job; {@link JobId#NIL} if the row of the node that made it is not here yet
/// @param size its bytes
/// @param holders the nodes that hold it; none if all copies are lost
public record ObjectRow(ObjectId id, JobId job, long size, Set<NodeId> holders) {
  /// Takes a copy of the holders.
  public ObjectRow {
    holders = Set.copyOf(holders);
  }

  /// The task that makes it.
  ///
  /// @return the task's id
  public TaskId task() {
    return id.taskId();
  }

  /// Whether it was put, not returned.
  ///
  /// @return true for a put
  public boolean isPut() {
    return id.isPut();
  }
}

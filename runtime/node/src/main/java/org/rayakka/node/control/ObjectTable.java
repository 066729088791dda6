package org.rayakka.node.control;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;

/// Which nodes hold which objects. The data itself is never here. Where a task's first return value
/// is can be told by {@link TaskTable#done} instead: its row is found here all the same.
public interface ObjectTable {
  /// Records that a node holds an object, and publishes it to {@link Channel#OBJECTS}.
  ///
  /// @param object the object
  /// @param job its job, from the node where it was made; {@link JobId#NIL} from a node that
  ///   fetched a copy
  /// @param size its bytes
  /// @param node the node that holds it
  void sealed(ObjectId object, JobId job, long size, NodeId node);

  /// Records that a node holds an object no more. The row stays, if need be without holders.
  ///
  /// @param object the object
  /// @param node the node that evicted it, or died
  void removed(ObjectId object, NodeId node);

  /// Removes an object that nothing refers to any more, but not what its task's row says of it.
  ///
  /// @param object the object
  void forget(ObjectId object);

  /// Looks an object up.
  ///
  /// @param object the object
  /// @return its row; empty if there is none
  CompletionStage<Optional<ObjectRow>> find(ObjectId object);

  /// Lists objects, in no particular order.
  ///
  /// @param limit how many at most
  /// @return the rows
  CompletionStage<List<ObjectRow>> list(int limit);
}

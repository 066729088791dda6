package org.rayakka.api.state;

import org.rayakka.api.runtimecontext.ActorInfo;
import org.rayakka.api.runtimecontext.NodeInfo;

/// The tables of the cluster, read anew by each call. Rows are written behind the work, so what
/// happened in the last few milliseconds may not be there yet. A task or an object stays in its
/// table as long as somebody can ask for it.
///
/// In the local mode there are no tables, and the listings are empty.
public interface ClusterState {
  /// The functions that tasks and actors run.
  ///
  /// @param query which
  /// @return them
  Listing<FunctionInfo> functions(StateQuery query);

  /// The tasks.
  ///
  /// @param query which
  /// @return them
  Listing<TaskInfo> tasks(StateQuery query);

  /// The objects.
  ///
  /// @param query which
  /// @return them
  Listing<ObjectInfo> objects(StateQuery query);

  /// The actors.
  ///
  /// @param query which
  /// @return them
  Listing<ActorInfo> actors(StateQuery query);

  /// The nodes, also those that left not long ago.
  ///
  /// @param query which
  /// @return them
  Listing<NodeInfo> nodes(StateQuery query);

  /// The jobs, also those that ended not long ago.
  ///
  /// @param query which
  /// @return them
  Listing<JobInfo> jobs(StateQuery query);

  /// All functions.
  ///
  /// @return them
  default Listing<FunctionInfo> functions() {
    return functions(StateQuery.ALL);
  }

  /// All tasks.
  ///
  /// @return them
  default Listing<TaskInfo> tasks() {
    return tasks(StateQuery.ALL);
  }

  /// All objects.
  ///
  /// @return them
  default Listing<ObjectInfo> objects() {
    return objects(StateQuery.ALL);
  }

  /// All actors.
  ///
  /// @return them
  default Listing<ActorInfo> actors() {
    return actors(StateQuery.ALL);
  }

  /// All nodes.
  ///
  /// @return them
  default Listing<NodeInfo> nodes() {
    return nodes(StateQuery.ALL);
  }

  /// All jobs.
  ///
  /// @return them
  default Listing<JobInfo> jobs() {
    return jobs(StateQuery.ALL);
  }
}

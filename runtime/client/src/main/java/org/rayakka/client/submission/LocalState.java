package org.rayakka.client.submission;

import java.util.List;
import org.rayakka.api.runtimecontext.ActorInfo;
import org.rayakka.api.runtimecontext.NodeInfo;
import org.rayakka.api.state.ClusterState;
import org.rayakka.api.state.FunctionInfo;
import org.rayakka.api.state.JobInfo;
import org.rayakka.api.state.Listing;
import org.rayakka.api.state.MemoryInfo;
import org.rayakka.api.state.ObjectInfo;
import org.rayakka.api.state.StateQuery;
import org.rayakka.api.state.TaskInfo;

/// The tables of the local mode, which has none.
final class LocalState implements ClusterState {
  private static <T> Listing<T> none() {
    return new Listing<>(List.of(), false);
  }

  static MemoryInfo memory() {
    return new MemoryInfo(0, 0, 0, 0, none());
  }

  @Override
  public Listing<FunctionInfo> functions(StateQuery query) {
    return none();
  }

  @Override
  public Listing<TaskInfo> tasks(StateQuery query) {
    return none();
  }

  @Override
  public Listing<ObjectInfo> objects(StateQuery query) {
    return none();
  }

  @Override
  public Listing<ActorInfo> actors(StateQuery query) {
    return none();
  }

  @Override
  public Listing<NodeInfo> nodes(StateQuery query) {
    return none();
  }

  @Override
  public Listing<JobInfo> jobs(StateQuery query) {
    return none();
  }
}

package org.rayakka.node.worker;

import akka.actor.typed.ActorRef;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.protocol.TaskSpec;

/// A worker process of one job, connected or still starting. Belongs to the event loop's thread.
public final class WorkerProcess {
  /// What a process is for.
  public enum Purpose {
    /// Plain tasks, never an actor.
    TASKS,
    /// Actors that share a process, never a plain task.
    ACTORS,
    /// One actor that needs a process of its own.
    DEDICATED,
    /// Plain tasks that hold certain GPUs.
    GPU_TASKS
  }

  private final long token;
  private final WorkerPool.Job job;
  private final Purpose purpose;
  private final String devices;
  private final FunctionRegistry functions;
  private final Int2ObjectHashMap<Lane> lanes = new Int2ObjectHashMap<>();
  private final Set<FunctionId> exported = new HashSet<>();
  private @Nullable WorkerChannel channel;
  private long pid;
  private int nextLane;

  WorkerProcess(
      long token, WorkerPool.Job job, Purpose purpose, String devices, FunctionRegistry functions) {
    this.token = token;
    this.job = job;
    this.purpose = purpose;
    this.devices = devices;
    this.functions = functions;
  }

  void connected(WorkerChannel newChannel, long newPid) {
    channel = newChannel;
    pid = newPid;
  }

  long token() {
    return token;
  }

  /// The job whose code it runs.
  ///
  /// @return the job
  public JobId jobId() {
    return job.jobId();
  }

  /// Where the actors that its job names live.
  ///
  /// @return the job's namespace
  public String namespace() {
    return job.namespace();
  }

  /// What it is for.
  ///
  /// @return the purpose
  public Purpose purpose() {
    return purpose;
  }

  /// The GPUs that it sees.
  ///
  /// @return as CUDA names them; empty if it sees none
  public String devices() {
    return devices;
  }

  /// Its process id.
  ///
  /// @return the id, 0 while it starts
  public long pid() {
    return pid;
  }

  /// Whether it has connected.
  ///
  /// @return true if it takes tasks
  public boolean isReady() {
    return channel != null;
  }

  /// How many lanes it has.
  ///
  /// @return the number
  public int laneCount() {
    return lanes.size();
  }

  /// A lane of this process.
  ///
  /// @param id its number
  /// @return the lane, or null if it was closed
  public @Nullable Lane lane(int id) {
    return lanes.get(id);
  }

  /// Opens a lane.
  ///
  /// @param owner who is told what becomes of its tasks
  /// @return the lane
  public Lane openLane(ActorRef<WorkerEvent> owner) {
    Lane lane = new Lane(nextLane++, this, owner);
    lanes.put(lane.id(), lane);
    return lane;
  }

  /// Who owns its lanes.
  ///
  /// @return each owner once
  Collection<ActorRef<WorkerEvent>> owners() {
    Set<ActorRef<WorkerEvent>> owners = new LinkedHashSet<>();
    for (Lane lane : lanes.values()) {
      owners.add(lane.owner());
    }
    return owners;
  }

  void execute(Lane lane, TaskSpec spec, int attempt, int[] gpuIds) {
    WorkerChannel to = channel();
    if (exported.add(spec.functionId())) {
      FunctionRegistry.Function function = functions.find(spec.functionId());
      if (function != null) {
        to.export(spec.functionId(), function.jobId(), function.descriptor());
      }
    }
    to.execute(lane.id(), attempt, gpuIds, spec);
  }

  void close(Lane lane) {
    if (lanes.remove(lane.id()) != null && channel != null) {
      channel.closeLane(lane.id());
    }
  }

  WorkerChannel channel() {
    if (channel == null) {
      throw new IllegalStateException(this + " has not connected");
    }
    return channel;
  }

  @Override
  public String toString() {
    return "worker " + (pid == 0 ? "(starting, token " + token + ")" : "pid=" + pid);
  }
}

package org.rayakka.node.scheduling.local;

import akka.actor.typed.ActorRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.node.worker.Lane;
import org.rayakka.node.worker.WorkerEvent;
import org.rayakka.node.worker.WorkerPool;
import org.rayakka.node.worker.WorkerProcess;

/// The workers for plain tasks, their lanes, and what these hold of the node's resources. A lane
/// with tasks holds the resources of one; while that one blocks, its CPUs are lent to others.
///
/// Belongs to the {@link LocalScheduler}, which decides what goes into which lane.
final class TaskLanes {
  private static final long SLOW_HEAD_NS = 2_000_000;

  /// Lanes of one class that run at once, however little they ask for: a bound on threads. Blocked
  /// ones do not count, or tasks that wait for tasks could block each other.
  private static final int MAX_LANES_PER_CLASS = 1024;

  /// A worker and its lanes.
  private static final class TaskWorker {
    final WorkerProcess process;
    final ArrayDeque<Lane> idleLanes = new ArrayDeque<>();
    int active;

    TaskWorker(WorkerProcess process) {
      this.process = process;
    }
  }

  private final ResourceLedger ledger;
  private final ActorRef<WorkerPool.Command> workerPool;
  private final ActorRef<WorkerEvent> workerEvents;
  private final LaneDepthPolicy depth = new LaneDepthPolicy();
  private final Map<JobId, List<TaskWorker>> workers = new HashMap<>();
  private final Set<JobId> wantWorkers = new HashSet<>();
  private final Map<Lane, TaskLane> lanes = new HashMap<>();
  private final Map<SchedulingClass, List<TaskLane>> lanesByClass = new HashMap<>();

  /// No lanes yet.
  ///
  /// @param ledger what the node has
  /// @param workerPool starts workers
  /// @param workerEvents the owner of the lanes
  TaskLanes(
      ResourceLedger ledger,
      ActorRef<WorkerPool.Command> workerPool,
      ActorRef<WorkerEvent> workerEvents) {
    this.ledger = ledger;
    this.workerPool = workerPool;
    this.workerEvents = workerEvents;
  }

  @Nullable TaskLane of(Lane lane) {
    return lanes.get(lane);
  }

  boolean hasLanes(SchedulingClass schedulingClass) {
    return lanesByClass.containsKey(schedulingClass);
  }

  boolean hasWorkers(JobId jobId) {
    return workers.containsKey(jobId);
  }

  boolean isAnyBlocked() {
    for (TaskLane lane : lanes.values()) {
      if (lane.blocked) {
        return true;
      }
    }
    return false;
  }

  // Dispatch

  /// A new lane, holding what one task of the class needs, or null if there is no room or worker.
  @Nullable TaskLane open(SchedulingClass schedulingClass) {
    List<TaskLane> siblings = lanesByClass.get(schedulingClass);
    if (siblings != null && siblings.size() >= MAX_LANES_PER_CLASS) {
      return null;
    }
    TaskWorker worker = leastBusy(schedulingClass.jobId());
    if (worker == null) {
      return null;
    }
    ResourceLedger.Grant grant = ledger.take(schedulingClass.resources());
    if (grant == null) {
      return null;
    }
    Lane lane = worker.idleLanes.pollFirst();
    if (lane == null) {
      lane = worker.process.openLane(workerEvents);
    }
    TaskLane taskLane = new TaskLane(lane, schedulingClass);
    taskLane.grant = grant;
    worker.active++;
    lanes.put(lane, taskLane);
    lanesByClass.computeIfAbsent(schedulingClass, none -> new ArrayList<>()).add(taskLane);
    return taskLane;
  }

  private @Nullable TaskWorker leastBusy(JobId jobId) {
    List<TaskWorker> ofJob = workers.get(jobId);
    if (ofJob == null || ofJob.isEmpty()) {
      if (wantWorkers.add(jobId)) {
        workerPool.tell(new WorkerPool.WantTaskWorker(jobId));
      }
      return null;
    }
    TaskWorker least = ofJob.getFirst();
    for (TaskWorker worker : ofJob) {
      if (worker.active < least.active) {
        least = worker;
      }
    }
    return least;
  }

  /// The lane in which one more task of the class waits shortest, or null if none takes one.
  @Nullable TaskLane shallowest(SchedulingClass schedulingClass) {
    TaskLane best = null;
    for (TaskLane lane : lanesByClass.getOrDefault(schedulingClass, List.of())) {
      if (!lane.blocked
          && !lane.recalling
          && depth.takesMore(lane.queue.size(), lane.expectedNs)
          && schedulingClass.resources().gpu() == 0
          && (best == null || lane.queue.size() < best.queue.size())) {
        best = lane;
      }
    }
    return best;
  }

  /// Sends a task to a lane's worker.
  void start(QueuedTask task, TaskLane lane) {
    task.lane = lane;
    if (lane.queue.isEmpty()) {
      lane.headSinceNs = System.nanoTime();
    }
    lane.queue.addLast(task);
    lane.expectedNs += depth.expectedNs(task.spec.functionId());
    ResourceLedger.Grant grant = lane.grant;
    lane.lane.execute(task.spec, task.attempt, grant == null ? new int[0] : grant.gpuIds());
  }

  // What becomes of a lane

  /// Takes a task that has ended out of its lane.
  ///
  /// @return whether it was there
  boolean ended(TaskLane lane, QueuedTask task, long durationNs) {
    if (!lane.queue.remove(task)) {
      return false;
    }
    depth.observe(task.spec.functionId(), durationNs);
    task.lane = null;
    if (lane.queue.isEmpty()) {
      close(lane);
    } else {
      lane.headSinceNs = System.nanoTime();
      noLongerExpects(lane, task);
    }
    return true;
  }

  /// Takes a task out of its lane that its worker handed back.
  ///
  /// @return whether it was there
  boolean takeBack(TaskLane lane, QueuedTask task) {
    if (!lane.queue.remove(task)) {
      return false;
    }
    noLongerExpects(lane, task);
    task.lane = null;
    return true;
  }

  private void noLongerExpects(TaskLane lane, QueuedTask task) {
    lane.expectedNs = Math.max(0, lane.expectedNs - depth.expectedNs(task.spec.functionId()));
  }

  /// The lane is empty: what it holds is given back, and it may serve another class.
  void close(TaskLane lane) {
    drop(lane);
    TaskWorker worker = workerOf(lane.lane.worker());
    if (worker != null) {
      worker.idleLanes.addFirst(lane.lane);
    }
  }

  /// Gives back what a lane holds, and forgets the lane.
  private void drop(TaskLane lane) {
    giveBack(lane);
    lanes.remove(lane.lane);
    removeSibling(lane);
  }

  private void giveBack(TaskLane lane) {
    ResourceLedger.Grant grant = lane.grant;
    if (grant == null) {
      return;
    }
    TaskWorker worker = workerOf(lane.lane.worker());
    if (lane.blocked) {
      ledger.reclaimCpu(grant);
    } else if (worker != null) {
      worker.active--;
    }
    ledger.giveBack(grant);
    lane.grant = null;
  }

  private void removeSibling(TaskLane lane) {
    List<TaskLane> siblings = lanesByClass.get(lane.schedulingClass);
    if (siblings != null) {
      siblings.remove(lane);
      if (siblings.isEmpty()) {
        lanesByClass.remove(lane.schedulingClass);
      }
    }
  }

  private @Nullable TaskWorker workerOf(WorkerProcess process) {
    for (TaskWorker worker : workers.getOrDefault(process.jobId(), List.of())) {
      if (worker.process.equals(process)) {
        return worker;
      }
    }
    return null;
  }

  /// The running task of a lane blocks: its CPUs are lent out.
  void blocked(TaskLane lane) {
    ResourceLedger.Grant grant = lane.grant;
    if (lane.blocked || grant == null) {
      return;
    }
    lane.blocked = true;
    removeSibling(lane);
    ledger.lendCpu(grant);
    TaskWorker worker = workerOf(lane.lane.worker());
    if (worker != null) {
      worker.active--;
    }
  }

  /// The running task of a lane goes on: it has its CPUs back.
  void unblocked(TaskLane lane) {
    if (!lane.blocked) {
      return;
    }
    lane.blocked = false;
    lanesByClass.computeIfAbsent(lane.schedulingClass, none -> new ArrayList<>()).add(lane);
    ResourceLedger.Grant grant = lane.grant;
    if (grant != null) {
      ledger.reclaimCpu(grant);
    }
    TaskWorker worker = workerOf(lane.lane.worker());
    if (worker != null) {
      worker.active++;
    }
  }

  /// Calls back what waits behind a slow task while there is room for it elsewhere.
  ///
  /// @return whether any lane has tasks waiting in it
  boolean recallFromSlow() {
    long now = System.nanoTime();
    boolean deep = false;
    for (TaskLane lane : lanes.values()) {
      if (lane.queue.size() < 2) {
        continue;
      }
      deep = true;
      if (!lane.blocked
          && !lane.recalling
          && now - lane.headSinceNs > SLOW_HEAD_NS
          && lane.schedulingClass.resources().cpu() <= ledger.cpuFree()) {
        lane.recalling = true;
        lane.lane.recall(lane.queue.size() - 1);
      }
    }
    return deep;
  }

  // Workers

  void workerReady(WorkerProcess process) {
    wantWorkers.remove(process.jobId());
    workers
        .computeIfAbsent(process.jobId(), none -> new ArrayList<>())
        .add(new TaskWorker(process));
  }

  /// A worker is gone.
  ///
  /// @return its lanes, with the tasks that were in them; they hold nothing any more
  List<TaskLane> workerLost(WorkerProcess process) {
    wantWorkers.remove(process.jobId());
    List<TaskLane> lost = new ArrayList<>();
    for (TaskLane lane : lanes.values()) {
      if (lane.lane.worker().equals(process)) {
        lost.add(lane);
      }
    }
    List<TaskWorker> ofJob = workers.get(process.jobId());
    if (ofJob != null) {
      ofJob.removeIf(worker -> worker.process.equals(process));
      if (ofJob.isEmpty()) {
        workers.remove(process.jobId());
      }
    }
    lost.forEach(this::drop);
    return lost;
  }

  void endJob(JobId jobId) {
    wantWorkers.remove(jobId);
    Collection<TaskLane> all = List.copyOf(lanes.values());
    for (TaskLane lane : all) {
      if (lane.schedulingClass.jobId().equals(jobId)) {
        drop(lane);
      }
    }
    workers.remove(jobId);
  }
}

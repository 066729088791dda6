package org.rayakka.node.scheduling.local;

import akka.actor.typed.ActorRef;
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
/// with tasks holds the resources of one; while that one blocks, its CPUs are lent to others. Tasks
/// that need GPUs are given lanes of {@link GpuWorkers}, which may have to be started: what the
/// tasks need is taken before that.
///
/// Belongs to the {@link LocalScheduler}, which decides what goes into which lane.
final class TaskLanes {
  private static final long SLOW_HEAD_NS = 2_000_000;

  /// Lanes of one class that run at once, however little they ask for: a bound on threads. Blocked
  /// ones do not count, or tasks that wait for tasks could block each other.
  private static final int MAX_LANES_PER_CLASS = 1024;

  private final ResourceLedger ledger;
  private final ActorRef<WorkerPool.Command> workerPool;
  private final ActorRef<WorkerEvent> workerEvents;
  private final LaneDepthPolicy depth = new LaneDepthPolicy();
  private final Map<JobId, List<TaskWorker>> workers = new HashMap<>();
  private final GpuWorkers gpuWorkers = new GpuWorkers();
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
    return lanesByClass.containsKey(schedulingClass) || gpuWorkers.awaitedBy(schedulingClass) > 0;
  }

  /// Whether there are workers that wait for nothing but resources to run tasks of a class.
  boolean hasWorkers(SchedulingClass schedulingClass) {
    return schedulingClass.needsGpu() || workers.containsKey(schedulingClass.jobId());
  }

  /// How many lanes are open; each runs one task.
  int count() {
    return lanes.size();
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
  ///
  /// @param queued how many tasks of the class there are
  @Nullable TaskLane open(SchedulingClass schedulingClass, int queued) {
    List<TaskLane> siblings = lanesByClass.get(schedulingClass);
    if (siblings != null && siblings.size() >= MAX_LANES_PER_CLASS) {
      return null;
    }
    if (schedulingClass.needsGpu()) {
      return openOnGpus(schedulingClass, queued);
    }
    TaskWorker worker = leastBusy(schedulingClass.jobId());
    if (worker == null) {
      return null;
    }
    ResourceLedger.Grant grant = ledger.take(schedulingClass.resources());
    return grant == null ? null : open(worker, schedulingClass, grant);
  }

  private @Nullable TaskLane openOnGpus(SchedulingClass schedulingClass, int queued) {
    JobId jobId = schedulingClass.jobId();
    while (gpuWorkers.awaitedBy(schedulingClass) < queued) {
      ResourceLedger.Grant grant = ledger.take(schedulingClass.resources());
      if (grant == null) {
        return null;
      }
      end(gpuWorkers.vacate(grant, jobId));
      TaskWorker worker = gpuWorkers.serving(jobId, grant);
      if (worker != null) {
        return open(worker, schedulingClass, grant);
      }
      if (gpuWorkers.await(schedulingClass, grant)) {
        workerPool.tell(new WorkerPool.StartGpuWorker(jobId, grant.devices(), workerEvents));
      }
    }
    return null;
  }

  private TaskLane open(
      TaskWorker worker, SchedulingClass schedulingClass, ResourceLedger.Grant grant) {
    Lane lane = worker.idleLanes.pollFirst();
    if (lane == null) {
      lane = worker.process.openLane(workerEvents);
    }
    TaskLane taskLane = new TaskLane(lane, schedulingClass);
    taskLane.grant = grant;
    worker.active++;
    if (schedulingClass.needsGpu()) {
      gpuWorkers.opened(worker.process);
    }
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
          && !schedulingClass.needsGpu()
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
    if (lane.schedulingClass.needsGpu()) {
      end(gpuWorkers.closed(lane.lane.worker(), System.nanoTime()));
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
    return gpuWorkers.of(process);
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

  /// A worker is ready.
  ///
  /// @return lanes for those that waited for this very worker
  List<TaskLane> workerReady(WorkerProcess process) {
    TaskWorker worker = new TaskWorker(process);
    if (process.purpose() == WorkerProcess.Purpose.GPU_TASKS) {
      List<TaskLane> opened = new ArrayList<>();
      for (GpuWorkers.Waiting waiting : gpuWorkers.ready(worker)) {
        opened.add(open(worker, waiting.schedulingClass(), waiting.grant()));
      }
      return opened;
    }
    wantWorkers.remove(process.jobId());
    workers.computeIfAbsent(process.jobId(), none -> new ArrayList<>()).add(worker);
    return List.of();
  }

  /// A worker for plain tasks did not start.
  ///
  /// @return whether the job has none
  boolean taskWorkerRefused(JobId jobId) {
    wantWorkers.remove(jobId);
    return !workers.containsKey(jobId);
  }

  /// A worker for certain GPUs did not start.
  ///
  /// @return the classes of which one task each waited for it, which holds nothing any more
  List<SchedulingClass> gpuWorkerRefused(JobId jobId, String devices) {
    List<SchedulingClass> waited = new ArrayList<>();
    for (GpuWorkers.Waiting waiting : gpuWorkers.refused(jobId, devices)) {
      ledger.giveBack(waiting.grant());
      waited.add(waiting.schedulingClass());
    }
    return waited;
  }

  /// An actor is granted GPUs: what idles on them makes room.
  void vacate(ResourceLedger.Grant grant) {
    if (grant.gpuIds().length > 0) {
      end(gpuWorkers.vacate(grant, null));
    }
  }

  /// When the worker that has been idle longest became so, or {@link Deadlines#NEVER}.
  long gpuWorkerIdleSince() {
    return gpuWorkers.idleSince();
  }

  /// Ends workers that have been idle since a time or longer.
  void endGpuWorkersIdleSince(long ns) {
    end(gpuWorkers.takeIdleSince(ns));
  }

  private void end(List<WorkerProcess> workersToEnd) {
    workersToEnd.forEach(worker -> workerPool.tell(new WorkerPool.EndGpuWorker(worker)));
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
    gpuWorkers.lost(process);
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
    gpuWorkers.endJob(jobId).forEach(ledger::giveBack);
    workers.remove(jobId);
  }
}

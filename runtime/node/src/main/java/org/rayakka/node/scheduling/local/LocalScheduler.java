package org.rayakka.node.scheduling.local;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.control.ErrorRow;
import org.rayakka.node.error.ErrorReports;
import org.rayakka.node.object.ObjectManager;
import org.rayakka.node.scheduling.global.GlobalScheduler;
import org.rayakka.node.worker.Lane;
import org.rayakka.node.worker.WorkerEvent;
import org.rayakka.node.worker.WorkerPool;
import org.rayakka.node.worker.WorkerProcess;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.protocol.ErrorObject;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.TaskOutcome;

/// Runs on this node what its clients submit, and passes on to the {@link GlobalScheduler} what can
/// never run here.
///
/// Order of business for a task: held until each of its arguments is readable on this node, then in
/// the {@link ReadyQueue} until its resources are free and a worker is ready, then dispatched into
/// a lane of that worker. A lane holds the resources of one task; more tasks are queued in it only
/// as far as {@link LaneDepthPolicy} expects it to run dry otherwise, and are called back when the
/// lane turns out slow while there is room elsewhere.
///
/// A task that blocks lends its CPUs to others and hands back what was queued behind it, so tasks
/// that wait for tasks never wait for each other's lanes.
public final class LocalScheduler {
  private static final Duration REBALANCE_INTERVAL = Duration.ofMillis(5);
  private static final long SLOW_HEAD_NS = 2_000_000;

  /// Tasks that fit no gap for so long are given room.
  private static final long STARVED_NS = 1_000_000_000;

  /// Lanes of one class that run at once, however little they ask for: a bound on threads. Blocked
  /// ones do not count, or tasks that wait for tasks could block each other.
  private static final int MAX_LANES_PER_CLASS = 1024;

  private static final String WORKER_DIED = "worker_died";

  /// What the local scheduler can be told.
  public sealed interface Command {}

  /// Clients of this node ask for tasks to be run.
  ///
  /// @param specs plain tasks, in the order of each client
  public record SubmitTasks(List<TaskSpec> specs) implements Command {}

  /// A user wants a task stopped.
  ///
  /// @param taskId which
  /// @param force whether its process may be ended for it
  public record CancelTask(TaskId taskId, boolean force) implements Command {}

  /// An actor wants to hold resources.
  ///
  /// @param resources how much
  /// @param replyTo told when it holds them, or why it never will
  public record ReserveForActor(ResourceSet resources, ActorRef<Reservation> replyTo)
      implements Command {}

  /// An actor holds its resources no more.
  ///
  /// @param grant what it held
  public record ReleaseActor(ResourceLedger.Grant grant) implements Command {}

  /// A job has ended.
  ///
  /// @param jobId which
  public record EndJob(JobId jobId) implements Command {}

  private record ObjectsReady(ObjectManager.ObjectsReady ready) implements Command {}

  private record WorkerReported(WorkerEvent event) implements Command {}

  private record TaskPlaced(GlobalScheduler.Placement placement) implements Command {}

  private enum Rebalance implements Command {
    TICK
  }

  /// Answer to {@link ReserveForActor}.
  public sealed interface Reservation {
    /// The actor holds its resources.
    ///
    /// @param grant what it holds, to be given back by {@link ReleaseActor}
    record Reserved(ResourceLedger.Grant grant) implements Reservation {}

    /// The node can never meet the request.
    ///
    /// @param reason for a person
    record Infeasible(String reason) implements Reservation {}
  }

  /// A worker for plain tasks and its lanes.
  private static final class TaskWorker {
    final WorkerProcess process;
    final ArrayDeque<Lane> idleLanes = new ArrayDeque<>();
    int active;

    TaskWorker(WorkerProcess process) {
      this.process = process;
    }
  }

  private final TimerScheduler<Command> timers;
  private final ObjectStore store;
  private final ActorRef<ObjectManager.Command> objects;
  private final ActorRef<WorkerPool.Command> workerPool;
  private final ActorRef<GlobalScheduler.Command> globalScheduler;
  private final ErrorReports errors;
  private final ActorRef<ObjectManager.ObjectsReady> objectsReady;
  private final ActorRef<WorkerEvent> workerEvents;
  private final ActorRef<GlobalScheduler.Placement> placements;

  private final ResourceLedger ledger;
  private final ReadyQueue ready = new ReadyQueue();
  private final LaneDepthPolicy depth = new LaneDepthPolicy();
  private final Map<TaskId, QueuedTask> tasks = new HashMap<>();
  private final Map<ObjectId, List<QueuedTask>> held = new HashMap<>();
  private final Map<JobId, List<TaskWorker>> workers = new HashMap<>();
  private final Map<Lane, TaskLane> lanes = new HashMap<>();
  private final Map<SchedulingClass, List<TaskLane>> lanesByClass = new HashMap<>();
  private final ArrayDeque<ReserveForActor> reservations = new ArrayDeque<>();
  private final Set<JobId> wantWorkers = new HashSet<>();
  private final List<ResourceLedger.Grant> heldByActors = new ArrayList<>();
  private final Map<SchedulingClass, Long> unservedSinceNs = new HashMap<>();
  private final List<TaskId> ended = new ArrayList<>();
  private long sequence;
  private boolean rebalancing;

  /// Whom the local scheduler works with.
  ///
  /// @param store the node's own view of the store
  /// @param objects tells when arguments are readable
  /// @param workerPool starts workers
  /// @param globalScheduler takes what cannot run here
  /// @param errors takes errors of tasks
  public record Peers(
      ObjectStore store,
      ActorRef<ObjectManager.Command> objects,
      ActorRef<WorkerPool.Command> workerPool,
      ActorRef<GlobalScheduler.Command> globalScheduler,
      ErrorReports errors) {}

  private LocalScheduler(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ResourceSet resources,
      Peers peers) {
    this.timers = timers;
    store = peers.store();
    objects = peers.objects();
    workerPool = peers.workerPool();
    globalScheduler = peers.globalScheduler();
    errors = peers.errors();
    ledger = new ResourceLedger(resources);
    objectsReady = context.messageAdapter(ObjectManager.ObjectsReady.class, ObjectsReady::new);
    workerEvents = context.messageAdapter(WorkerEvent.class, WorkerReported::new);
    placements = context.messageAdapter(GlobalScheduler.Placement.class, TaskPlaced::new);
    workerPool.tell(new WorkerPool.Subscribe(workerEvents));
  }

  /// Makes the local scheduler. It runs on the event loop.
  ///
  /// @param resources what the node has
  /// @param peers whom it works with
  /// @return its behaviour
  public static Behavior<Command> create(ResourceSet resources, Peers peers) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(
            timers -> new LocalScheduler(context, timers, resources, peers).running()));
  }

  private Behavior<Command> running() {
    return Behaviors.receiveMessage(this::onCommand);
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case SubmitTasks(var specs) -> specs.forEach(this::submit);
      case CancelTask(var taskId, var force) -> cancel(taskId, force);
      case ReserveForActor reserve -> reserve(reserve);
      case ReleaseActor(var grant) -> {
        heldByActors.remove(grant);
        ledger.giveBack(grant);
      }
      case EndJob(var jobId) -> endJob(jobId);
      case ObjectsReady(var readable) -> readable.ids().forEach(this::objectReady);
      case WorkerReported(var event) -> onWorkerEvent(event);
      case TaskPlaced(var placement) -> placed(placement);
      case Rebalance.TICK -> rebalance();
    }
    dispatch();
    if (!ended.isEmpty()) {
      objects.tell(new ObjectManager.TasksEnded(List.copyOf(ended)));
      ended.clear();
    }
    return Behaviors.same();
  }

  private void onWorkerEvent(WorkerEvent event) {
    switch (event) {
      case WorkerEvent.TasksEnded(var list) -> list.forEach(this::taskEnded);
      case WorkerEvent.LaneBlocked(var lane, var returned) -> laneBlocked(lane, returned);
      case WorkerEvent.LaneUnblocked(var lane) -> laneUnblocked(lane);
      case WorkerEvent.TasksReturned(var lane, var returned) -> tasksReturned(lane, returned);
      case WorkerEvent.WorkerReady(var worker) -> workerReady(worker);
      case WorkerEvent.WorkerLost(var worker, var reason) -> workerLost(worker, reason);
      case WorkerEvent.WorkerRefused(var reason) -> {
        // Only who asks for a certain worker is refused; this asks for any.
      }
    }
  }

  private void submit(TaskSpec spec) {
    SchedulingClass schedulingClass = SchedulingClass.of(spec);
    QueuedTask task = new QueuedTask(spec, schedulingClass, sequence++);
    if (tasks.putIfAbsent(spec.taskId(), task) != null) {
      return;
    }
    if (!ledger.total().covers(schedulingClass.resources())) {
      globalScheduler.tell(
          new GlobalScheduler.PlaceTask(
              spec.taskId(), schedulingClass.resources().amounts(), placements));
      return;
    }
    holdOrQueue(task);
  }

  private void holdOrQueue(QueuedTask task) {
    ObjectId[] references = task.spec.references();
    if (references.length > 0) {
      List<ObjectId> missing = null;
      for (ObjectId id : references) {
        if (store.contains(id)) {
          continue;
        }
        List<QueuedTask> waiters = held.get(id);
        if (waiters == null) {
          waiters = new ArrayList<>(1);
          held.put(id, waiters);
          missing = missing == null ? new ArrayList<>() : missing;
          missing.add(id);
        }
        waiters.add(task);
        task.missing++;
      }
      if (missing != null) {
        objects.tell(new ObjectManager.AwaitObjects(missing, objectsReady));
      }
    }
    if (task.missing == 0) {
      ready.add(task);
    }
  }

  private void objectReady(ObjectId id) {
    List<QueuedTask> waiters = held.remove(id);
    if (waiters == null) {
      return;
    }
    for (QueuedTask task : waiters) {
      task.missing--;
      if (task.missing == 0 && tasks.get(task.spec.taskId()) == task) {
        ready.add(task);
      }
    }
  }

  private void placed(GlobalScheduler.Placement placement) {
    QueuedTask task = tasks.get(placement.taskId());
    if (task == null) {
      return;
    }
    switch (placement) {
      case GlobalScheduler.Placement.Placed placed -> holdOrQueue(task);
      case GlobalScheduler.Placement.Infeasible(var taskId, var reason) ->
          fail(task, ErrorObject.Kind.UNSCHEDULABLE, reason);
    }
  }

  // Dispatch

  private void dispatch() {
    if (ready.isEmpty() && reservations.isEmpty()) {
      return;
    }
    serveReservations();
    for (SchedulingClass schedulingClass : ready.classes()) {
      dispatch(schedulingClass);
      if (isStarved(schedulingClass)) {
        // What is behind it leaves it room.
        return;
      }
    }
  }

  /// Whether tasks wait that fit no gap which smaller ones leave, and will fit once those that run
  /// have ended. What actors hold does not come back by waiting; and while a task blocks, what it
  /// waits for may be behind the starved one, and it keeps its GPUs.
  private boolean isStarved(SchedulingClass schedulingClass) {
    if (ready.peek(schedulingClass) == null || lanesByClass.containsKey(schedulingClass)) {
      unservedSinceNs.remove(schedulingClass);
      return false;
    }
    long now = System.nanoTime();
    Long since = unservedSinceNs.putIfAbsent(schedulingClass, now);
    return since != null
        && now - since > STARVED_NS
        && workers.containsKey(schedulingClass.jobId())
        && ledger.coversBeside(heldByActors, schedulingClass.resources())
        && lanes.values().stream().noneMatch(lane -> lane.blocked);
  }

  private void serveReservations() {
    Iterator<ReserveForActor> waiting = reservations.iterator();
    while (waiting.hasNext()) {
      ReserveForActor reserve = waiting.next();
      ResourceLedger.Grant grant = ledger.take(reserve.resources());
      if (grant != null) {
        waiting.remove();
        heldByActors.add(grant);
        reserve.replyTo().tell(new Reservation.Reserved(grant));
      }
    }
  }

  private void dispatch(SchedulingClass schedulingClass) {
    boolean mayOpen = true;
    while (ready.peek(schedulingClass) != null) {
      TaskLane lane = mayOpen ? openLane(schedulingClass) : null;
      if (lane == null) {
        mayOpen = false;
        lane = shallowest(schedulingClass);
      }
      if (lane == null) {
        return;
      }
      QueuedTask task = ready.poll(schedulingClass);
      if (task != null) {
        start(task, lane);
      }
    }
  }

  /// A new lane, holding what one task of the class needs, or null if there is no room or worker.
  private @Nullable TaskLane openLane(SchedulingClass schedulingClass) {
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

  private @Nullable TaskLane shallowest(SchedulingClass schedulingClass) {
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

  private void start(QueuedTask task, TaskLane lane) {
    task.lane = lane;
    if (lane.queue.isEmpty()) {
      lane.headSinceNs = System.nanoTime();
    } else if (!rebalancing) {
      rebalancing = true;
      timers.startSingleTimer(Rebalance.TICK, REBALANCE_INTERVAL);
    }
    lane.queue.addLast(task);
    lane.expectedNs += depth.expectedNs(task.spec.functionId());
    ResourceLedger.Grant grant = lane.grant;
    lane.lane.execute(task.spec, task.attempt, grant == null ? new int[0] : grant.gpuIds());
  }

  // What workers report

  private void taskEnded(WorkerEvent.TaskEnded end) {
    TaskLane lane = lanes.get(end.lane());
    QueuedTask task = tasks.get(end.taskId());
    if (lane == null || task == null || !lane.queue.remove(task)) {
      return;
    }
    depth.observe(task.spec.functionId(), end.durationNs());
    task.lane = null;
    if (lane.queue.isEmpty()) {
      closeLane(lane);
    } else {
      lane.headSinceNs = System.nanoTime();
      lane.expectedNs = Math.max(0, lane.expectedNs - depth.expectedNs(task.spec.functionId()));
    }
    boolean again =
        end.outcome() == TaskOutcome.FAILED
            && task.spec.retryExceptions()
            && mayRetry(task)
            && !task.cancelled;
    if (again) {
      task.attempt++;
      ready.add(task);
    } else {
      tasks.remove(end.taskId());
      ended.add(end.taskId());
    }
  }

  private static boolean mayRetry(QueuedTask task) {
    return task.spec.maxRetries() < 0 || task.attempt < task.spec.maxRetries();
  }

  /// The lane is empty: what it holds is given back, and it may serve another class.
  private void closeLane(TaskLane lane) {
    giveBack(lane);
    lanes.remove(lane.lane);
    removeSibling(lane);
    TaskWorker worker = workerOf(lane.lane.worker());
    if (worker != null) {
      worker.idleLanes.addFirst(lane.lane);
    }
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

  private void laneBlocked(Lane lane, List<TaskId> returned) {
    TaskLane blocked = lanes.get(lane);
    if (blocked == null) {
      return;
    }
    takeBack(blocked, returned);
    ResourceLedger.Grant grant = blocked.grant;
    if (!blocked.blocked && grant != null) {
      blocked.blocked = true;
      removeSibling(blocked);
      ledger.lendCpu(grant);
      TaskWorker worker = workerOf(lane.worker());
      if (worker != null) {
        worker.active--;
      }
    }
  }

  private void laneUnblocked(Lane lane) {
    TaskLane unblocked = lanes.get(lane);
    if (unblocked == null || !unblocked.blocked) {
      return;
    }
    unblocked.blocked = false;
    lanesByClass
        .computeIfAbsent(unblocked.schedulingClass, none -> new ArrayList<>())
        .add(unblocked);
    ResourceLedger.Grant grant = unblocked.grant;
    if (grant != null) {
      ledger.reclaimCpu(grant);
    }
    TaskWorker worker = workerOf(lane.worker());
    if (worker != null) {
      worker.active++;
    }
  }

  private void tasksReturned(Lane lane, List<TaskId> returned) {
    TaskLane recalled = lanes.get(lane);
    if (recalled == null) {
      return;
    }
    recalled.recalling = false;
    takeBack(recalled, returned);
    if (recalled.queue.isEmpty()) {
      closeLane(recalled);
    }
  }

  /// Tasks that a worker did not start go to the front of the queue, in their old order.
  private void takeBack(TaskLane lane, List<TaskId> returned) {
    ListIterator<TaskId> last = returned.listIterator(returned.size());
    while (last.hasPrevious()) {
      QueuedTask task = tasks.get(last.previous());
      if (task == null || !lane.queue.remove(task)) {
        continue;
      }
      lane.expectedNs = Math.max(0, lane.expectedNs - depth.expectedNs(task.spec.functionId()));
      task.lane = null;
      ready.addFirst(task);
    }
  }

  private void workerReady(WorkerProcess process) {
    wantWorkers.remove(process.jobId());
    workers
        .computeIfAbsent(process.jobId(), none -> new ArrayList<>())
        .add(new TaskWorker(process));
  }

  private void workerLost(WorkerProcess process, String reason) {
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
    for (TaskLane lane : lost) {
      giveBack(lane);
      lanes.remove(lane.lane);
      removeSibling(lane);
      boolean mayHaveStarted = true;
      for (QueuedTask task : List.copyOf(lane.queue)) {
        task.lane = null;
        if (mayHaveStarted) {
          workerDied(task, process, reason);
        } else {
          ready.addFirst(task);
        }
        mayHaveStarted = false;
      }
    }
  }

  private void workerDied(QueuedTask task, WorkerProcess process, String reason) {
    if (isSealed(task.spec)) {
      tasks.remove(task.spec.taskId());
      ended.add(task.spec.taskId());
    } else if (mayRetry(task) && !task.cancelled) {
      task.attempt++;
      ready.addFirst(task);
    } else {
      String message =
          "the worker process pid="
              + process.pid()
              + " died or was killed while it ran "
              + task.spec.taskName()
              + " ("
              + reason
              + ", attempt "
              + (task.attempt + 1)
              + ")";
      errors.report(
          new ErrorRow(
              task.spec.jobId(),
              task.spec.taskId(),
              System.currentTimeMillis(),
              WORKER_DIED,
              task.spec.taskName(),
              message));
      fail(
          task,
          task.cancelled ? ErrorObject.Kind.CANCELLED : ErrorObject.Kind.WORKER_DIED,
          message);
    }
  }

  private boolean isSealed(TaskSpec spec) {
    for (int i = 1; i <= spec.numReturns(); i++) {
      if (!store.contains(spec.returnId(i))) {
        return false;
      }
    }
    return spec.numReturns() > 0;
  }

  private void fail(QueuedTask task, ErrorObject.Kind kind, String message) {
    TaskSpec spec = task.spec;
    tasks.remove(spec.taskId());
    objects.tell(
        new ObjectManager.FailTasks(
            List.of(spec),
            ErrorObject.of(
                kind, spec.taskId().high(), spec.taskId().low(), spec.taskName(), message)));
  }

  // Rebalancing

  /// Calls back what waits behind a slow task while there is room for it elsewhere.
  private void rebalance() {
    rebalancing = false;
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
    if (deep) {
      rebalancing = true;
      timers.startSingleTimer(Rebalance.TICK, REBALANCE_INTERVAL);
    }
  }

  // Actors, cancellation, end of jobs

  private void reserve(ReserveForActor reserve) {
    if (!ledger.total().covers(reserve.resources())) {
      reserve
          .replyTo()
          .tell(
              new Reservation.Infeasible(
                  "the actor asks for "
                      + reserve.resources()
                      + ", and no node has as much (this one has "
                      + ledger.total()
                      + ")"));
      return;
    }
    reservations.addLast(reserve);
  }

  private void cancel(TaskId taskId, boolean force) {
    QueuedTask task = tasks.get(taskId);
    if (task == null) {
      return;
    }
    task.cancelled = true;
    TaskLane lane = task.lane;
    if (lane == null) {
      ready.remove(task);
      fail(task, ErrorObject.Kind.CANCELLED, task.spec.taskName() + " was cancelled");
    } else if (force && lane.queue.peekFirst() == task) {
      workerPool.tell(new WorkerPool.KillWorker(lane.lane.worker()));
    } else {
      lane.lane.cancel(taskId);
    }
  }

  private void endJob(JobId jobId) {
    ready.removeAll(jobId);
    tasks.values().removeIf(task -> task.spec.jobId().equals(jobId));
    held.values()
        .removeIf(waiters -> {
          waiters.removeIf(task -> task.spec.jobId().equals(jobId));
          return waiters.isEmpty();
        });
    wantWorkers.remove(jobId);
    unservedSinceNs.keySet().removeIf(unserved -> unserved.jobId().equals(jobId));
    for (TaskLane lane : List.copyOf(lanes.values())) {
      if (lane.schedulingClass.jobId().equals(jobId)) {
        giveBack(lane);
        lanes.remove(lane.lane);
        removeSibling(lane);
      }
    }
    workers.remove(jobId);
  }
}

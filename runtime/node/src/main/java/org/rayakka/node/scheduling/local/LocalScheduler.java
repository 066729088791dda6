package org.rayakka.node.scheduling.local;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Set;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.control.ErrorRow;
import org.rayakka.node.error.ErrorReports;
import org.rayakka.node.object.ObjectManager;
import org.rayakka.node.peer.Peers;
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
/// Order of business for a task: {@link HeldTasks held} until each of its arguments is readable on
/// this node, or the task is sent to where large ones are; then in the {@link ReadyQueue} until its
/// resources are free and a worker is ready, then dispatched into a lane of that worker. A lane
/// holds the resources of one task; more tasks are queued in it only as far as {@link
/// LaneDepthPolicy} expects it to run dry otherwise, and are called back when the lane turns out
/// slow while there is room elsewhere.
///
/// A task that blocks lends its CPUs to others and hands back what was queued behind it, so tasks
/// that wait for tasks never wait for each other's lanes.
public final class LocalScheduler {
  private static final Duration REBALANCE_INTERVAL = Duration.ofMillis(5);

  /// Tasks that fit no gap for so long are given room.
  private static final long STARVED_NS = 1_000_000_000;

  /// The global scheduler answers in less, unless it moves.
  private static final Duration PLACE_AGAIN_DELAY = Duration.ofSeconds(2);

  /// So long without tasks is worth to be told: half of the time between two looks of who has too
  /// many. Tasks that come one after the other leave shorter gaps.
  private static final Duration IDLE_DELAY = Duration.ofNanos(SpillPolicy.INTERVAL_NS / 2);

  private static final String WORKER_DIED = "worker_died";

  /// What the local scheduler can be told.
  public sealed interface Command {}

  /// Clients of this node ask for tasks to be run.
  ///
  /// @param specs plain tasks, in the order of each client
  public record SubmitTasks(List<TaskSpec> specs) implements Command {}

  /// Another node asks for tasks to be run.
  ///
  /// @param specs plain tasks
  public record SubmitGuests(List<TaskSpec> specs) implements Command {}

  /// A user wants a task stopped.
  ///
  /// @param taskId which
  /// @param force whether its process may be ended for it
  /// @param recursive whether what it has submitted is to be stopped too
  public record CancelTask(TaskId taskId, boolean force, boolean recursive) implements Command {}

  /// What these have submitted is to be stopped.
  ///
  /// @param parents calls of actors that were cancelled
  public record CancelChildren(Set<TaskId> parents) implements Command {}

  /// Someone wants to know of cancellations, for the calls of actors that they concern.
  ///
  /// @param subscriber told of each
  public record SubscribeToCancellations(ActorRef<Cancellation> subscriber) implements Command {}

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

  /// Tasks of this node have ended on another.
  ///
  /// @param taskIds which
  public record TasksEndedElsewhere(List<TaskId> taskIds) implements Command {}

  /// Another node is there.
  ///
  /// @param nodeId which
  public record NodeJoined(NodeId nodeId) implements Command {}

  /// Another node is gone.
  ///
  /// @param nodeId which
  public record NodeLost(NodeId nodeId) implements Command {}

  private record ObjectsReady(ObjectManager.ObjectsReady ready) implements Command {}

  private record ObjectElsewhere(ObjectManager.ObjectElsewhere argument) implements Command {}

  private record WorkerReported(WorkerEvent event) implements Command {}

  private record TasksPlaced(GlobalScheduler.Placements placements) implements Command {}

  private enum Rebalance implements Command {
    TICK
  }

  private record RunAgain(TaskSpec spec) implements Command {}

  private enum Spill implements Command {
    TICK
  }

  private enum PlaceAgain implements Command {
    TICK
  }

  private enum TellIdle implements Command {
    TICK
  }

  private enum LookAtDeadlines implements Command {
    TICK
  }

  private enum EndIdleGpuWorkers implements Command {
    TICK
  }

  /// What concerns calls of actors, for who {@link SubscribeToCancellations subscribed}.
  public sealed interface Cancellation {
    /// What is to be cancelled is no task of this scheduler.
    ///
    /// @param taskId what
    /// @param recursive whether what it has submitted is to be stopped too
    record NotATask(TaskId taskId, boolean recursive) implements Cancellation {}

    /// What these have submitted is to be stopped.
    ///
    /// @param parents tasks and calls that were cancelled
    record OfChildren(Set<TaskId> parents) implements Cancellation {}
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

  private final TimerScheduler<Command> timers;
  private final ObjectStore store;
  private final ActorRef<ObjectManager.Command> objects;
  private final ActorRef<WorkerPool.Command> workerPool;
  private final ErrorReports errors;
  private final LoadGauge gauge;

  private final NodeId nodeId;
  private final boolean hasGpus;
  private final Duration gpuWorkerIdleTimeout;
  private final ResourceLedger ledger;
  private final ReadyQueue ready = new ReadyQueue();
  private final TaskLanes lanes;
  private final AwayTasks away;
  private final Map<TaskId, QueuedTask> tasks = new HashMap<>();
  private final HeldTasks held;
  private final ActorReservations actors;
  private final Map<SchedulingClass, Long> unservedSinceNs = new HashMap<>();
  private final Cancellations cancellations;
  private final List<TaskId> ended = new ArrayList<>();
  private final Set<NodeId> others = new HashSet<>();
  private final SpillWatch spillWatch = new SpillWatch();
  private final Runnable whenIdle;
  private boolean hadGuests;
  private long sequence;
  private boolean rebalancing;
  private boolean endingIdle;
  private long timerAt = Deadlines.NEVER;

  /// Whom the local scheduler works with.
  ///
  /// @param nodeId this node
  /// @param store the node's own view of the store
  /// @param objects tells when arguments are readable
  /// @param workerPool starts workers
  /// @param globalScheduler says where what cannot run here shall run
  /// @param peers has it run there
  /// @param errors takes errors of tasks
  /// @param gauge shows how busy the node is
  public record Parts(
      NodeId nodeId,
      ObjectStore store,
      ActorRef<ObjectManager.Command> objects,
      ActorRef<WorkerPool.Command> workerPool,
      ActorRef<GlobalScheduler.Command> globalScheduler,
      ActorRef<Peers.Command> peers,
      ErrorReports errors,
      LoadGauge gauge) {}

  private LocalScheduler(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ResourceSet resources,
      GpuDevices gpus,
      Duration gpuWorkerIdleTimeout,
      Parts parts) {
    this.timers = timers;
    nodeId = parts.nodeId();
    hasGpus = gpus.count() > 0;
    this.gpuWorkerIdleTimeout = gpuWorkerIdleTimeout;
    store = parts.store();
    objects = parts.objects();
    workerPool = parts.workerPool();
    errors = parts.errors();
    gauge = parts.gauge();
    ledger = new ResourceLedger(resources, gpus);
    whenIdle =
        () ->
            parts
                .globalScheduler()
                .tell(new GlobalScheduler.ReportLoad(parts.nodeId(), resources.amounts(), 0));
    held =
        new HeldTasks(
            store,
            objects,
            context.messageAdapter(ObjectManager.ObjectsReady.class, ObjectsReady::new),
            context.messageAdapter(ObjectManager.ObjectElsewhere.class, ObjectElsewhere::new));
    away =
        new AwayTasks(
            parts.nodeId(),
            parts.globalScheduler(),
            context.messageAdapter(GlobalScheduler.Placements.class, TasksPlaced::new),
            parts.peers());
    ActorRef<WorkerEvent> workerEvents =
        context.messageAdapter(WorkerEvent.class, WorkerReported::new);
    lanes = new TaskLanes(ledger, workerPool, workerEvents);
    actors = new ActorReservations(ledger, lanes);
    cancellations = new Cancellations(tasks, ready, held, away, workerPool, this::failCancelled);
    workerPool.tell(new WorkerPool.Subscribe(workerEvents));
    objects.tell(
        new ObjectManager.SubscribeToLost(
            context.messageAdapter(
                ObjectManager.RunAgain.class, again -> new RunAgain(again.spec()))));
  }

  /// Makes the local scheduler. It runs on the event loop.
  ///
  /// @param resources what the node has
  /// @param gpus which GPUs these are
  /// @param gpuWorkerIdleTimeout how long a worker for tasks on GPUs is kept without tasks
  /// @param parts whom it works with
  /// @return its behaviour
  public static Behavior<Command> create(
      ResourceSet resources, GpuDevices gpus, Duration gpuWorkerIdleTimeout, Parts parts) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(timers ->
            new LocalScheduler(context, timers, resources, gpus, gpuWorkerIdleTimeout, parts)
                .running()));
  }

  private Behavior<Command> running() {
    return Behaviors.receiveMessage(this::onCommand);
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case SubmitTasks(var specs) -> specs.forEach(spec -> submit(spec, false));
      case SubmitGuests(var specs) -> {
        specs.forEach(spec -> submit(spec, true));
        hadGuests = true;
      }
      case CancelTask(var taskId, var force, var recursive) ->
          cancellations.cancel(taskId, force, recursive);
      case CancelChildren(var parents) -> cancellations.cancelChildren(parents);
      case SubscribeToCancellations(var subscriber) -> cancellations.subscribe(subscriber);
      case ReserveForActor reserve -> actors.add(reserve);
      case ReleaseActor(var grant) -> actors.release(grant);
      case EndJob(var jobId) -> endJob(jobId);
      case ObjectsReady(var readable) ->
          readable.ids().forEach(id -> held.isReady(id).forEach(this::argumentsKnown));
      case ObjectElsewhere(var argument) ->
          held.isElsewhere(argument).forEach(this::argumentsKnown);
      case WorkerReported(var event) -> onWorkerEvent(event);
      case TasksPlaced(var placements) -> placed(placements);
      case TasksEndedElsewhere(var taskIds) -> taskIds.forEach(this::taskEndedElsewhere);
      case NodeJoined(var nodeId) -> others.add(nodeId);
      case NodeLost(var nodeId) -> {
        others.remove(nodeId);
        away.lost(nodeId).forEach(task -> nodeLost(task, nodeId));
      }
      case PlaceAgain.TICK -> away.askAgain();
      case Spill.TICK -> spill();
      case RunAgain(var spec) -> submit(spec, false);
      case Rebalance.TICK -> rebalance();
      case TellIdle.TICK -> tellIdle();
      case LookAtDeadlines.TICK -> {
        timerAt = Deadlines.NEVER;
        cancellations.lookAtDeadlines();
      }
      case EndIdleGpuWorkers.TICK -> endIdleGpuWorkers();
    }
    dispatch();
    shareLoad();
    setTimer();
    if (hasGpus && !endingIdle) {
      endIdleGpuWorkersLater();
    }
    if (!ended.isEmpty()) {
      objects.tell(new ObjectManager.TasksEnded(List.copyOf(ended)));
      ended.clear();
    }
    return Behaviors.same();
  }

  /// What concerns other nodes, at the end of a turn.
  private void shareLoad() {
    int here = queuedHere();
    away.request(here);
    // An actor is as good as a task that runs.
    int running = lanes.count() + actors.count();
    gauge.set(Math.max(0, here - running), running);
    if (!others.isEmpty() && !ready.isEmpty() && spillWatch.start()) {
      timers.startSingleTimer(Spill.TICK, Duration.ofNanos(SpillPolicy.INTERVAL_NS));
    }
    if (hadGuests && here == 0) {
      hadGuests = false;
      if (!timers.isTimerActive(TellIdle.TICK)) {
        timers.startSingleTimer(TellIdle.TICK, IDLE_DELAY);
      }
    }
  }

  /// Whoever has too many need not wait for the next heartbeat.
  private void tellIdle() {
    if (queuedHere() == 0) {
      whenIdle.run();
    } else {
      hadGuests = true;
    }
  }

  private int queuedHere() {
    return tasks.size() - away.count() + actors.count();
  }

  private void spill() {
    long countedNs = spillWatch.stop();
    int here = queuedHere();
    for (SchedulingClass schedulingClass : ready.classes()) {
      if (!schedulingClass.strategy().isBalanced()) {
        continue;
      }
      int excess = spillWatch.excess(schedulingClass, ready.count(schedulingClass), countedNs);
      if (excess > 0) {
        away.ask(schedulingClass, excess, here - excess);
      }
    }
  }

  private void onWorkerEvent(WorkerEvent event) {
    switch (event) {
      case WorkerEvent.TasksEnded(var list) -> list.forEach(this::taskEnded);
      case WorkerEvent.LaneBlocked(var lane, var returned) -> laneBlocked(lane, returned);
      case WorkerEvent.LaneUnblocked(var lane) -> laneUnblocked(lane);
      case WorkerEvent.TasksReturned(var lane, var returned) -> tasksReturned(lane, returned);
      case WorkerEvent.WorkerReady(var worker) -> workerReady(worker);
      case WorkerEvent.WorkerLost(var worker, var reason) -> workerLost(worker, reason);
      case WorkerEvent.WorkerRefused(var jobId, var devices, var reason) ->
          workerRefused(jobId, devices, reason);
    }
  }

  private void submit(TaskSpec spec, boolean isGuest) {
    SchedulingClass schedulingClass =
        isGuest ? SchedulingClass.ofGuest(spec) : SchedulingClass.of(spec);
    QueuedTask task = new QueuedTask(spec, schedulingClass, sequence++, isGuest);
    if (tasks.putIfAbsent(spec.taskId(), task) != null) {
      return;
    }
    cancellations.submitted(task);
    schedule(task);
  }

  private void schedule(QueuedTask task) {
    if (task.schedulingClass.strategy().isMetBy(nodeId, others.isEmpty())
        && ledger.total().covers(task.schedulingClass.resources())) {
      boolean mayMove =
          !others.isEmpty() && !task.isGuest && task.schedulingClass.strategy().isBalanced();
      holdOrQueue(task, mayMove);
    } else {
      away.add(task);
    }
  }

  private void holdOrQueue(QueuedTask task, boolean mayMove) {
    if (!held.hold(task, mayMove)) {
      ready.add(task);
    }
  }

  /// Each of its arguments is readable here, or known to be elsewhere. The global scheduler decides
  /// whether the task goes where most of them are, or they come to where it is sooner run.
  private void argumentsKnown(QueuedTask task) {
    if (tasks.get(task.spec.taskId()) != task) {
      return;
    }
    Map<NodeId, Long> elsewhere = task.elsewhere;
    if (elsewhere == null || elsewhere.isEmpty()) {
      ready.add(task);
      return;
    }
    Map.Entry<NodeId, Long> most = held.mostBeside(task, elsewhere);
    if (most == null || !others.contains(most.getKey())) {
      holdOrQueue(task, false);
    } else {
      task.askedAs = task.schedulingClass.near(most.getKey(), most.getValue());
      away.add(task);
    }
  }

  private void placed(GlobalScheduler.Placements placements) {
    for (QueuedTask task : away.placed(placements, ready)) {
      if (placements.shares().isEmpty()) {
        fail(task, ErrorObject.Kind.UNSCHEDULABLE, placements.reason());
      } else {
        holdOrQueue(task, false);
      }
    }
  }

  private void taskEndedElsewhere(TaskId taskId) {
    QueuedTask task = tasks.get(taskId);
    if (task != null) {
      forget(task);
    }
  }

  /// What may have started there counts as an attempt.
  private void nodeLost(QueuedTask task, NodeId nodeId) {
    ErrorObject.Kind cancelledAs = task.cancelledAs;
    if (cancelledAs != null) {
      failCancelled(task, cancelledAs);
    } else if (mayRetry(task)) {
      task.attempt++;
      task.askedAs = task.schedulingClass;
      schedule(task);
    } else {
      failForWorker(
          task,
          "%s was lost while it ran %s (attempt %d)"
              .formatted(nodeId, task.spec.taskName(), task.attempt + 1));
    }
  }

  // Dispatch

  private void dispatch() {
    if (ready.isEmpty() && !actors.isAnyWaiting()) {
      return;
    }
    actors.serve();
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
    if (ready.peek(schedulingClass) == null || lanes.hasLanes(schedulingClass)) {
      unservedSinceNs.remove(schedulingClass);
      return false;
    }
    long now = System.nanoTime();
    Long since = unservedSinceNs.putIfAbsent(schedulingClass, now);
    return since != null
        && now - since > STARVED_NS
        && lanes.hasWorkers(schedulingClass)
        && actors.leaveRoomFor(schedulingClass.resources())
        && !lanes.isAnyBlocked();
  }

  private void dispatch(SchedulingClass schedulingClass) {
    boolean mayOpen = true;
    while (ready.peek(schedulingClass) != null) {
      TaskLane lane = mayOpen ? lanes.open(schedulingClass, ready.count(schedulingClass)) : null;
      if (lane == null) {
        mayOpen = false;
        lane = lanes.shallowest(schedulingClass);
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

  private void start(QueuedTask task, TaskLane lane) {
    if (!lane.queue.isEmpty()) {
      rebalanceLater();
    }
    lanes.start(task, lane);
  }

  private void rebalanceLater() {
    if (!rebalancing) {
      rebalancing = true;
      timers.startSingleTimer(Rebalance.TICK, REBALANCE_INTERVAL);
    }
  }

  // What workers report

  private void workerReady(WorkerProcess worker) {
    for (TaskLane lane : lanes.workerReady(worker)) {
      QueuedTask task = ready.poll(lane.schedulingClass);
      if (task == null) {
        lanes.close(lane);
      } else {
        start(task, lane);
      }
    }
  }

  private void workerRefused(JobId jobId, String devices, String reason) {
    if (devices.isEmpty()) {
      // Others of the job may run already.
      if (lanes.taskWorkerRefused(jobId)) {
        for (QueuedTask task : ready.removeAll(jobId)) {
          failForWorker(task, task.spec.taskName() + " had no worker: " + reason);
        }
      }
      return;
    }
    for (SchedulingClass waited : lanes.gpuWorkerRefused(jobId, devices)) {
      QueuedTask task = ready.poll(waited);
      if (task != null) {
        failForWorker(task, task.spec.taskName() + " had no worker: " + reason);
      }
    }
  }

  private void endIdleGpuWorkers() {
    endingIdle = false;
    lanes.endGpuWorkersIdleSince(System.nanoTime() - gpuWorkerIdleTimeout.toNanos());
  }

  private void endIdleGpuWorkersLater() {
    long since = lanes.gpuWorkerIdleSince();
    if (since != Deadlines.NEVER) {
      endingIdle = true;
      Duration idle = Duration.ofNanos(System.nanoTime() - since);
      Duration left = gpuWorkerIdleTimeout.minus(idle);
      timers.startSingleTimer(EndIdleGpuWorkers.TICK, left.isNegative() ? Duration.ZERO : left);
    }
  }

  private void taskEnded(WorkerEvent.TaskEnded end) {
    TaskLane lane = lanes.of(end.lane());
    QueuedTask task = tasks.get(end.taskId());
    if (lane == null || task == null || !lanes.ended(lane, task, end.durationNs())) {
      return;
    }
    spillWatch.ended(task.schedulingClass);
    boolean again =
        end.outcome() == TaskOutcome.FAILED
            && task.spec.retryExceptions()
            && mayRetry(task)
            && !task.isCancelled();
    if (again) {
      task.attempt++;
      ready.add(task);
    } else {
      forget(task);
      ended.add(end.taskId());
    }
  }

  private void forget(QueuedTask task) {
    tasks.remove(task.spec.taskId());
    if (task.isAway) {
      away.remove(task);
    }
    cancellations.forget(task);
  }

  private static boolean mayRetry(QueuedTask task) {
    return task.spec.maxRetries() < 0 || task.attempt < task.spec.maxRetries();
  }

  private void laneBlocked(Lane lane, List<TaskId> returned) {
    TaskLane blocked = lanes.of(lane);
    if (blocked != null) {
      takeBack(blocked, returned);
      lanes.blocked(blocked);
    }
  }

  private void laneUnblocked(Lane lane) {
    TaskLane unblocked = lanes.of(lane);
    if (unblocked != null) {
      lanes.unblocked(unblocked);
    }
  }

  private void tasksReturned(Lane lane, List<TaskId> returned) {
    TaskLane recalled = lanes.of(lane);
    if (recalled == null) {
      return;
    }
    recalled.recalling = false;
    takeBack(recalled, returned);
    if (recalled.queue.isEmpty()) {
      lanes.close(recalled);
    }
  }

  /// Tasks that a worker did not start go to the front of the queue, in their old order.
  private void takeBack(TaskLane lane, List<TaskId> returned) {
    ListIterator<TaskId> last = returned.listIterator(returned.size());
    while (last.hasPrevious()) {
      QueuedTask task = tasks.get(last.previous());
      if (task != null && lanes.takeBack(lane, task)) {
        ErrorObject.Kind cancelledAs = task.cancelledAs;
        if (cancelledAs == null) {
          ready.addFirst(task);
        } else {
          // The cancellation crossed it on its way.
          failCancelled(task, cancelledAs);
        }
      }
    }
  }

  private void workerLost(WorkerProcess process, String reason) {
    boolean wasKilled = cancellations.wasKilled(process);
    for (TaskLane lane : lanes.workerLost(process)) {
      boolean mayHaveStarted = true;
      for (QueuedTask task : List.copyOf(lane.queue)) {
        task.lane = null;
        if (mayHaveStarted) {
          workerDied(
              task,
              process,
              wasKilled ? "a task that ran beside it was ended by force" : reason,
              wasKilled);
        } else {
          ready.addFirst(task);
        }
        mayHaveStarted = false;
      }
    }
  }

  private void workerDied(
      QueuedTask task, WorkerProcess process, String reason, boolean wasKilled) {
    ErrorObject.Kind cancelledAs = task.cancelledAs;
    if (isSealed(task.spec)) {
      forget(task);
      ended.add(task.spec.taskId());
    } else if (cancelledAs != null) {
      failCancelled(task, cancelledAs);
    } else if (wasKilled && task.spec.maxRetries() != 0) {
      // It did nothing wrong, so this does not count as one of its attempts.
      ready.addFirst(task);
    } else if (mayRetry(task)) {
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
      failForWorker(task, message);
    }
  }

  private void failForWorker(QueuedTask task, String message) {
    errors.report(
        new ErrorRow(
            task.spec.jobId(),
            task.spec.taskId(),
            System.currentTimeMillis(),
            WORKER_DIED,
            task.spec.taskName(),
            message));
    fail(task, ErrorObject.Kind.WORKER_DIED, message);
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
    forget(task);
    objects.tell(
        new ObjectManager.FailTasks(
            List.of(spec),
            ErrorObject.of(
                kind, spec.taskId().high(), spec.taskId().low(), spec.taskName(), message)));
  }

  private void rebalance() {
    rebalancing = false;
    if (lanes.recallFromSlow()) {
      rebalanceLater();
    }
  }

  private void failCancelled(QueuedTask task, ErrorObject.Kind as) {
    String name = task.spec.taskName();
    fail(
        task,
        as,
        as == ErrorObject.Kind.TIMED_OUT
            ? name + " did not end within its timeout of " + task.spec.timeoutMs() + " ms"
            : name + " was cancelled");
  }

  private void setTimer() {
    if (away.isAwaitingPlacements() && !timers.isTimerActive(PlaceAgain.TICK)) {
      timers.startSingleTimer(PlaceAgain.TICK, PLACE_AGAIN_DELAY);
    }
    long first = cancellations.firstDeadline();
    if (first < timerAt) {
      timerAt = first;
      timers.startSingleTimer(
          LookAtDeadlines.TICK, Duration.ofNanos(Math.max(0, first - System.nanoTime())));
    }
  }

  private void endJob(JobId jobId) {
    ready.removeAll(jobId);
    List<QueuedTask> left =
        tasks.values().stream().filter(task -> task.spec.jobId().equals(jobId)).toList();
    left.forEach(this::forget);
    held.endJob(jobId);
    unservedSinceNs.keySet().removeIf(unserved -> unserved.jobId().equals(jobId));
    away.endJob(jobId);
    lanes.endJob(jobId);
  }
}

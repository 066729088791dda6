package org.rayakka.node.actor;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.actor.durable.ActorJournal;
import org.rayakka.node.actor.durable.CallSpecs;
import org.rayakka.node.control.ActorRow;
import org.rayakka.node.control.ErrorRow;
import org.rayakka.node.error.ErrorReports;
import org.rayakka.node.object.ObjectManager;
import org.rayakka.node.scheduling.local.ArgumentWaits;
import org.rayakka.node.scheduling.local.Deadlines;
import org.rayakka.node.scheduling.local.LocalScheduler;
import org.rayakka.node.scheduling.local.ResourceLedger;
import org.rayakka.node.scheduling.local.ResourceSet;
import org.rayakka.node.worker.FunctionRegistry;
import org.rayakka.node.worker.Lane;
import org.rayakka.node.worker.WorkerEvent;
import org.rayakka.node.worker.WorkerPool;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.SealedObject;
import org.rayakka.protocol.ErrorObject;
import org.rayakka.protocol.Protocol;
import org.rayakka.protocol.StandardTags;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.TaskOutcome;

/// One Ray actor: an Akka actor whose mailbox takes the calls, and a lane of a worker process that
/// runs them.
///
/// Life: its creation waits for its arguments, then for its resources, then for a process, then
/// runs the constructor. Calls wait meanwhile; afterwards each goes to the lane as soon as its
/// arguments are readable and all calls before it have gone. When the process dies it goes through
/// all of that again, as often as the creation allows; calls in flight fail, or are repeated where
/// the creation says so; calls that wait go on waiting. When it is dead, every call fails at once.
final class RayActor {

  /// What a Ray actor can be told.
  sealed interface Command {}

  /// Clients call its methods.
  ///
  /// @param calls in the order of each client
  record Call(List<TaskSpec> calls) implements Command {}

  /// A user ends it, or its job has ended.
  ///
  /// @param noRestart whether it must not come back
  /// @param reason for a person
  record Kill(boolean noRestart, String reason) implements Command {}

  /// A user cancels a call.
  ///
  /// @param taskId which
  /// @param recursive whether what it has submitted is to be stopped too
  record CancelCall(TaskId taskId, boolean recursive) implements Command {}

  /// Calls that these have made are to be stopped.
  ///
  /// @param parents tasks and calls that were cancelled
  record CancelCallsOf(Set<TaskId> parents) implements Command {}

  /// The directory answers for the dead actor from now on: no call comes behind this.
  record Bury() implements Command {}

  private record ObjectsReady(ObjectManager.ObjectsReady ready) implements Command {}

  private record Reserved(LocalScheduler.Reservation reservation) implements Command {}

  private record WorkerReported(WorkerEvent event) implements Command {}

  private record JournalTold(ActorJournal.Event event) implements Command {}

  private record JournalStopped(ActorRef<ActorJournal.Command> journal) implements Command {}

  private enum OpenJournal implements Command {
    TICK
  }

  private enum LookAtDeadlines implements Command {
    TICK
  }

  /// Its fate, for the directory.
  ///
  /// @param creation the task that created it
  /// @param ref the actor itself
  /// @param state what it is now
  /// @param worker the process it is in, or null
  /// @param reason why it is dead; else empty
  record Changed(
      TaskSpec creation,
      ActorRef<Command> ref,
      ActorRow.State state,
      @Nullable Lane worker,
      int restarts,
      String reason) {
    ActorId actorId() {
      return creation.actorId();
    }
  }

  /// Whom a Ray actor works with.
  ///
  /// @param store the node's own view of the store
  /// @param objects tells when arguments are readable
  /// @param scheduler holds its resources
  /// @param workerPool gives it a process
  /// @param functions learns what the journal of a durable actor knows
  /// @param errors takes errors of its methods
  record Peers(
      ObjectStore store,
      ActorRef<ObjectManager.Command> objects,
      ActorRef<LocalScheduler.Command> scheduler,
      ActorRef<WorkerPool.Command> workerPool,
      FunctionRegistry functions,
      ErrorReports errors) {}

  /// A call, or the creation, that has not ended.
  static final class Pending extends ArgumentWaits.Waiter {
    /// Of a durable actor: whether it stands in the journal.
    enum Journalled {
      NO,
      UNDER_WAY,
      YES
    }

    /// How often it was tried before; {@link Protocol#REPLAY} if nobody waits for its result.
    int attempt;

    Journalled journalled = Journalled.NO;

    /// Why it is to end before its time, or null if it is not.
    ErrorObject.@Nullable Kind cancelledAs;

    /// Its place among the deadlines, if it has any.
    long deadline = Deadlines.NEVER;

    Pending(TaskSpec spec) {
      super(spec);
    }
  }

  private static final Duration JOURNAL_RETRY_DELAY = Duration.ofSeconds(1);

  /// How long a call whose time is over may take to heed its interrupt.
  private static final Duration CANCEL_GRACE = Duration.ofSeconds(2);

  private final ActorContext<Command> context;
  private final ActorRef<Command> self;
  private final TimerScheduler<Command> timers;
  private final ActorRef<Changed> directory;
  private final TaskSpec creation;
  private final Peers peers;
  private final ActorRef<ObjectManager.ObjectsReady> objectsReady;
  private final ActorRef<LocalScheduler.Reservation> reservations;
  private final ActorRef<WorkerEvent> workerEvents;

  private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
  private final Map<TaskId, Pending> inFlight = new LinkedHashMap<>();
  private final ArgumentWaits<Pending> held = new ArgumentWaits<>();
  private final List<TaskId> ended = new ArrayList<>();
  private final Deadlines<Pending> deadlines = new Deadlines<>();
  private long timerAt = Deadlines.NEVER;
  private ActorRow.State state = ActorRow.State.PENDING;
  private Pending constructor;
  private final @Nullable Durability durability;

  /// Whether the constructor has run in the process that it is in.
  private boolean isConstructed;

  private ResourceLedger.@Nullable Grant grant;
  private @Nullable Lane lane;
  private int restarts;
  private String deathReason = "";
  private ErrorObject.Kind deathKind = ErrorObject.Kind.ACTOR_DIED;
  private @Nullable ErrorObject deathCause;
  private boolean exiting;

  private RayActor(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ActorRef<Changed> directory,
      TaskSpec creation,
      int restarts,
      Peers peers) {
    this.restarts = restarts;
    this.context = context;
    self = context.getSelf();
    this.timers = timers;
    this.directory = directory;
    this.creation = creation;
    this.peers = peers;
    objectsReady = context.messageAdapter(ObjectManager.ObjectsReady.class, ObjectsReady::new);
    reservations = context.messageAdapter(LocalScheduler.Reservation.class, Reserved::new);
    workerEvents = context.messageAdapter(WorkerEvent.class, WorkerReported::new);
    durability = creation.callsPerSnapshot() == 0 ? null : openJournal();
    constructor = new Pending(creation);
    hold(constructor);
    if (!constructor.isHeld()) {
      reserve();
    }
  }

  /// Makes the actor. It runs on the event loop.
  ///
  /// @param directory told what becomes of it
  /// @param creation the task that creates it
  /// @param restarts how often it was restarted before, on other nodes
  /// @param peers whom it works with
  static Behavior<Command> create(
      ActorRef<Changed> directory, TaskSpec creation, int restarts, Peers peers) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(timers ->
            new RayActor(context, timers, directory, creation, restarts, peers).running()));
  }

  private Behavior<Command> running() {
    return Behaviors.receiveMessage(this::onCommand);
  }

  private Behavior<Command> onCommand(Command command) {
    if (command instanceof Bury) {
      return Behaviors.stopped();
    }
    if (state == ActorRow.State.DEAD) {
      afterDeath(command);
      return Behaviors.same();
    }
    switch (command) {
      case Bury _ -> throw new IllegalStateException("handled above");
      case Call(var calls) -> call(calls);
      case Kill(var noRestart, var reason) -> kill(noRestart, reason);
      case CancelCall(var taskId, var recursive) -> cancel(taskId, recursive);
      case CancelCallsOf(var parents) -> cancelCallsOf(parents);
      case ObjectsReady(var readable) -> readable.ids().forEach(this::objectReady);
      case Reserved(var reservation) -> reserved(reservation);
      case WorkerReported(var event) -> onWorkerEvent(event);
      case LookAtDeadlines.TICK -> lookAtDeadlines();
      case JournalTold(var event) -> journalTold(event);
      case JournalStopped(var journal) -> journalStopped(journal);
      case OpenJournal.TICK -> reopenJournal();
    }
    send();
    if (durability != null) {
      journal(durability);
    }
    setTimer();
    tellEnded();
    return Behaviors.same();
  }

  private void tellEnded() {
    if (!ended.isEmpty()) {
      peers.objects().tell(new ObjectManager.TasksEnded(List.copyOf(ended)));
      ended.clear();
    }
  }

  /// What was under way when it died: calls fail, and what it is given it gives back.
  private void afterDeath(Command command) {
    switch (command) {
      case Call(var calls) ->
          calls.forEach(
              spec -> fail(spec, deathKind, creation.taskName() + " is dead: " + deathReason));
      case Reserved(LocalScheduler.Reservation.Reserved(var granted)) ->
          peers.scheduler().tell(new LocalScheduler.ReleaseActor(granted));
      case WorkerReported(WorkerEvent.WorkerReady(var worker)) ->
          peers.workerPool().tell(new WorkerPool.ActorLeft(worker));
      default -> {
        // Nothing else concerns the dead.
      }
    }
  }

  private void onWorkerEvent(WorkerEvent event) {
    switch (event) {
      case WorkerEvent.TasksEnded(var list) -> list.forEach(this::taskEnded);
      case WorkerEvent.WorkerReady(var worker) -> {
        lane = worker.openLane(workerEvents);
        lane.execute(creation, restarts, gpuIds());
      }
      case WorkerEvent.WorkerLost(var worker, var reason) -> {
        lane = null;
        workerLost("its worker process pid=" + worker.pid() + " died (" + reason + ")");
      }
      case WorkerEvent.WorkerRefused(var jobId, var devices, var reason) -> die(reason);
      case WorkerEvent.LaneBlocked(var blockedLane, var returned) -> {
        // An actor keeps what it holds while a method blocks, and its calls keep their order.
      }
      case WorkerEvent.LaneUnblocked(var unblockedLane) -> {
        // As above.
      }
      case WorkerEvent.TasksReturned(var recalledLane, var returned) -> {
        // An actor recalls nothing.
      }
    }
  }

  // Creation

  private void hold(Pending pending) {
    List<ObjectId> missing = held.hold(pending, peers.store());
    if (!missing.isEmpty()) {
      peers.objects().tell(new ObjectManager.AwaitObjects(missing, objectsReady));
    }
  }

  private void objectReady(ObjectId id) {
    for (Pending pending : held.take(id)) {
      if (pending.equals(constructor)) {
        reserve();
      }
    }
  }

  private void reserve() {
    if (grant == null) {
      peers
          .scheduler()
          .tell(new LocalScheduler.ReserveForActor(ResourceSet.of(creation), reservations));
    } else {
      host();
    }
  }

  private void reserved(LocalScheduler.Reservation reservation) {
    switch (reservation) {
      case LocalScheduler.Reservation.Reserved(var granted) -> {
        grant = granted;
        host();
      }
      case LocalScheduler.Reservation.Infeasible(var reason) ->
          die(reason, ErrorObject.Kind.UNSCHEDULABLE);
    }
  }

  private void host() {
    ResourceLedger.Grant held = grant;
    peers
        .workerPool()
        .tell(
            new WorkerPool.HostActor(
                creation.jobId(),
                List.of(creation.jvmOptions()),
                held == null ? "" : held.devices(),
                workerEvents));
  }

  private int[] gpuIds() {
    ResourceLedger.Grant held = grant;
    return held == null ? new int[0] : held.gpuIds();
  }

  private void created(WorkerEvent.TaskEnded end) {
    if (end.outcome() == TaskOutcome.SUCCEEDED) {
      ended.add(creation.taskId());
      isConstructed = true;
      if (durability == null) {
        become(ActorRow.State.ALIVE);
      } else {
        giveStateBack(durability);
      }
    } else {
      // The worker sealed the constructor's own exception in the creation's place.
      ended.add(creation.taskId());
      ErrorObject thrown = constructorError();
      if (thrown != null) {
        deathCause = thrown;
      }
      die("its constructor failed" + (thrown == null ? "" : ": " + thrown.message()));
    }
  }

  private @Nullable ErrorObject constructorError() {
    return errorIn(creation.returnId(1));
  }

  private @Nullable ErrorObject errorIn(ObjectId id) {
    try (SealedObject sealed = peers.store().get(id)) {
      return sealed == null || sealed.typeTag() != StandardTags.ERROR
          ? null
          : ErrorObject.decode(ByteBuffer.wrap(sealed.view().toArray(ValueLayout.JAVA_BYTE)));
    }
  }

  // Calls

  private void call(List<TaskSpec> calls) {
    for (TaskSpec spec : calls) {
      Pending pending = new Pending(spec);
      hold(pending);
      waiting.addLast(pending);
      if (spec.timeoutMs() > 0) {
        await(pending, Duration.ofMillis(spec.timeoutMs()));
      }
    }
  }

  /// Sends what may go: in order, the first whose arguments are not here holds up the rest.
  private void send() {
    Lane to = lane;
    if (to == null || state != ActorRow.State.ALIVE || exiting) {
      return;
    }
    int window = Math.max(LANE_WINDOW, creation.maxConcurrency());
    while (inFlight.size() < window) {
      Pending next = waiting.peekFirst();
      if (next == null || next.isHeld()) {
        return;
      }
      if (durability != null && next.journalled != Pending.Journalled.YES) {
        return;
      }
      waiting.pollFirst();
      inFlight.put(next.spec.taskId(), next);
      to.execute(next.spec, next.attempt, gpuIds());
    }
  }

  /// Calls that may be with the worker and not ended: enough to keep it busy, and a bound on its
  /// memory.
  private static final int LANE_WINDOW = 1024;

  private void taskEnded(WorkerEvent.TaskEnded end) {
    if (end.taskId().equals(creation.taskId())) {
      created(end);
      return;
    }
    if (durability != null && isOwnCall(durability, end)) {
      return;
    }
    Pending pending = inFlight.remove(end.taskId());
    if (pending == null) {
      return;
    }
    unwatch(pending);
    if (pending.attempt != Protocol.REPLAY) {
      ended.add(end.taskId());
    }
    if (durability != null && end.outcome() == TaskOutcome.CANCELLED) {
      durability.drop(end.taskId());
    }
    if (end.outcome() == TaskOutcome.ACTOR_EXITED) {
      exiting = true;
      die("it exited by Ray.exitActor()");
    }
  }

  private void cancel(TaskId taskId, boolean recursive) {
    Pending running = inFlight.get(taskId);
    if (running != null) {
      end(running, ErrorObject.Kind.CANCELLED, recursive);
      return;
    }
    for (Pending call : waiting) {
      if (call.spec.taskId().equals(taskId)) {
        end(call, ErrorObject.Kind.CANCELLED, recursive);
        return;
      }
    }
  }

  private void cancelCallsOf(Set<TaskId> parents) {
    List<Pending> theirs = new ArrayList<>();
    for (Pending call : waiting) {
      if (parents.contains(call.spec.parentTaskId())) {
        theirs.add(call);
      }
    }
    for (Pending call : inFlight.values()) {
      if (call.cancelledAs == null && parents.contains(call.spec.parentTaskId())) {
        theirs.add(call);
      }
    }
    theirs.forEach(call -> end(call, ErrorObject.Kind.CANCELLED, true));
  }

  /// Ends a call before its time: drops it if it waits, interrupts it if it runs.
  private void end(Pending call, ErrorObject.Kind as, boolean recursive) {
    call.cancelledAs = as;
    TaskId taskId = call.spec.taskId();
    if (!inFlight.containsKey(taskId)) {
      waiting.remove(call);
      held.remove(call);
      if (durability != null && call.journalled != Pending.Journalled.NO) {
        durability.drop(taskId);
      }
      failCancelled(call, as);
      return;
    }
    Lane to = lane;
    if (to != null && as == ErrorObject.Kind.TIMED_OUT) {
      to.timeOut(taskId, call.spec.timeoutMs());
      await(call, CANCEL_GRACE);
    } else if (to != null) {
      to.cancel(taskId);
    }
    if (recursive) {
      peers.scheduler().tell(new LocalScheduler.CancelChildren(Set.of(taskId)));
    }
  }

  private void failCancelled(Pending call, ErrorObject.Kind as) {
    String name = call.spec.taskName();
    unwatch(call);
    fail(
        call.spec,
        as,
        as == ErrorObject.Kind.TIMED_OUT
            ? name + " did not end within its timeout of " + call.spec.timeoutMs() + " ms"
            : name + " was cancelled");
  }

  // Deadlines

  private void await(Pending call, Duration duration) {
    unwatch(call);
    call.deadline = deadlines.add(System.nanoTime() + duration.toNanos(), call);
  }

  private void unwatch(Pending call) {
    if (call.deadline != Deadlines.NEVER) {
      deadlines.remove(call.deadline);
      call.deadline = Deadlines.NEVER;
    }
  }

  private void lookAtDeadlines() {
    timerAt = Deadlines.NEVER;
    for (Pending call : deadlines.pollDue(System.nanoTime())) {
      call.deadline = Deadlines.NEVER;
      ErrorObject.Kind cancelledAs = call.cancelledAs;
      if (cancelledAs == null) {
        end(call, ErrorObject.Kind.TIMED_OUT, true);
      } else {
        // It does not heed its interrupt. Who waits for it is told; the actor stays busy with it.
        failCancelled(call, cancelledAs);
      }
    }
  }

  private void setTimer() {
    long first = deadlines.first();
    if (first < timerAt) {
      timerAt = first;
      timers.startSingleTimer(
          LookAtDeadlines.TICK, Duration.ofNanos(Math.max(0, first - System.nanoTime())));
    }
  }

  // Death

  private void kill(boolean noRestart, String reason) {
    Lane from = lane;
    if (from == null) {
      if (noRestart) {
        die(reason);
      }
      return;
    }
    lane = null;
    leave(from);
    if (noRestart) {
      die(reason);
    } else {
      workerLost(reason);
    }
  }

  /// Leaves the process. A call that runs there is cut short if the process is its own.
  private void leave(Lane from) {
    for (TaskId taskId : inFlight.keySet()) {
      from.cancel(taskId);
    }
    from.close();
    peers.workerPool().tell(new WorkerPool.ActorLeft(from.worker()));
  }

  private void workerLost(String reason) {
    if (state == ActorRow.State.DEAD) {
      return;
    }
    boolean restart = creation.maxRetries() < 0 || restarts < creation.maxRetries();
    String function = creation.taskName();
    if (!restart) {
      report("actor_died", reason);
      die(reason);
      return;
    }
    restarts++;
    List<Pending> cut = new ArrayList<>(inFlight.values());
    inFlight.clear();
    for (int i = cut.size() - 1; i >= 0; i--) {
      Pending call = cut.get(i);
      ErrorObject.Kind cancelledAs = call.cancelledAs;
      if (call.attempt == Protocol.REPLAY) {
        // Will be replayed again.
        continue;
      }
      if (durability != null && isSealed(call)) {
        ended.add(call.spec.taskId());
        continue;
      }
      if (cancelledAs != null) {
        failCancelled(call, cancelledAs);
        dropFromJournal(call);
        continue;
      }
      boolean retry = creation.maxTaskRetries() < 0 || call.attempt < creation.maxTaskRetries();
      if (retry) {
        call.attempt++;
        waiting.addFirst(call);
      } else {
        fail(call.spec, ErrorObject.Kind.ACTOR_DIED, function + ": " + reason);
        dropFromJournal(call);
      }
    }
    isConstructed = false;
    if (durability != null) {
      closeJournal(durability);
    }
    become(ActorRow.State.RESTARTING);
    constructor = new Pending(creation);
    hold(constructor);
    if (!constructor.isHeld()) {
      reserve();
    }
  }

  // Durable actors

  private Durability openJournal() {
    Durability opened =
        Durability.open(
            context,
            creation,
            peers.store(),
            peers.functions(),
            context.messageAdapter(ActorJournal.Event.class, JournalTold::new));
    context.watchWith(opened.journal(), new JournalStopped(opened.journal()));
    return opened;
  }

  private void closeJournal(Durability kept) {
    waiting.removeIf(call -> call.attempt == Protocol.REPLAY);
    dropSnapshot(kept.close());
  }

  private void dropSnapshot(@Nullable ObjectId object) {
    if (object != null) {
      peers.objects().tell(new ObjectManager.DropObjects(List.of(object)));
    }
  }

  private void journalStopped(ActorRef<ActorJournal.Command> journal) {
    if (durability == null || !journal.equals(durability.journal())) {
      return;
    }
    if (durability.isClosing()) {
      reopenJournal();
    } else {
      // Redis does not answer.
      dropSnapshot(durability.close());
      timers.startSingleTimer(OpenJournal.TICK, JOURNAL_RETRY_DELAY);
    }
  }

  private void reopenJournal() {
    if (durability != null) {
      durability.reopen();
      context.watchWith(durability.journal(), new JournalStopped(durability.journal()));
    }
  }

  private void journalTold(ActorJournal.Event event) {
    Durability kept = durability;
    if (kept == null) {
      return;
    }
    switch (event) {
      case ActorJournal.Event.Opened opened -> {
        arrange(kept.opened(opened));
        giveStateBack(kept);
      }
      case ActorJournal.Event.Appended() ->
          kept.written().forEach(call -> call.journalled = Pending.Journalled.YES);
      case ActorJournal.Event.StateSaved() -> {
        kept.saved(true);
        if (state != ActorRow.State.ALIVE) {
          become(ActorRow.State.ALIVE);
        }
      }
      case ActorJournal.Event.StateNotSaved(var reason) -> stateNotSaved(kept, reason);
    }
  }

  /// Puts the calls of the journal before those that are not in it. Who waits for the result of one
  /// gets it; the others are run for what they do to the actor.
  private void arrange(Map<TaskId, TaskSpec> journalled) {
    Map<TaskId, Pending> known = new LinkedHashMap<>();
    for (Pending call : waiting) {
      call.journalled = Pending.Journalled.NO;
      known.put(call.spec.taskId(), call);
    }
    waiting.clear();
    journalled.forEach((taskId, spec) -> {
      Pending call = known.remove(taskId);
      if (call == null && state == ActorRow.State.ALIVE) {
        // It runs, or has run, in the process that the actor is in.
        return;
      }
      if (call == null) {
        call = new Pending(spec);
        call.attempt = Protocol.REPLAY;
      }
      call.journalled = Pending.Journalled.YES;
      waiting.addLast(call);
    });
    waiting.addAll(known.values());
  }

  /// Gives the process its state, when it is constructed and the journal is open; the calls since
  /// follow. The first state of all is saved before the first call.
  private void giveStateBack(Durability kept) {
    Lane to = lane;
    if (to == null || !isConstructed || !kept.isOpen() || state == ActorRow.State.ALIVE) {
      return;
    }
    TaskSpec restoration = kept.restoration();
    if (restoration == null) {
      to.execute(kept.snapshot(), 0, gpuIds());
    } else {
      to.execute(restoration, 0, gpuIds());
      become(ActorRow.State.ALIVE);
    }
  }

  /// Looks at the end of a call that this actor has made of itself.
  ///
  /// @return whether it was one
  private boolean isOwnCall(Durability kept, WorkerEvent.TaskEnded end) {
    TaskId taskId = end.taskId();
    boolean isDone = end.outcome() == TaskOutcome.SUCCEEDED;
    if (kept.isRestoration(taskId)) {
      if (!isDone) {
        die("its state could not be given back");
      }
      return true;
    }
    if (!kept.isSnapshot(taskId)) {
      return false;
    }
    ObjectId object = ObjectId.ofReturn(taskId, 1);
    ErrorObject thrown = isDone ? null : errorIn(object);
    String refusal =
        isDone
            ? kept.keep(object)
            : thrown == null ? "the worker could not save it" : thrown.message();
    dropSnapshot(object);
    if (refusal != null) {
      stateNotSaved(kept, refusal);
    }
    return true;
  }

  private void stateNotSaved(Durability kept, String reason) {
    kept.saved(false);
    if (state != ActorRow.State.ALIVE) {
      die("its state cannot be saved, as a durable actor's must be: " + reason);
      return;
    }
    report("actor_state_not_saved", "its state was not saved: " + reason);
  }

  /// Writes what may run next into the journal, or has the state saved.
  private void journal(Durability kept) {
    Lane to = lane;
    if (to == null || state != ActorRow.State.ALIVE || exiting || !kept.isOpen()) {
      return;
    }
    if (kept.isWritable()) {
      write(kept);
    } else if (kept.isSnapshotDue() && !kept.isSaving() && inFlight.isEmpty() && isWrittenRun()) {
      to.execute(kept.snapshot(), 0, gpuIds());
    }
  }

  private boolean isWrittenRun() {
    Pending next = waiting.peekFirst();
    return next == null || next.journalled == Pending.Journalled.NO;
  }

  private void write(Durability kept) {
    int room = Math.min(LANE_WINDOW, kept.room());
    List<Pending> calls = new ArrayList<>();
    List<TaskSpec> specs = new ArrayList<>();
    List<Pending> refused = new ArrayList<>();
    for (Pending call : waiting) {
      if (call.journalled == Pending.Journalled.YES) {
        continue;
      }
      if (call.isHeld() || calls.size() == room) {
        break;
      }
      try {
        TaskSpec spec = CallSpecs.withoutReferences(call.spec, peers.store());
        if (spec == null) {
          // Spilled since it was last looked at.
          hold(call);
          break;
        }
        call.journalled = Pending.Journalled.UNDER_WAY;
        calls.add(call);
        specs.add(spec);
      } catch (CallSpecs.TooLargeException e) {
        refused.add(call);
        fail(call.spec, ErrorObject.Kind.TASK, call.spec.taskName() + ": " + e.getMessage());
      }
    }
    for (Pending call : refused) {
      waiting.remove(call);
      unwatch(call);
    }
    if (!calls.isEmpty()) {
      kept.write(calls, specs);
    }
  }

  private void dropFromJournal(Pending call) {
    if (durability != null) {
      durability.drop(call.spec.taskId());
    }
  }

  private boolean isSealed(Pending call) {
    return call.spec.numReturns() > 0 && peers.store().contains(call.spec.returnId(1));
  }

  private void report(String type, String what) {
    peers
        .errors()
        .report(
            new ErrorRow(
                creation.jobId(),
                creation.taskId(),
                System.currentTimeMillis(),
                type,
                creation.taskName(),
                creation.taskName() + ": " + what));
  }

  private void die(String reason) {
    die(reason, ErrorObject.Kind.ACTOR_DIED);
  }

  private void die(String reason, ErrorObject.Kind kind) {
    if (state == ActorRow.State.DEAD) {
      return;
    }
    boolean wasCreated = state != ActorRow.State.PENDING;
    deathReason = reason;
    deathKind = kind;
    Lane from = lane;
    lane = null;
    if (from != null) {
      leave(from);
    }
    ResourceLedger.Grant held = grant;
    if (held != null) {
      peers.scheduler().tell(new LocalScheduler.ReleaseActor(held));
      grant = null;
    }
    String message = creation.taskName() + ": " + reason;
    if (!wasCreated && !ended.contains(creation.taskId())) {
      fail(creation, kind, message);
    }
    inFlight.values().forEach(call -> fail(call.spec, kind, message));
    inFlight.clear();
    waiting.forEach(call -> fail(call.spec, kind, message));
    waiting.clear();
    deadlines.clear();
    tellEnded();
    peers.objects().tell(new ObjectManager.ActorGone(creation.taskId()));
    become(ActorRow.State.DEAD);
  }

  private void fail(TaskSpec spec, ErrorObject.Kind kind, String message) {
    ActorId id = creation.actorId();
    ErrorObject cause = deathCause;
    peers
        .objects()
        .tell(
            new ObjectManager.FailTasks(
                List.of(spec),
                new ErrorObject(
                    kind,
                    id.high(),
                    id.low(),
                    spec.taskName(),
                    message,
                    cause == null ? "" : cause.remoteStack(),
                    cause == null ? new byte[0] : cause.cause())));
  }

  private void become(ActorRow.State next) {
    state = next;
    directory.tell(new Changed(creation, self, next, lane, restarts, deathReason));
  }
}

package org.rayakka.node.object;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.ObjectRow;
import org.rayakka.node.control.TaskRow;
import org.rayakka.node.control.TaskState;
import org.rayakka.node.peer.PeerMessage;
import org.rayakka.node.peer.PeerMessage.ObjectReport;
import org.rayakka.node.peer.Peers;
import org.rayakka.node.transfer.ObjectTransfer;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.protocol.ErrorObject;
import org.rayakka.protocol.StandardTags;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.TaskKind;

/// Makes objects readable on this node: tells schedulers when an object they wait for is sealed,
/// brings back what was spilled, seals an error in place of what can never come, and lets go of
/// what nobody needs.
///
/// Every connection tells it what its client submits and releases, in the client's order; so an
/// object that a submitted task needs is known to be needed before its release is heard of.
public final class ObjectManager {
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
  private static final Duration LOCATE_AGAIN_DELAY = Duration.ofMillis(200);
  private static final Duration LOOK_AGAIN_DELAY = Duration.ofMillis(20);
  private static final Duration FETCH_AGAIN_DELAY = Duration.ofSeconds(1);
  private static final long ROOM_FOR_ERRORS = 1 << 20;

  /// An object of this size is worth that a task goes where it is.
  private static final long LARGE_BYTES = 1 << 20;

  /// What the object manager can be told.
  public sealed interface Command {}

  /// A client has submitted these.
  ///
  /// @param specs in its order
  public record TasksSubmitted(List<TaskSpec> specs) implements Command {}

  /// These tasks have ended, and what they return is sealed.
  ///
  /// @param taskIds which
  public record TasksEnded(List<TaskId> taskIds) implements Command {}

  /// These tasks have failed without a worker to say so: seal an error for each.
  ///
  /// @param specs which
  /// @param error what a reader is told
  public record FailTasks(List<TaskSpec> specs, ErrorObject error) implements Command {}

  /// An actor is dead, and will not be restarted.
  ///
  /// @param creation the task that created it
  public record ActorGone(TaskId creation) implements Command {}

  /// An object that was put.
  ///
  /// @param id which
  /// @param size in bytes
  public record PutObject(ObjectId id, long size) {}

  /// A client has put these.
  ///
  /// @param jobId its job
  /// @param objects which
  public record ObjectsPut(JobId jobId, List<PutObject> objects) implements Command {}

  /// The maker of these objects holds no reference to them any more.
  ///
  /// @param ids which
  public record ReleaseObjects(List<ObjectId> ids) implements Command {}

  /// A user has said that these objects are not needed, whoever still refers to them.
  ///
  /// @param ids which
  public record FreeObjects(List<ObjectId> ids) implements Command {}

  /// A client blocks on these, and has not found them.
  ///
  /// @param ids which
  public record NeedObjects(List<ObjectId> ids) implements Command {}

  /// A scheduler holds a task back until these are readable here.
  ///
  /// @param ids which
  /// @param replyTo told of each, once, when it is
  public record AwaitObjects(List<ObjectId> ids, ActorRef<ObjectsReady> replyTo)
      implements Command {}

  /// Someone needs objects here, or wants to know where large ones are, which then stay there.
  ///
  /// @param ids which
  /// @param ready told of each that is readable here
  /// @param elsewhere told of each other
  public record AwaitOrLocate(
      List<ObjectId> ids, ActorRef<ObjectsReady> ready, ActorRef<ObjectElsewhere> elsewhere)
      implements Command {}

  /// A client asks which objects exist, wherever they are, without bringing them here.
  ///
  /// @param ids which
  /// @param answer told one byte for each, 1 if it exists; called on the event loop
  public record FindObjects(List<ObjectId> ids, Consumer<byte[]> answer) implements Command {}

  /// Who refers to these?
  ///
  /// @param ids which
  /// @param answer told, in their order, on the event loop
  public record DescribeReferences(List<ObjectId> ids, Consumer<List<Reference>> answer)
      implements Command {}

  /// Who refers to an object.
  ///
  /// @param jobId the job in which a reference is left, or nil
  /// @param neededByTasks how many tasks that have not ended have it as an argument
  public record Reference(JobId jobId, int neededByTasks) {}

  /// Someone runs tasks again whose results are lost.
  ///
  /// @param subscriber told which
  public record SubscribeToLost(ActorRef<RunAgain> subscriber) implements Command {}

  /// A job has ended: what it leaves behind goes.
  ///
  /// @param jobId which
  public record EndJob(JobId jobId) implements Command {}

  /// Tasks of another node are to run here.
  ///
  /// @param origin which node
  /// @param specs the tasks
  public record GuestsSubmitted(NodeId origin, List<TaskSpec> specs) implements Command {}

  /// Tasks of this node have ended on another.
  ///
  /// @param node which
  /// @param tasks the tasks, and what they returned
  public record TasksEndedElsewhere(NodeId node, List<PeerMessage.TaskDone> tasks)
      implements Command {}

  /// Another node needs objects that this one owns, or knows of.
  ///
  /// @param node which
  /// @param ids the objects
  public record LocateFor(NodeId node, List<ObjectId> ids) implements Command {}

  /// Another node tells where objects are.
  ///
  /// @param owner which node
  /// @param objects where each is
  public record Located(NodeId owner, List<ObjectReport> objects) implements Command {}

  private record LocatedWithoutRoom(NodeId owner, List<ObjectReport> objects) implements Command {}

  /// The owner of these says that nobody needs them.
  ///
  /// @param ids which
  public record DropObjects(List<ObjectId> ids) implements Command {}

  /// Another node is there.
  ///
  /// @param nodeId which
  public record NodeJoined(NodeId nodeId) implements Command {}

  /// Another node is gone.
  ///
  /// @param nodeId which
  public record NodeLost(NodeId nodeId) implements Command {}

  private record FetchEnded(ObjectTransfer.Fetched outcome) implements Command {}

  private record SpecFound(ObjectId id, Optional<TaskRow> row) implements Command {}

  private record LocateAgain(ObjectId id) implements Command {}

  private record FetchAgain(ObjectId id) implements Command {}

  @SuppressWarnings("ArrayRecordComponent") // written as it is, never compared
  private record SealError(ObjectId id, byte[] error) implements Command {}

  private record StandsIn(ObjectId id) implements Command {}

  private record OwnerFound(ObjectId id, Optional<NodeId> owner) implements Command {}

  private record LookForOwner(ObjectId id) implements Command {}

  private record GuestResultRestored(
      TaskId taskId, List<ObjectReport> onDisk, StoreKeeper.Restored outcome) implements Command {}

  private record RestoreEnded(StoreKeeper.Restored outcome) implements Command {}

  private enum CheckUnknown implements Command {
    TICK
  }

  /// What who {@link SubscribeToLost subscribed} is told.
  ///
  /// @param spec a task that has ended, and is pending again
  public record RunAgain(TaskSpec spec) {}

  /// Answer to {@link AwaitObjects}.
  ///
  /// @param ids objects that are readable here
  public record ObjectsReady(List<ObjectId> ids) {}

  /// Answer to {@link AwaitOrLocate}.
  ///
  /// @param id an object that is not here
  /// @param size of its data in bytes
  /// @param holders nodes that have it
  public record ObjectElsewhere(ObjectId id, long size, List<NodeId> holders) {}

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final NodeId nodeId;
  private final ObjectStore store;
  private final SmallObjects small;
  private final ActorRef<StoreKeeper.Command> keeper;
  private final BooleanSupplier hasSpilled;
  private final ActorRef<ObjectTransfer.Command> transfer;
  private final ActorRef<ObjectTransfer.Fetched> fetched;
  private final ControlState control;
  private final RemoteObjects remote;
  private final List<ActorRef<RunAgain>> lost = new ArrayList<>();
  private final Set<TaskId> rebuilding = new HashSet<>();
  private final LateFetches late;

  /// Whether the object that was located last did not fit into the answer.
  private boolean wasLastLarge;

  /// Results that a user has freed, and that somebody still refers to.
  private final Set<ObjectId> freed = new HashSet<>();

  private final ObjectDirectory directory;
  private final Waiters waiters = new Waiters();
  private final UnknownObjects unknown = new UnknownObjects();
  private final Set<ObjectId> restoring = new HashSet<>();
  private final List<ObjectId> deletable = new ArrayList<>();

  /// Whom the object manager works with.
  ///
  /// @param nodeId this node
  /// @param store the node's own view of the store; its space requester must not block
  /// @param keeper changes the store
  /// @param hasSpilled whether any object of the store may be on disk
  /// @param transfer brings objects from other nodes
  /// @param peers the other nodes
  /// @param control the tables
  /// @param maxLineageTasks how many tasks are remembered for their lineage alone
  /// @param fetchTimeout how long an object that another node has may not come
  public record Parts(
      NodeId nodeId,
      ObjectStore store,
      ActorRef<StoreKeeper.Command> keeper,
      BooleanSupplier hasSpilled,
      ActorRef<ObjectTransfer.Command> transfer,
      ActorRef<Peers.Command> peers,
      ControlState control,
      int maxLineageTasks,
      Duration fetchTimeout) {}

  private ObjectManager(
      ActorContext<Command> context, TimerScheduler<Command> timers, Parts parts) {
    this.context = context;
    this.timers = timers;
    nodeId = parts.nodeId();
    store = parts.store();
    small = new SmallObjects(nodeId, store);
    keeper = parts.keeper();
    hasSpilled = parts.hasSpilled();
    transfer = parts.transfer();
    control = parts.control();
    directory = new ObjectDirectory(parts.maxLineageTasks(), control.tasks()::forget);
    remote = new RemoteObjects(parts.peers());
    late = new LateFetches(parts.fetchTimeout());
    fetched = context.messageAdapter(ObjectTransfer.Fetched.class, FetchEnded::new);
    timers.startTimerWithFixedDelay(CheckUnknown.TICK, CHECK_INTERVAL);
  }

  /// Makes the object manager. It runs on the event loop.
  ///
  /// @param parts whom it works with
  /// @return its behaviour
  public static Behavior<Command> create(Parts parts) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(timers -> new ObjectManager(context, timers, parts).running()));
  }

  private Behavior<Command> running() {
    return Behaviors.receiveMessage(this::onCommand);
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case TasksSubmitted(var specs) -> tasksSubmitted(specs);
      case TasksEnded(var taskIds) -> taskIds.forEach(this::taskEnded);
      case FailTasks fail -> failTasks(fail);
      case ActorGone(var creation) -> directory.actorGone(creation, this::delete);
      case ObjectsPut(var jobId, var objects) -> objectsPut(jobId, objects);
      case ReleaseObjects(var ids) -> release(ids);
      case FreeObjects(var ids) -> free(ids);
      case NeedObjects(var ids) -> ids.forEach(this::need);
      case AwaitObjects(var ids, var replyTo) -> await(ids, replyTo);
      case AwaitOrLocate await -> awaitOrLocate(await);
      case FindObjects(var ids, var answer) -> find(ids, answer);
      case DescribeReferences(var ids, var answer) ->
          answer.accept(ids.stream().map(directory::reference).toList());
      case EndJob(var jobId) -> endJob(jobId);
      case GuestsSubmitted(var origin, var specs) -> guestsSubmitted(origin, specs);
      case TasksEndedElsewhere(var node, var tasks) -> endedElsewhere(node, tasks);
      case LocateFor(var node, var ids) -> locateFor(node, ids);
      case Located(var owner, var objects) -> located(owner, objects, true);
      case LocatedWithoutRoom(var owner, var objects) -> located(owner, objects, false);
      case DropObjects(var ids) -> {
        remote.dropped(ids);
        deletable.addAll(ids);
      }
      case NodeJoined(var node) -> remote.joined(node);
      case NodeLost(var node) -> nodeLost(node);
      case FetchEnded(var outcome) -> fetchEnded(outcome);
      case SubscribeToLost(var subscriber) -> lost.add(subscriber);
      case SpecFound(var id, var row) -> specFound(id, row);
      case LocateAgain(var id) -> need(id);
      case FetchAgain(var id) -> fetchAgain(id);
      case SealError failure -> sealError(failure);
      case StandsIn(var id) -> need(id);
      case OwnerFound(var id, var owner) -> ownerFound(id, owner);
      case LookForOwner(var id) -> lookForOwner(id);
      case GuestResultRestored restored -> guestResultRestored(restored);
      case RestoreEnded(var outcome) -> restoreEnded(outcome);
      case CheckUnknown.TICK -> checkUnknown();
    }
    if (!deletable.isEmpty()) {
      keeper.tell(new StoreKeeper.Delete(List.copyOf(deletable)));
      deletable.clear();
    }
    remote.flush();
    return Behaviors.same();
  }

  private void tasksSubmitted(List<TaskSpec> specs) {
    for (TaskSpec spec : specs) {
      directory.submitted(spec);
      control.tasks().submitted(spec.taskId(), spec.jobId(), nodeId, spec.bytes());
    }
  }

  private void taskEnded(TaskId taskId) {
    if (remote.isGuest(taskId)) {
      guestEnded(taskId, List.of());
      return;
    }
    TaskSpec spec = directory.ended(taskId, this::delete);
    if (spec == null) {
      return;
    }
    if (!directory.isForgotten(taskId)) {
      control.tasks().done(taskId, spec.jobId(), nodeId, sizeHere(spec.returnId(1)));
      for (int i = 2; i <= spec.numReturns(); i++) {
        ObjectId id = spec.returnId(i);
        long size = sizeHere(id);
        if (size >= 0) {
          control.objects().sealed(id, spec.jobId(), size, nodeId);
        }
      }
    }
    if (!waiters.isEmpty() || !unknown.isEmpty() || remote.isAnyAskedFor()) {
      for (int i = 1; i <= spec.numReturns(); i++) {
        ObjectId id = spec.returnId(i);
        if (store.contains(id)) {
          ready(id);
        } else if (remote.sizeElsewhere(id) < 0) {
          // Spilled already.
          need(id);
        }
      }
    }
  }

  /// The bytes of a return value that is here and that somebody refers to; else -1.
  private long sizeHere(ObjectId id) {
    return directory.isReferredTo(id) ? store.sizeOf(id) : -1;
  }

  /// The object, or an error in its place, is in the store.
  private void ready(ObjectId id) {
    unknown.remove(id);
    late.ended(id);
    if (remote.isAskedFor(id)) {
      answer(id);
    }
    waiters.ready(id);
  }

  private void failTasks(FailTasks fail) {
    byte[] bytes = fail.error().encode();
    for (TaskSpec spec : fail.specs()) {
      for (int i = 1; i <= spec.numReturns(); i++) {
        if (!small.seal(spec.returnId(i), StandardTags.ERROR, bytes)) {
          afterMakingRoom(ROOM_FOR_ERRORS, fail);
          return;
        }
      }
      taskEnded(spec.taskId());
    }
  }

  private void objectsPut(JobId jobId, List<PutObject> objects) {
    for (PutObject object : objects) {
      directory.put(object.id(), jobId);
      control.objects().sealed(object.id(), jobId, object.size(), nodeId);
      ready(object.id());
    }
  }

  private void release(List<ObjectId> ids) {
    for (ObjectId id : ids) {
      if (!freed.isEmpty()) {
        freed.remove(id);
      }
      if (directory.released(id)) {
        delete(id);
      }
    }
  }

  private void delete(ObjectId id) {
    deletable.add(id);
    boolean wasElsewhere = remote.drop(id);
    boolean isFirst = !id.isPut() && id.index() == 1;
    if (!isFirst || wasElsewhere) {
      control.objects().forget(id);
    }
    if (isFirst && directory.hasEnded(id.taskId())) {
      // Its other results are referred to, or its lineage: the row stays, without the object.
      control.tasks().done(id.taskId(), directory.jobOf(id.taskId()), nodeId, -1);
    }
  }

  private void free(List<ObjectId> ids) {
    ids.forEach(this::delete);
    freed.addAll(ids);
  }

  private void await(List<ObjectId> ids, ActorRef<ObjectsReady> replyTo) {
    List<ObjectId> here = new ArrayList<>();
    for (ObjectId id : ids) {
      if (store.contains(id)) {
        here.add(id);
      } else {
        waiters.await(id, replyTo);
        need(id);
      }
    }
    if (!here.isEmpty()) {
      replyTo.tell(new ObjectsReady(here));
    }
  }

  private void awaitOrLocate(AwaitOrLocate await) {
    List<ObjectId> needed = new ArrayList<>();
    for (ObjectId id : await.ids()) {
      if (store.contains(id)) {
        needed.add(id);
      } else if (directory.isPending(id)) {
        waiters.awaitOrLocate(id, await.ready(), await.elsewhere());
      } else if (isLargeElsewhere(id)) {
        await
            .elsewhere()
            .tell(new ObjectElsewhere(id, remote.sizeElsewhere(id), remote.holders(id)));
      } else {
        needed.add(id);
      }
    }
    await(needed, await.ready());
  }

  private boolean isLargeElsewhere(ObjectId id) {
    return remote.sizeElsewhere(id) >= LARGE_BYTES;
  }

  /// Sees to it that the object, or an error in its place, is sealed here some time.
  private void need(ObjectId id) {
    if (store.contains(id)) {
      ready(id);
    } else if (directory.isPending(id)) {
      remote.want(id);
    } else if (!remote.isAsked(id) && restoring.add(id)) {
      ActorRef<Command> self = context.getSelf();
      if (hasSpilled.getAsBoolean()) {
        keeper.tell(new StoreKeeper.Restore(id, outcome -> self.tell(new RestoreEnded(outcome))));
      } else {
        // The keeper would say so, two changes of threads later.
        self.tell(new RestoreEnded(StoreKeeper.Restored.nowhere(id)));
      }
    }
  }

  private void find(List<ObjectId> ids, Consumer<byte[]> answer) {
    byte[] exist = new byte[ids.size()];
    for (int i = 0; i < exist.length; i++) {
      ObjectId id = ids.get(i);
      // One that is on disk exists, and so does one that was lost: a get of it ends.
      boolean exists = store.contains(id) || (directory.isKnown(id) && !directory.isPending(id));
      exist[i] = (byte) (exists ? 1 : 0);
    }
    answer.accept(exist);
  }

  private void restoreEnded(StoreKeeper.Restored outcome) {
    ObjectId id = outcome.id();
    restoring.remove(id);
    if (outcome.isHere() || store.contains(id)) {
      ready(id);
    } else if (directory.isPending(id)) {
      // Submitted in the meantime.
      unknown.remove(id);
      remote.want(id);
    } else if (outcome.isLeftOnDisk()) {
      standIn(id, Failures.noRoomToRestore(id));
    } else {
      lookElsewhere(id);
    }
  }

  /// The object is not here, not even on disk.
  private void lookElsewhere(ObjectId id) {
    NodeId owner = remote.ownerOfForeign(id);
    if (remote.sizeElsewhere(id) >= 0) {
      fetch(id);
    } else if (owner != null) {
      locate(id, owner);
    } else if (directory.isKnown(id)) {
      rebuild(id);
    } else {
      boolean isNew = unknown.add(id, now());
      if (isNew && !remote.isAlone()) {
        lookForOwner(id);
      }
    }
  }

  /// Asks the owner where the object is; and, if the last one was large, at the same time for the
  /// object itself: most often it is there, and has set out before the question is answered.
  private void locate(ObjectId id, NodeId owner) {
    if (remote.locate(id, owner) && wasLastLarge) {
      transfer.tell(
          new ObjectTransfer.TryFetch(id, owner, ObjectReport.MAX_INLINE_BYTES + 1, fetched));
    }
  }

  private void fetch(ObjectId id) {
    transfer.tell(
        new ObjectTransfer.FetchObject(id, remote.sizeElsewhere(id), remote.holders(id), fetched));
  }

  private void fetchEnded(ObjectTransfer.Fetched outcome) {
    ObjectId id = outcome.id();
    switch (outcome) {
      case ObjectTransfer.Fetched.Here here -> {
        control.objects().sealed(id, JobId.NIL, store.sizeOf(id), nodeId);
        ready(id);
      }
      case ObjectTransfer.Fetched.Failed failed -> {
        context.getLog().warn("object {} was not fetched: {}", id, failed.reason());
        remote.lacking(id, failed.lacking());
        if (store.contains(id) || directory.isPending(id)) {
          // It was made again meanwhile, or will be.
          need(id);
        } else if (failed.isFull()) {
          standIn(id, Failures.noRoomToFetch(id, failed.reason()));
        } else if (remote.sizeElsewhere(id) >= 0) {
          notCome(id, failed.reason());
        } else if (directory.isKnown(id) && remote.owner(id) == null) {
          late.ended(id);
          rebuild(id);
        } else {
          late.ended(id);
          locateAgain(id);
        }
      }
    }
  }

  /// A node has it, and could not send it: it is not lost, and making it again may end likewise.
  private void notCome(ObjectId id, String reason) {
    if (late.isToTryAgain(id, now())) {
      timers.startSingleTimer(id, new FetchAgain(id), FETCH_AGAIN_DELAY);
    } else {
      standIn(id, Failures.notCome(id, late.timeout(), reason));
    }
  }

  private void fetchAgain(ObjectId id) {
    boolean isWanted =
        directory.isKnown(id) || remote.ownerOfForeign(id) != null || waiters.isAwaited(id);
    if (!isWanted || remote.sizeElsewhere(id) < 0) {
      late.ended(id);
    }
    if (isWanted) {
      need(id);
    }
  }

  // Results that are lost

  /// Has the task run again that makes an object, if there is one: a put cannot be repeated, and an
  /// actor may not be what it was. Its specification is in the task table.
  private void rebuild(ObjectId id) {
    TaskId taskId = id.taskId();
    if (id.isPut() || freed.contains(id) || directory.isForgotten(taskId)) {
      unreconstructable(id);
    } else if (rebuilding.add(taskId)) {
      context.pipeToSelf(
          control.tasks().find(taskId),
          (row, failure) -> new SpecFound(id, failure == null ? row : Optional.empty()));
    }
  }

  private void specFound(ObjectId id, Optional<TaskRow> row) {
    rebuilding.remove(id.taskId());
    TaskSpec spec = row.map(ObjectManager::specOf).orElse(null);
    if (spec == null
        || spec.kind() != TaskKind.TASK
        || lost.isEmpty()
        || !directory.isToRunAgain(spec)) {
      unreconstructable(id);
      return;
    }
    context.getLog().info("task {} {} runs again: {} is lost", id.taskId(), spec.taskName(), id);
    control.tasks().changed(id.taskId(), spec.jobId(), TaskState.RECONSTRUCTING, nodeId, 0);
    remote.lacking(id, remote.holders(id));
    remote.want(id);
    lost.forEach(subscriber -> subscriber.tell(new RunAgain(spec)));
  }

  private static @Nullable TaskSpec specOf(TaskRow row) {
    byte[] bytes = row.spec();
    return bytes.length == 0 ? null : TaskSpec.read(new UnsafeBuffer(bytes), 0, bytes.length);
  }

  /// Those who were said to hold an object do not: its owner will learn of that, or has.
  private void locateAgain(ObjectId id) {
    NodeId owner = remote.ownerOfForeign(id);
    if (owner == null || !remote.isThere(owner)) {
      unreconstructable(id);
    } else {
      timers.startSingleTimer(id, new LocateAgain(id), LOCATE_AGAIN_DELAY);
    }
  }

  // Objects that the tables know of, and this node does not

  private void lookForOwner(ObjectId id) {
    if (!unknown.contains(id)) {
      return;
    }
    NodeId ranAt = id.isPut() ? remote.whereRan(id.taskId()) : null;
    if (ranAt != null) {
      // A reference in a result: the tables need not be asked, which lag behind.
      unknown.remove(id);
      locate(id, ranAt);
      return;
    }
    CompletionStage<Optional<NodeId>> owner =
        id.isPut()
            ? control.objects().find(id).thenApply(row -> row.flatMap(this::anyHolder))
            : control.tasks().find(id.taskId()).thenApply(row -> row.map(TaskRow::node));
    context.pipeToSelf(
        owner, (found, failure) -> new OwnerFound(id, failure == null ? found : Optional.empty()));
  }

  private Optional<NodeId> anyHolder(ObjectRow row) {
    return row.holders().stream().filter(holder -> !holder.equals(nodeId)).findFirst();
  }

  private void ownerFound(ObjectId id, Optional<NodeId> owner) {
    if (!unknown.contains(id)) {
      return;
    }
    if (owner.isPresent() && !owner.get().equals(nodeId)) {
      unknown.remove(id);
      locate(id, owner.get());
    } else {
      // The tables lag behind by some milliseconds.
      timers.startSingleTimer(id, new LookForOwner(id), LOOK_AGAIN_DELAY);
    }
  }

  // As owner, for other nodes

  private void locateFor(NodeId node, List<ObjectId> ids) {
    for (ObjectId id : ids) {
      remote.askedFor(id, node);
      if (store.contains(id) || remote.sizeElsewhere(id) >= 0) {
        answer(id);
      } else {
        need(id);
      }
    }
  }

  /// Tells those who asked where the object is.
  private void answer(ObjectId id) {
    ObjectReport report = report(id);
    if (report == null) {
      // Spilled at this very moment.
      need(id);
    } else {
      remote.answer(report);
    }
  }

  /// Where an object is, with its data if it is here and small; null if that is not known.
  private @Nullable ObjectReport report(ObjectId id) {
    ObjectReport here = small.report(id);
    long size = remote.sizeElsewhere(id);
    // Others may get what does not come here.
    return size < 0 || (here != null && !here.isPassing())
        ? here
        : ObjectReport.ofHolders(id, size, remote.holders(id));
  }

  private void endedElsewhere(NodeId node, List<PeerMessage.TaskDone> tasks) {
    for (int i = 0; i < tasks.size(); i++) {
      PeerMessage.TaskDone task = tasks.get(i);
      TaskSpec spec = directory.pending(task.taskId());
      if (spec == null) {
        // Its job has ended.
        continue;
      }
      for (ObjectReport report : task.returns()) {
        byte[] bytes = report.bytes();
        if (bytes == null) {
          remote.isElsewhere(report, node);
        } else if (!small.seal(report.id(), report.typeTag(), bytes)) {
          List<PeerMessage.TaskDone> left = List.copyOf(tasks.subList(i, tasks.size()));
          // No other copy may be left: there is no giving up.
          afterMakingRoom(bytes.length, new TasksEndedElsewhere(node, left));
          return;
        } else if (!report.holders().isEmpty()) {
          remote.isCopied(report.id(), node);
        }
      }
      remote.ranAt(task.taskId(), node);
      taskEnded(task.taskId());
      for (ObjectReport report : task.returns()) {
        if (report.bytes() == null) {
          control.objects().sealed(report.id(), spec.jobId(), report.size(), node);
          awaitedElsewhere(report.id());
        }
      }
    }
  }

  /// Somebody may wait for an object that is ready now, but not here.
  private void awaitedElsewhere(ObjectId id) {
    if (remote.isAskedFor(id)) {
      answer(id);
    }
    if (isLargeElsewhere(id)) {
      waiters.isElsewhere(id, remote.sizeElsewhere(id), remote.holders(id));
    } else {
      waiters.needHere(id);
    }
    if (remote.wasWanted(id) || waiters.isNeeded(id)) {
      fetch(id);
    }
  }

  private void afterMakingRoom(long bytes, Command retry) {
    afterMakingRoom(bytes, retry, retry);
  }

  private void afterMakingRoom(long bytes, Command ifMade, Command ifNot) {
    ActorRef<Command> self = context.getSelf();
    // The keeper answers on its own thread.
    keeper.tell(
        new StoreKeeper.MakeRoom(
            Math.max(bytes, ROOM_FOR_ERRORS), freed -> self.tell(freed > 0 ? ifMade : ifNot)));
  }

  // As one who runs tasks of other nodes, and needs what they own

  private void guestsSubmitted(NodeId origin, List<TaskSpec> specs) {
    specs.forEach(directory::submitted);
    remote.guests(specs, origin);
  }

  /// A task of another node has ended here.
  ///
  /// @param onDisk those of its results of which it is known that they are there, and have to stay
  private void guestEnded(TaskId taskId, List<ObjectReport> onDisk) {
    TaskSpec spec = directory.pending(taskId);
    if (spec == null) {
      return;
    }
    List<ObjectReport> reports = new ArrayList<>(spec.numReturns());
    for (int i = 1; i <= spec.numReturns(); i++) {
      ObjectId id = spec.returnId(i);
      ObjectReport report = small.report(id);
      if (report == null || report.isPassing()) {
        report = onDisk.stream().filter(known -> known.id().equals(id)).findFirst().orElse(null);
      }
      if (report == null) {
        // It was spilled before it could be looked at.
        ActorRef<Command> self = context.getSelf();
        keeper.tell(
            new StoreKeeper.Restore(
                id, outcome -> self.tell(new GuestResultRestored(taskId, onDisk, outcome))));
        return;
      }
      reports.add(report);
    }
    directory.guestEnded(taskId, this::delete);
    for (int i = 0; i < reports.size(); i++) {
      ObjectReport report = reports.get(i);
      boolean isAwaited = remote.wasWanted(report.id()) || waiters.isAwaited(report.id());
      if (report.bytes() != null && isAwaited) {
        reports.set(i, report.keptBy(nodeId));
      } else if (report.bytes() != null) {
        deletable.add(report.id());
      }
      if (isAwaited) {
        ready(report.id());
      }
    }
    remote.guestEnded(new PeerMessage.TaskDone(taskId, reports), directory::isNeeded);
  }

  private void guestResultRestored(GuestResultRestored restored) {
    StoreKeeper.Restored outcome = restored.outcome();
    List<ObjectReport> onDisk = new ArrayList<>(restored.onDisk());
    if (outcome.isLeftOnDisk()) {
      onDisk.add(ObjectReport.ofHolders(outcome.id(), outcome.bytesOnDisk(), List.of(nodeId)));
    } else if (!outcome.isHere() && !store.contains(outcome.id())) {
      unreconstructable(outcome.id());
    }
    guestEnded(restored.taskId(), onDisk);
  }

  /// What finds no room, when none can be made, its owner keeps for who asks later.
  private void located(NodeId owner, List<ObjectReport> objects, boolean mayMakeRoom) {
    for (int i = 0; i < objects.size(); i++) {
      ObjectReport report = objects.get(i);
      byte[] bytes = report.bytes();
      if (bytes != null && report.isPassing()) {
        remote.located(report, owner);
        standIn(report.id(), bytes);
        continue;
      }
      boolean isLeftOut = bytes != null && !small.seal(report.id(), report.typeTag(), bytes);
      if (isLeftOut && mayMakeRoom) {
        List<ObjectReport> left = List.copyOf(objects.subList(i, objects.size()));
        afterMakingRoom(
            report.size(), new Located(owner, left), new LocatedWithoutRoom(owner, left));
        return;
      }
      remote.located(report, owner);
      if (isLeftOut) {
        standIn(
            report.id(),
            Failures.noRoomToFetch(report.id(), ObjectTransfer.noRoomFor(report.size())));
        continue;
      }
      wasLastLarge = bytes == null;
      // It came with the answer, or before it.
      if (bytes != null || store.contains(report.id())) {
        ready(report.id());
      } else {
        fetch(report.id());
      }
    }
  }

  private void nodeLost(NodeId node) {
    List<ObjectId> unanswered = remote.lost(node);
    deletable.addAll(remote.foreignOf(node));
    unanswered.forEach(this::unreconstructable);
  }

  /// What cannot come at present is an error for a while.
  private void standIn(ObjectId id, byte[] error) {
    ActorRef<Command> self = context.getSelf();
    keeper.tell(new StoreKeeper.StandIn(id, error, () -> self.tell(new StandsIn(id))));
  }

  private void unreconstructable(ObjectId id) {
    sealError(new SealError(id, Failures.lost(id)));
  }

  /// What can never come is an error, so that nobody waits for it.
  private void sealError(SealError failure) {
    ObjectId id = failure.id();
    if (small.seal(id, StandardTags.ERROR, failure.error())) {
      ready(id);
    } else {
      afterMakingRoom(ROOM_FOR_ERRORS, failure);
    }
  }

  private void checkUnknown() {
    for (ObjectId id : unknown.takeSettled(store::contains, now())) {
      if (store.contains(id)) {
        ready(id);
      } else if (!directory.isPending(id)) {
        unreconstructable(id);
      }
    }
  }

  private static long now() {
    return System.nanoTime();
  }

  private void endJob(JobId jobId) {
    for (ObjectId id : directory.forget(jobId)) {
      deletable.add(id);
      remote.drop(id);
      waiters.forgetLocators(id);
    }
  }
}

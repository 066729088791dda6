package org.rayakka.node.object;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.TaskState;
import org.rayakka.objectstore.ObjectExistsException;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.ObjectStoreFullException;
import org.rayakka.objectstore.UnsealedObject;
import org.rayakka.protocol.ErrorObject;
import org.rayakka.protocol.StandardTags;
import org.rayakka.protocol.TaskSpec;

/// Makes objects readable on this node: tells schedulers when an object they wait for is sealed,
/// brings back what was spilled, seals an error in place of what can never come, and lets go of
/// what nobody needs.
///
/// Every connection tells it what its client submits and releases, in the client's order; so an
/// object that a submitted task needs is known to be needed before its release is heard of.
public final class ObjectManager {
  /// How long an object may be asked for before anything is known of it: the message that makes it
  /// known may be under way on another socket.
  private static final Duration UNKNOWN_GRACE = Duration.ofSeconds(5);

  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
  private static final long ROOM_FOR_ERRORS = 1 << 20;

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

  /// A job has ended: what it leaves behind goes.
  ///
  /// @param jobId which
  public record EndJob(JobId jobId) implements Command {}

  private record RestoreEnded(StoreKeeper.Restored outcome) implements Command {}

  private record RoomMade(FailTasks retry) implements Command {}

  private enum CheckUnknown implements Command {
    TICK
  }

  /// Answer to {@link AwaitObjects}.
  ///
  /// @param ids objects that are readable here
  public record ObjectsReady(List<ObjectId> ids) {}

  private final ActorContext<Command> context;
  private final NodeId nodeId;
  private final ObjectStore store;
  private final ActorRef<StoreKeeper.Command> keeper;
  private final ActorRef<StoreKeeper.Restored> restored;
  private final ControlState control;
  private final ObjectDirectory directory = new ObjectDirectory();
  private final Map<ObjectId, List<ActorRef<ObjectsReady>>> waiting = new HashMap<>();
  private final Map<ObjectId, Long> unknown = new HashMap<>();
  private final Set<ObjectId> restoring = new HashSet<>();
  private final List<ObjectId> deletable = new ArrayList<>();

  private ObjectManager(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      NodeId nodeId,
      ObjectStore store,
      ActorRef<StoreKeeper.Command> keeper,
      ControlState control) {
    this.context = context;
    this.nodeId = nodeId;
    this.store = store;
    this.keeper = keeper;
    this.control = control;
    restored = context.messageAdapter(StoreKeeper.Restored.class, RestoreEnded::new);
    timers.startTimerWithFixedDelay(CheckUnknown.TICK, CHECK_INTERVAL);
  }

  /// Makes the object manager. It runs on the event loop.
  ///
  /// @param nodeId this node
  /// @param store the node's own view of the store; its space requester must not block
  /// @param keeper changes the store
  /// @param control the tables
  /// @return its behaviour
  public static Behavior<Command> create(
      NodeId nodeId,
      ObjectStore store,
      ActorRef<StoreKeeper.Command> keeper,
      ControlState control) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(timers ->
            new ObjectManager(context, timers, nodeId, store, keeper, control).running()));
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
      case FindObjects(var ids, var answer) -> find(ids, answer);
      case DescribeReferences(var ids, var answer) ->
          answer.accept(ids.stream().map(directory::reference).toList());
      case EndJob(var jobId) -> endJob(jobId);
      case RestoreEnded(var outcome) -> restoreEnded(outcome);
      case RoomMade(var retry) -> failTasks(retry);
      case CheckUnknown.TICK -> checkUnknown();
    }
    if (!deletable.isEmpty()) {
      keeper.tell(new StoreKeeper.Delete(List.copyOf(deletable)));
      deletable.clear();
    }
    return Behaviors.same();
  }

  private void tasksSubmitted(List<TaskSpec> specs) {
    for (TaskSpec spec : specs) {
      directory.submitted(spec);
      control.tasks().submitted(spec.taskId(), spec.jobId(), nodeId, spec.bytes());
    }
  }

  private void taskEnded(TaskId taskId) {
    TaskSpec spec = directory.ended(taskId, this::delete);
    if (spec == null) {
      return;
    }
    if (directory.isForgotten(taskId)) {
      control.tasks().forget(taskId);
    } else {
      control.tasks().changed(taskId, spec.jobId(), TaskState.DONE, nodeId, 0);
      for (int i = 1; i <= spec.numReturns(); i++) {
        ObjectId id = spec.returnId(i);
        long size = store.sizeOf(id);
        if (size >= 0) {
          control.objects().sealed(id, spec.jobId(), size, nodeId);
        }
      }
    }
    if (!waiting.isEmpty() || !unknown.isEmpty()) {
      for (int i = 1; i <= spec.numReturns(); i++) {
        ready(spec.returnId(i));
      }
    }
  }

  private void ready(ObjectId id) {
    unknown.remove(id);
    List<ActorRef<ObjectsReady>> told = waiting.remove(id);
    if (told != null) {
      ObjectsReady message = new ObjectsReady(List.of(id));
      told.forEach(replyTo -> replyTo.tell(message));
    }
  }

  private void failTasks(FailTasks fail) {
    byte[] bytes = fail.error().encode();
    for (TaskSpec spec : fail.specs()) {
      for (int i = 1; i <= spec.numReturns(); i++) {
        if (!sealError(spec.returnId(i), bytes)) {
          // The keeper answers on its own thread; the rest is sealed when there is room.
          ActorRef<Command> self = context.getSelf();
          keeper.tell(
              new StoreKeeper.MakeRoom(ROOM_FOR_ERRORS, freed -> self.tell(new RoomMade(fail))));
          return;
        }
      }
      taskEnded(spec.taskId());
    }
  }

  /// Returns false if the store is full.
  private boolean sealError(ObjectId id, byte[] bytes) {
    try (UnsealedObject object = store.create(id, StandardTags.ERROR, bytes.length)) {
      MemorySegment.copy(bytes, 0, object.data(), ValueLayout.JAVA_BYTE, 0, bytes.length);
      object.seal();
      return true;
    } catch (ObjectExistsException e) {
      // The task's worker had sealed it before it was lost.
      return true;
    } catch (ObjectStoreFullException e) {
      context.getLog().warn("no room for the error of {}", id);
      return false;
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
      if (directory.released(id)) {
        delete(id);
      }
      if (!id.isPut() && directory.isForgotten(id.taskId())) {
        control.tasks().forget(id.taskId());
      }
    }
  }

  private void delete(ObjectId id) {
    control.objects().forget(id);
    deletable.add(id);
  }

  private void free(List<ObjectId> ids) {
    ids.forEach(this::delete);
  }

  private void await(List<ObjectId> ids, ActorRef<ObjectsReady> replyTo) {
    List<ObjectId> here = new ArrayList<>();
    for (ObjectId id : ids) {
      if (store.contains(id)) {
        here.add(id);
      } else {
        waiting.computeIfAbsent(id, missing -> new ArrayList<>()).add(replyTo);
        need(id);
      }
    }
    if (!here.isEmpty()) {
      replyTo.tell(new ObjectsReady(here));
    }
  }

  /// Sees to it that the object, or an error in its place, is sealed here some time.
  private void need(ObjectId id) {
    if (store.contains(id)) {
      ready(id);
    } else if (!directory.isPending(id) && restoring.add(id)) {
      keeper.tell(new StoreKeeper.Restore(id, restored));
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
    } else if (outcome.isFull()) {
      noRoomToRestore(id);
    } else if (directory.isKnown(id)) {
      unreconstructable(id);
    } else {
      unknown.putIfAbsent(id, now() + UNKNOWN_GRACE.toNanos());
    }
  }

  private void noRoomToRestore(ObjectId id) {
    ErrorObject error =
        ErrorObject.of(
            ErrorObject.Kind.STORE_FULL,
            id.high(),
            id.low(),
            "",
            id
                + " is on disk, and there is no room to bring it back: programs hold all that is in"
                + " memory. Release what is no longer read, or start the node with a larger object"
                + " store");
    if (sealError(id, error.encode())) {
      ready(id);
    }
  }

  private void unreconstructable(ObjectId id) {
    ErrorObject error =
        ErrorObject.of(
            ErrorObject.Kind.UNRECONSTRUCTABLE,
            id.high(),
            id.low(),
            "",
            id + " is lost: no copy of it is left, in memory or on disk, or it was freed");
    if (sealError(id, error.encode())) {
      ready(id);
    }
  }

  private void checkUnknown() {
    long now = now();
    List<ObjectId> late = new ArrayList<>();
    Iterator<Map.Entry<ObjectId, Long>> entries = unknown.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<ObjectId, Long> entry = entries.next();
      if (store.contains(entry.getKey())) {
        late.add(entry.getKey());
        entries.remove();
      } else if (now - entry.getValue() > 0) {
        late.add(entry.getKey());
        entries.remove();
      }
    }
    for (ObjectId id : late) {
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
    directory.forget(jobId).forEach(deletable::add);
  }
}

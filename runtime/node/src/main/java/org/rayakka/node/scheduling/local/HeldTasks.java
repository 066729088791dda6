package org.rayakka.node.scheduling.local;

import akka.actor.typed.ActorRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.object.ObjectManager;
import org.rayakka.node.object.ObjectManager.ObjectElsewhere;
import org.rayakka.node.object.ObjectManager.ObjectsReady;
import org.rayakka.objectstore.ObjectStore;

/// Tasks that wait until each of their arguments is readable on this node; or, of those that may
/// run elsewhere, until it is known for each large one where it is instead. Belongs to the local
/// scheduler.
final class HeldTasks {
  private final ObjectStore store;
  private final ActorRef<ObjectManager.Command> objects;
  private final ActorRef<ObjectsReady> ready;
  private final ActorRef<ObjectElsewhere> elsewhere;
  private final Map<ObjectId, List<QueuedTask>> byArgument = new HashMap<>();

  HeldTasks(
      ObjectStore store,
      ActorRef<ObjectManager.Command> objects,
      ActorRef<ObjectsReady> ready,
      ActorRef<ObjectElsewhere> elsewhere) {
    this.store = store;
    this.objects = objects;
    this.ready = ready;
    this.elsewhere = elsewhere;
  }

  /// Holds a task if an argument of it is not readable here.
  ///
  /// @param mayMove whether large arguments may stay where they are for now; if not, all are
  ///   brought
  /// @return whether it is held
  boolean hold(QueuedTask task, boolean mayMove) {
    ObjectId[] references = task.spec.references();
    if (references.length == 0) {
      return false;
    }
    task.elsewhere = mayMove ? new HashMap<>() : null;
    List<ObjectId> missing = null;
    for (ObjectId id : references) {
      if (store.contains(id)) {
        continue;
      }
      List<QueuedTask> waiters = byArgument.get(id);
      if (waiters == null) {
        waiters = new ArrayList<>(1);
        byArgument.put(id, waiters);
        missing = missing == null ? new ArrayList<>() : missing;
        missing.add(id);
      }
      waiters.add(task);
      task.missing++;
    }
    if (missing != null) {
      objects.tell(
          mayMove
              ? new ObjectManager.AwaitOrLocate(missing, ready, elsewhere)
              : new ObjectManager.AwaitObjects(missing, ready));
    }
    return task.missing > 0;
  }

  /// An argument is readable here.
  ///
  /// @return the tasks that waited for nothing else
  List<QueuedTask> isReady(ObjectId id) {
    List<QueuedTask> waiters = byArgument.remove(id);
    return waiters == null ? List.of() : counted(waiters);
  }

  /// An argument is elsewhere, and stays there for the time being. Tasks that can only run here
  /// need it all the same.
  ///
  /// @return the tasks that waited for nothing else
  List<QueuedTask> isElsewhere(ObjectElsewhere argument) {
    List<QueuedTask> waiters = byArgument.remove(argument.id());
    if (waiters == null) {
      return List.of();
    }
    List<QueuedTask> moving = new ArrayList<>();
    List<QueuedTask> staying = new ArrayList<>();
    for (QueuedTask task : waiters) {
      Map<NodeId, Long> bytes = task.elsewhere;
      if (bytes == null) {
        staying.add(task);
      } else {
        argument.holders().forEach(node -> bytes.merge(node, argument.size(), Long::sum));
        moving.add(task);
      }
    }
    if (!staying.isEmpty()) {
      byArgument.put(argument.id(), staying);
      objects.tell(new ObjectManager.AwaitObjects(List.of(argument.id()), ready));
    }
    return counted(moving);
  }

  private static List<QueuedTask> counted(List<QueuedTask> waiters) {
    List<QueuedTask> known = new ArrayList<>(waiters.size());
    for (QueuedTask task : waiters) {
      task.missing--;
      if (task.missing == 0) {
        known.add(task);
      }
    }
    return known;
  }

  /// Where more bytes of a task's arguments are than here.
  ///
  /// @param bytes how many are on which other nodes
  /// @return the node that has the most of them; null if none has more than this one
  Map.@Nullable Entry<NodeId, Long> mostBeside(QueuedTask task, Map<NodeId, Long> bytes) {
    long here = 0;
    for (ObjectId id : task.spec.references()) {
      here += Math.max(0, store.sizeOf(id));
    }
    Map.Entry<NodeId, Long> most = null;
    for (Map.Entry<NodeId, Long> entry : bytes.entrySet()) {
      if (entry.getValue() > (most == null ? here : most.getValue())) {
        most = entry;
      }
    }
    return most;
  }

  /// A task waits for its arguments no more.
  void remove(QueuedTask task) {
    if (task.missing == 0) {
      return;
    }
    for (ObjectId id : task.spec.references()) {
      List<QueuedTask> waiters = byArgument.get(id);
      if (waiters != null && waiters.remove(task) && waiters.isEmpty()) {
        byArgument.remove(id);
      }
    }
  }

  void endJob(JobId jobId) {
    byArgument
        .values()
        .removeIf(waiters -> {
          waiters.removeIf(task -> task.spec.jobId().equals(jobId));
          return waiters.isEmpty();
        });
  }
}

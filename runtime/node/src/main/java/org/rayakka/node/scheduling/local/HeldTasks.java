package org.rayakka.node.scheduling.local;

import akka.actor.typed.ActorRef;
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
  private final ArgumentWaits<QueuedTask> waits = new ArgumentWaits<>();

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
    if (task.spec.references().length == 0) {
      return false;
    }
    task.elsewhere = mayMove ? new HashMap<>() : null;
    List<ObjectId> missing = waits.hold(task, store);
    if (!missing.isEmpty()) {
      objects.tell(
          mayMove
              ? new ObjectManager.AwaitOrLocate(missing, ready, elsewhere)
              : new ObjectManager.AwaitObjects(missing, ready));
    }
    return task.isHeld();
  }

  /// An argument is readable here.
  ///
  /// @return the tasks that waited for nothing else
  List<QueuedTask> isReady(ObjectId id) {
    return waits.take(id);
  }

  /// An argument is elsewhere, and stays there for the time being. Tasks that can only run here
  /// need it all the same.
  ///
  /// @return the tasks that waited for nothing else
  List<QueuedTask> isElsewhere(ObjectElsewhere argument) {
    boolean isNeeded = false;
    for (QueuedTask task : waits.of(argument.id())) {
      Map<NodeId, Long> bytes = task.elsewhere;
      if (bytes == null) {
        isNeeded = true;
      } else {
        argument.holders().forEach(node -> bytes.merge(node, argument.size(), Long::sum));
      }
    }
    if (isNeeded) {
      objects.tell(new ObjectManager.AwaitObjects(List.of(argument.id()), ready));
    }
    return waits.take(argument.id(), task -> task.elsewhere != null);
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
    waits.remove(task);
  }

  void endJob(JobId jobId) {
    waits.endJob(jobId);
  }
}

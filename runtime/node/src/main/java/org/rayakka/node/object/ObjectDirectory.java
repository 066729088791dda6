package org.rayakka.node.object;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.TaskKind;

/// What this node knows of the objects of its clients: which task makes them, which tasks still
/// need them, and which their makers have released. Decides when an object may go; does nothing
/// itself.
///
/// A task is remembered while any of its return values is not released, or was an argument of a
/// task that may have to run again ({@link Lineage}); an actor's creation needs its arguments for
/// as long as the actor may be restarted.
final class ObjectDirectory {

  /// A task that has not ended, and which of its return values nobody waits for any more.
  private static final class Pending {
    final TaskSpec spec;
    @Nullable BitSet released;

    Pending(TaskSpec spec) {
      this.spec = spec;
    }

    void release(int index) {
      if (released == null) {
        released = new BitSet();
      }
      released.set(index);
    }
  }

  private final Map<TaskId, Pending> pending = new HashMap<>();
  private final EndedTasks ended = new EndedTasks();
  private final Lineage lineage;
  private final Consumer<TaskId> forgotten;
  private final Map<ObjectId, Integer> needs = new HashMap<>();
  private final Map<ObjectId, JobId> puts = new HashMap<>();

  /// Creations of actors that may be restarted, and so need their arguments beyond their end.
  private final Map<TaskId, TaskSpec> restartable = new HashMap<>();

  /// Objects that are released, but that a task needs.
  private final Set<ObjectId> releasedAndNeeded = new HashSet<>();

  /// @param maxLineageTasks how many tasks are remembered for their lineage alone
  /// @param forgotten told each ended task that is remembered no more, while its job runs
  ObjectDirectory(int maxLineageTasks, Consumer<TaskId> forgotten) {
    this.forgotten = forgotten;
    lineage = new Lineage(maxLineageTasks, forgotten);
  }

  /// A task was submitted; it needs its arguments from now on.
  void submitted(TaskSpec spec) {
    pending.put(spec.taskId(), new Pending(spec));
    lineage.submitted(spec);
    for (ObjectId reference : spec.references()) {
      needs.merge(reference, 1, Integer::sum);
    }
  }

  /// A task that has ended is run again, because what it returned is lost.
  ///
  /// @return false if the task is not remembered
  boolean isToRunAgain(TaskSpec spec) {
    BitSet released = ended.take(spec.taskId());
    if (released == null) {
      if (!lineage.take(spec.taskId())) {
        return false;
      }
      released = new BitSet();
      released.set(1, spec.numReturns() + 1);
    }
    submitted(spec);
    Pending task = pending.get(spec.taskId());
    if (task != null) {
      task.released = released;
    }
    return true;
  }

  /// A task of another node has ended here; what it returned is not this node's to remember.
  void guestEnded(TaskId taskId, Consumer<ObjectId> deletable) {
    Pending task = pending.remove(taskId);
    if (task != null) {
      letGoOfArguments(task.spec, deletable);
      lineage.dropped(task.spec);
    }
  }

  /// Whether a task that has not ended has an object as an argument.
  boolean isNeeded(ObjectId id) {
    return needs.containsKey(id);
  }

  /// A task has ended: its outputs, or errors in their place, are sealed.
  ///
  /// @param deletable told the objects that may go now
  /// @return the task, or null if it is not known
  @Nullable TaskSpec ended(TaskId taskId, Consumer<ObjectId> deletable) {
    Pending task = pending.remove(taskId);
    if (task == null) {
      return null;
    }
    TaskSpec spec = task.spec;
    if (spec.kind() == TaskKind.ACTOR_CREATION && spec.maxRetries() != 0) {
      restartable.put(taskId, spec);
    } else {
      letGoOfArguments(spec, deletable);
      lineage.ended(spec);
    }
    if (spec.numReturns() > 0) {
      ended.add(taskId, spec.jobId(), spec.numReturns());
    } else {
      lineage.forget(taskId);
      forgotten.accept(taskId);
    }
    BitSet released = task.released;
    if (released != null) {
      for (int i = released.nextSetBit(1); i >= 0; i = released.nextSetBit(i + 1)) {
        ObjectId id = spec.returnId(i);
        if (released(id)) {
          deletable.accept(id);
        }
      }
    }
    return spec;
  }

  /// An actor will not be restarted any more.
  ///
  /// @param creation its creation's id
  /// @param deletable told the objects that may go now
  void actorGone(TaskId creation, Consumer<ObjectId> deletable) {
    TaskSpec spec = restartable.remove(creation);
    if (spec != null) {
      letGoOfArguments(spec, deletable);
      lineage.dropped(spec);
    }
  }

  private void letGoOfArguments(TaskSpec spec, Consumer<ObjectId> deletable) {
    for (ObjectId reference : spec.references()) {
      if (noLongerNeeded(reference) && releasedAndNeeded.remove(reference)) {
        deletable.accept(reference);
      }
    }
  }

  private boolean noLongerNeeded(ObjectId id) {
    Integer count = needs.get(id);
    if (count == null) {
      return true;
    }
    if (count == 1) {
      needs.remove(id);
      return true;
    }
    needs.put(id, count - 1);
    return false;
  }

  /// An object was put.
  void put(ObjectId id, JobId jobId) {
    puts.put(id, jobId);
  }

  /// The maker of an object holds no reference to it any more.
  ///
  /// @return whether the object may go now
  boolean released(ObjectId id) {
    if (id.isPut()) {
      puts.remove(id);
    } else {
      Pending task = pending.get(id.taskId());
      if (task != null) {
        task.release(id.index());
        return false;
      }
      JobId job = ended.jobOf(id.taskId());
      if (!ended.release(id)) {
        return false;
      }
      if (!ended.contains(id.taskId()) && !lineage.isKept(id.taskId(), job)) {
        forgotten.accept(id.taskId());
      }
    }
    if (needs.containsKey(id)) {
      releasedAndNeeded.add(id);
      return false;
    }
    return true;
  }

  /// Whether nothing is known of a task any more.
  boolean isForgotten(TaskId taskId) {
    return !pending.containsKey(taskId) && !ended.contains(taskId) && !lineage.contains(taskId);
  }

  /// Whether a task has ended, and is remembered.
  boolean hasEnded(TaskId taskId) {
    return ended.contains(taskId) || lineage.contains(taskId);
  }

  /// The job of a task that has ended and is remembered; nil if it is not.
  JobId jobOf(TaskId taskId) {
    return ended.contains(taskId) ? ended.jobOf(taskId) : lineage.jobOf(taskId);
  }

  /// Whether somebody refers to what an ended task returned, or a task needs it.
  boolean isReferredTo(ObjectId id) {
    return isNeeded(id) || (ended.contains(id.taskId()) && !ended.isReleased(id));
  }

  /// Whether the task that makes an object has not ended.
  boolean isPending(ObjectId id) {
    return !id.isPut() && pending.containsKey(id.taskId());
  }

  /// Whether the object's maker, or its put, is known here.
  boolean isKnown(ObjectId id) {
    return isNeeded(id) || (id.isPut() ? puts.containsKey(id) : !isForgotten(id.taskId()));
  }

  /// The specification of a task that has not ended, or null.
  @Nullable TaskSpec pending(TaskId taskId) {
    Pending task = pending.get(taskId);
    return task == null ? null : task.spec;
  }

  /// Who refers to an object.
  ObjectManager.Reference reference(ObjectId id) {
    return new ObjectManager.Reference(jobOf(id), needs.getOrDefault(id, 0));
  }

  private JobId jobOf(ObjectId id) {
    if (id.isPut()) {
      return puts.getOrDefault(id, JobId.NIL);
    }
    Pending task = pending.get(id.taskId());
    if (task != null) {
      return task.spec.jobId();
    }
    return ended.isReleased(id) ? JobId.NIL : ended.jobOf(id.taskId());
  }

  /// How many ended tasks are remembered.
  int endedTasks() {
    return ended.size();
  }

  /// Forgets a job: nobody refers to its objects any more, but for actors that outlive it.
  ///
  /// @return the objects that it leaves behind
  List<ObjectId> forget(JobId jobId) {
    List<ObjectId> left = new ArrayList<>();
    Iterator<Pending> tasks = pending.values().iterator();
    while (tasks.hasNext()) {
      TaskSpec spec = tasks.next().spec;
      if (!spec.jobId().equals(jobId)) {
        continue;
      }
      for (int i = 1; i <= spec.numReturns(); i++) {
        left.add(spec.returnId(i));
      }
      letGoOfArguments(spec, left::add);
      lineage.dropped(spec);
      tasks.remove();
    }
    ended.forget(
        jobId,
        id -> {
          leave(id, left);
          lineage.forget(id.taskId());
        });
    lineage.forget(jobId);
    Iterator<Map.Entry<ObjectId, JobId>> put = puts.entrySet().iterator();
    while (put.hasNext()) {
      Map.Entry<ObjectId, JobId> entry = put.next();
      if (entry.getValue().equals(jobId)) {
        leave(entry.getKey(), left);
        put.remove();
      }
    }
    return left;
  }

  private void leave(ObjectId id, List<ObjectId> left) {
    if (needs.containsKey(id)) {
      releasedAndNeeded.add(id);
    } else {
      left.add(id);
    }
  }
}

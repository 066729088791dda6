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

/// What this node knows of the objects of its clients: which task makes them, which tasks still
/// need them, and which their makers have released. Decides when an object may go; does nothing
/// itself.
///
/// A task's record stays while any of its return values is not released: it is their lineage.
final class ObjectDirectory {

  /// A task and the fate of what it returns.
  private static final class Produced {
    final TaskSpec spec;
    boolean ended;
    int held;
    @Nullable BitSet released;

    Produced(TaskSpec spec) {
      this.spec = spec;
      held = spec.numReturns();
    }

    boolean isReleased(int index) {
      return held == 0 || (released != null && released.get(index));
    }

    /// Returns whether this changed anything.
    boolean release(int index) {
      if (index < 1 || index > spec.numReturns() || isReleased(index)) {
        return false;
      }
      if (spec.numReturns() > 1) {
        if (released == null) {
          released = new BitSet(spec.numReturns() + 1);
        }
        released.set(index);
      }
      held--;
      return true;
    }
  }

  private final Map<TaskId, Produced> tasks = new HashMap<>();
  private final Map<ObjectId, Integer> needs = new HashMap<>();
  private final Map<ObjectId, JobId> puts = new HashMap<>();
  private final Set<ObjectId> releasedPuts = new HashSet<>();

  /// A task was submitted; it needs its arguments from now on.
  void submitted(TaskSpec spec) {
    tasks.put(spec.taskId(), new Produced(spec));
    for (ObjectId reference : spec.references()) {
      needs.merge(reference, 1, Integer::sum);
    }
  }

  /// A task has ended: its outputs, or errors in their place, are sealed.
  ///
  /// @param deletable told the objects that may go now
  /// @return the task, or null if it is not known
  @Nullable TaskSpec ended(TaskId taskId, Consumer<ObjectId> deletable) {
    Produced task = tasks.get(taskId);
    if (task == null || task.ended) {
      return null;
    }
    task.ended = true;
    for (ObjectId reference : task.spec.references()) {
      if (needs.merge(reference, -1, ObjectDirectory::sumOrNone) == null && isReleased(reference)) {
        releasedPuts.remove(reference);
        deletable.accept(reference);
      }
    }
    for (int i = 1; i <= task.spec.numReturns(); i++) {
      if (task.isReleased(i) && !needs.containsKey(task.spec.returnId(i))) {
        deletable.accept(task.spec.returnId(i));
      }
    }
    if (task.held == 0) {
      tasks.remove(taskId);
    }
    return task.spec;
  }

  @SuppressWarnings("NullAway") // a merge that gives null removes the entry: that is its contract
  private static Integer sumOrNone(Integer a, Integer b) {
    int sum = a + b;
    return sum == 0 ? null : Integer.valueOf(sum);
  }

  /// An object was put.
  void put(ObjectId id, JobId jobId) {
    puts.put(id, jobId);
  }

  /// The maker of an object holds no reference to it any more.
  ///
  /// @return whether the object may go now
  boolean released(ObjectId id) {
    boolean needed = needs.containsKey(id);
    if (id.isPut()) {
      puts.remove(id);
      if (needed) {
        releasedPuts.add(id);
      }
      return !needed;
    }
    Produced task = tasks.get(id.taskId());
    if (task == null || !task.release(id.index())) {
      return false;
    }
    if (!task.ended) {
      return false;
    }
    if (task.held == 0) {
      tasks.remove(id.taskId());
      if (needed) {
        // Its lineage is gone; what still needs it deletes it.
        releasedPuts.add(id);
      }
    }
    return !needed;
  }

  private boolean isReleased(ObjectId id) {
    if (releasedPuts.contains(id)) {
      return true;
    }
    Produced task = id.isPut() ? null : tasks.get(id.taskId());
    return task != null && task.ended && task.isReleased(id.index());
  }

  /// Whether the lineage of a task is no longer kept.
  boolean isForgotten(TaskId taskId) {
    return !tasks.containsKey(taskId);
  }

  /// Whether the task that makes an object has not ended.
  boolean isPending(ObjectId id) {
    Produced task = id.isPut() ? null : tasks.get(id.taskId());
    return task != null && !task.ended;
  }

  /// Whether the object's maker, or its put, is known here.
  boolean isKnown(ObjectId id) {
    return id.isPut() ? puts.containsKey(id) : tasks.containsKey(id.taskId());
  }

  /// The task that makes an object, or null if it is not known.
  @Nullable TaskSpec producer(ObjectId id) {
    Produced task = id.isPut() ? null : tasks.get(id.taskId());
    return task == null ? null : task.spec;
  }

  /// How many tasks' lineage is kept.
  int size() {
    return tasks.size();
  }

  /// Forgets a job.
  ///
  /// @return the objects that it leaves behind
  List<ObjectId> forget(JobId jobId) {
    List<ObjectId> left = new ArrayList<>();
    Iterator<Produced> produced = tasks.values().iterator();
    while (produced.hasNext()) {
      Produced task = produced.next();
      if (!task.spec.jobId().equals(jobId)) {
        continue;
      }
      for (int i = 1; i <= task.spec.numReturns(); i++) {
        left.add(task.spec.returnId(i));
      }
      if (!task.ended) {
        for (ObjectId reference : task.spec.references()) {
          needs.merge(reference, -1, ObjectDirectory::sumOrNone);
        }
      }
      produced.remove();
    }
    Iterator<Map.Entry<ObjectId, JobId>> put = puts.entrySet().iterator();
    while (put.hasNext()) {
      Map.Entry<ObjectId, JobId> entry = put.next();
      if (entry.getValue().equals(jobId)) {
        left.add(entry.getKey());
        put.remove();
      }
    }
    return left;
  }
}

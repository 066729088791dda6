package org.rayakka.node.object;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.TaskKind;

/// Which tasks must stay known though nobody refers to what they returned: those that made an
/// argument of a task which may have to run, or to run again. `x = step(x)` in a loop leaves a
/// chain of them behind its last result.
///
/// A task is used while a task that has it as the maker of an argument is pending or remembered.
/// The number of those that are remembered for this alone is bounded; beyond it the oldest are
/// forgotten, and what only they could make again is lost with its last copy.
final class Lineage {
  private static final TaskId[] NONE = {};

  private final int maxKept;
  private final Consumer<TaskId> forgotten;

  /// How many tasks use what a task returned.
  private final Map<TaskId, Integer> uses = new HashMap<>();

  /// Of tasks that have ended: who made their arguments.
  private final Map<TaskId, TaskId[]> makers = new HashMap<>();

  /// Tasks that are remembered only because they are used, the oldest first, and their jobs.
  private final Map<TaskId, JobId> kept = new LinkedHashMap<>();

  /// @param maxKept how many tasks are remembered only because they are used
  /// @param forgotten told each of them that is remembered no more
  Lineage(int maxKept, Consumer<TaskId> forgotten) {
    this.maxKept = maxKept;
    this.forgotten = forgotten;
  }

  /// A task is to run, perhaps once more.
  void submitted(TaskSpec spec) {
    TaskId[] before = makers.isEmpty() ? null : makers.remove(spec.taskId());
    for (TaskId maker : makersOf(spec)) {
      uses.merge(maker, 1, Integer::sum);
    }
    if (before != null) {
      letGo(before);
    }
  }

  /// A task has ended, and is remembered.
  void ended(TaskSpec spec) {
    TaskId[] made = makersOf(spec);
    if (made.length == 0) {
      return;
    }
    if (spec.kind() == TaskKind.TASK) {
      makers.put(spec.taskId(), made);
    } else {
      // What an actor returned cannot be made again.
      letGo(made);
    }
  }

  /// A task that is pending is to be forgotten.
  void dropped(TaskSpec spec) {
    letGo(makersOf(spec));
  }

  /// Nobody refers to what a task returned any more.
  ///
  /// @return whether the task stays known nevertheless
  boolean isKept(TaskId task, JobId job) {
    if (uses.isEmpty() || maxKept == 0 || !uses.containsKey(task)) {
      forget(task);
      return false;
    }
    if (kept.size() == maxKept) {
      TaskId oldest = kept.keySet().iterator().next();
      kept.remove(oldest);
      forgotten.accept(oldest);
      forget(oldest);
    }
    kept.put(task, job);
    return true;
  }

  /// Whether a task is remembered only because it is used.
  boolean contains(TaskId task) {
    return !kept.isEmpty() && kept.containsKey(task);
  }

  /// The job of a task that is remembered only because it is used; nil of any other.
  JobId jobOf(TaskId task) {
    return kept.getOrDefault(task, JobId.NIL);
  }

  /// Takes a task that is to run again out of those that are remembered only for this.
  ///
  /// @return whether it was one of them
  boolean take(TaskId task) {
    return kept.remove(task) != null;
  }

  /// An ended task is remembered no more.
  void forget(TaskId task) {
    TaskId @Nullable [] made = makers.isEmpty() ? null : makers.remove(task);
    if (made != null) {
      letGo(made);
    }
  }

  /// A job has ended.
  void forget(JobId job) {
    List<TaskId> left = new ArrayList<>();
    Iterator<Map.Entry<TaskId, JobId>> entries = kept.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<TaskId, JobId> entry = entries.next();
      if (entry.getValue().equals(job)) {
        left.add(entry.getKey());
        entries.remove();
      }
    }
    left.forEach(this::forget);
  }

  /// Without recursion: a chain may be long.
  private void letGo(TaskId[] made) {
    if (made.length == 0) {
      // As of most tasks.
      return;
    }
    ArrayDeque<TaskId> unused = new ArrayDeque<>();
    use(made, unused);
    for (TaskId task = unused.poll(); task != null; task = unused.poll()) {
      if (kept.remove(task) != null) {
        forgotten.accept(task);
        TaskId[] next = makers.remove(task);
        if (next != null) {
          use(next, unused);
        }
      }
    }
  }

  private void use(TaskId[] made, ArrayDeque<TaskId> unused) {
    for (TaskId maker : made) {
      if (uses.computeIfPresent(maker, (_, count) -> count == 1 ? null : count - 1) == null) {
        unused.add(maker);
      }
    }
  }

  /// Twice if two arguments are of one task.
  private static TaskId[] makersOf(TaskSpec spec) {
    ObjectId[] references = spec.references();
    if (references.length == 0) {
      return NONE;
    }
    TaskId[] made = new TaskId[references.length];
    int count = 0;
    for (ObjectId reference : references) {
      if (!reference.isPut()) {
        made[count++] = reference.taskId();
      }
    }
    return count == made.length ? made : Arrays.copyOf(made, count);
  }
}

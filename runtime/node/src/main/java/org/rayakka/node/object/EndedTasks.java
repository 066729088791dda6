package org.rayakka.node.object;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;

/// Tasks that have ended and whose return values somebody may still refer to: millions of them,
/// where a driver is slow to collect its garbage. So they are no objects: an open-addressing table
/// in arrays of numbers, with linear probing and deletion by shifting back (Knuth, The Art of
/// Computer Programming, volume 3, section 6.4, algorithm R), which a collection of the heap's
/// young objects never touches. What they were is in the task table.
final class EndedTasks {
  private static final int INITIAL_SLOTS = 1 << 10;
  private static final int BITS = Long.SIZE;

  private long[] high = new long[INITIAL_SLOTS];
  private long[] low = new long[INITIAL_SLOTS];
  private long[] jobs = new long[INITIAL_SLOTS];

  /// Bit `index - 1` is set when the return value was released; only the first {@link #BITS} have
  /// one, the others are in {@link #releasedBeyond}.
  private long[] released = new long[INITIAL_SLOTS];

  /// How many return values are not released; 0 marks a free slot.
  private int[] held = new int[INITIAL_SLOTS];

  private int[] returns = new int[INITIAL_SLOTS];
  private final Map<TaskId, BitSet> releasedBeyond = new HashMap<>();
  private int size;

  int size() {
    return size;
  }

  boolean contains(TaskId task) {
    return find(task) >= 0;
  }

  /// Adds a task none of whose return values is released.
  void add(TaskId task, JobId job, int numReturns) {
    if (2 * (size + 1) > high.length) {
      grow();
    }
    int slot = slotOf(task.high(), task.low());
    while (held[slot] != 0) {
      slot = next(slot);
    }
    fill(slot, task.high(), task.low(), job.value(), 0, numReturns, numReturns);
    size++;
  }

  /// The job of a task; nil if the task is not known.
  JobId jobOf(TaskId task) {
    int slot = find(task);
    return slot < 0 ? JobId.NIL : new JobId(jobs[slot]);
  }

  boolean isReleased(ObjectId id) {
    int slot = find(id.taskId());
    return slot >= 0 && isReleased(slot, id);
  }

  private boolean isReleased(int slot, ObjectId id) {
    int bit = id.index() - 1;
    if (bit < BITS) {
      return (released[slot] & (1L << bit)) != 0;
    }
    BitSet beyond = releasedBeyond.get(id.taskId());
    return beyond != null && beyond.get(bit);
  }

  /// Marks a return value released; the task is forgotten with its last one.
  ///
  /// @return whether it was held until now
  boolean release(ObjectId id) {
    int slot = find(id.taskId());
    if (slot < 0 || id.index() < 1 || id.index() > returns[slot] || isReleased(slot, id)) {
      return false;
    }
    int bit = id.index() - 1;
    if (bit < BITS) {
      released[slot] |= 1L << bit;
    } else {
      releasedBeyond.computeIfAbsent(id.taskId(), none -> new BitSet()).set(bit);
    }
    if (held[slot] == 1) {
      if (returns[slot] > BITS) {
        releasedBeyond.remove(id.taskId());
      }
      remove(slot);
    } else {
      held[slot]--;
    }
    return true;
  }

  /// Forgets a task that is run again.
  ///
  /// @return which of its return values are released, by index; null if the task is not known
  @Nullable BitSet take(TaskId task) {
    int slot = find(task);
    if (slot < 0) {
      return null;
    }
    BitSet gone = new BitSet();
    for (int i = 1; i <= returns[slot]; i++) {
      gone.set(i, isReleased(slot, ObjectId.ofReturn(task, i)));
    }
    releasedBeyond.remove(task);
    remove(slot);
    return gone;
  }

  /// Forgets the tasks of a job.
  ///
  /// @param left told each of their return values
  void forget(JobId job, Consumer<ObjectId> left) {
    int slot = 0;
    while (slot < high.length) {
      if (held[slot] == 0 || jobs[slot] != job.value()) {
        slot++;
        continue;
      }
      TaskId task = new TaskId(high[slot], low[slot]);
      for (int i = 1; i <= returns[slot]; i++) {
        left.accept(ObjectId.ofReturn(task, i));
      }
      releasedBeyond.remove(task);
      // Another task may be shifted back into this slot: look at it again.
      remove(slot);
    }
  }

  private int find(TaskId task) {
    int slot = slotOf(task.high(), task.low());
    while (held[slot] != 0) {
      if (high[slot] == task.high() && low[slot] == task.low()) {
        return slot;
      }
      slot = next(slot);
    }
    return -1;
  }

  /// The ids are hashes already.
  private int slotOf(long taskHigh, long taskLow) {
    return (int) (taskHigh ^ taskLow) & (high.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (high.length - 1);
  }

  private void fill(
      int slot, long taskHigh, long taskLow, long job, long releasedBits, int heldNow, int all) {
    high[slot] = taskHigh;
    low[slot] = taskLow;
    jobs[slot] = job;
    released[slot] = releasedBits;
    held[slot] = heldNow;
    returns[slot] = all;
  }

  private void remove(int removed) {
    size--;
    int hole = removed;
    int slot = next(hole);
    while (held[slot] != 0) {
      int home = slotOf(high[slot], low[slot]);
      // It may move if its home is not between the hole and it.
      boolean between = hole <= slot ? hole < home && home <= slot : hole < home || home <= slot;
      if (!between) {
        fill(hole, high[slot], low[slot], jobs[slot], released[slot], held[slot], returns[slot]);
        hole = slot;
      }
      slot = next(slot);
    }
    held[hole] = 0;
  }

  private void grow() {
    if (high.length > Integer.MAX_VALUE / 4) {
      throw new IllegalStateException(size + " ended tasks are referred to (expected: fewer)");
    }
    long[] oldHigh = high;
    long[] oldLow = low;
    long[] oldJobs = jobs;
    long[] oldReleased = released;
    int[] oldHeld = held;
    int[] oldReturns = returns;
    int slots = 2 * high.length;
    high = new long[slots];
    low = new long[slots];
    jobs = new long[slots];
    released = new long[slots];
    held = new int[slots];
    returns = new int[slots];
    for (int i = 0; i < oldHigh.length; i++) {
      if (oldHeld[i] != 0) {
        int slot = slotOf(oldHigh[i], oldLow[i]);
        while (held[slot] != 0) {
          slot = next(slot);
        }
        fill(slot, oldHigh[i], oldLow[i], oldJobs[i], oldReleased[i], oldHeld[i], oldReturns[i]);
      }
    }
  }
}

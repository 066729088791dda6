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
/// in an array of numbers, with linear probing and deletion by shifting back (Knuth, The Art of
/// Computer Programming, volume 3, section 6.4, algorithm R), which a collection of the heap's
/// young objects never touches. What is known of a task lies side by side, since a look at one is a
/// miss of the processor's caches. What they were is in the task table.
final class EndedTasks {
  private static final int INITIAL_SLOTS = 1 << 10;
  private static final int MAX_SLOTS = 1 << 28;
  private static final int BITS = Long.SIZE;

  // The words of a slot.
  private static final int HIGH = 0;
  private static final int LOW = 1;
  private static final int JOB = 2;

  /// Bit `index - 1` is set when the return value was released; only the first {@link #BITS} have
  /// one, the others are in {@link #releasedBeyond}.
  private static final int RELEASED = 3;

  /// Above, how many return values there are; below, how many are not released. 0 marks a free
  /// slot.
  private static final int COUNTS = 4;

  private static final int WORDS = 5;

  private long[] words = new long[INITIAL_SLOTS * WORDS];
  private int slots = INITIAL_SLOTS;
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
    if (2 * (size + 1) > slots) {
      grow();
    }
    int at = free(task.high(), task.low());
    words[at + HIGH] = task.high();
    words[at + LOW] = task.low();
    words[at + JOB] = job.value();
    words[at + RELEASED] = 0;
    words[at + COUNTS] = ((long) numReturns << Integer.SIZE) | numReturns;
    size++;
  }

  /// The job of a task; nil if the task is not known.
  JobId jobOf(TaskId task) {
    int at = find(task);
    return at < 0 ? JobId.NIL : new JobId(words[at + JOB]);
  }

  boolean isReleased(ObjectId id) {
    int at = find(id.taskId());
    return at >= 0 && isReleased(at, id);
  }

  private boolean isReleased(int at, ObjectId id) {
    int bit = id.index() - 1;
    if (bit < BITS) {
      return (words[at + RELEASED] & (1L << bit)) != 0;
    }
    BitSet beyond = releasedBeyond.get(id.taskId());
    return beyond != null && beyond.get(bit);
  }

  /// Marks a return value released; the task is forgotten with its last one.
  ///
  /// @return whether it was held until now
  boolean release(ObjectId id) {
    int at = find(id.taskId());
    if (at < 0 || id.index() < 1 || id.index() > returns(at) || isReleased(at, id)) {
      return false;
    }
    int bit = id.index() - 1;
    if (bit < BITS) {
      words[at + RELEASED] |= 1L << bit;
    } else {
      releasedBeyond.computeIfAbsent(id.taskId(), none -> new BitSet()).set(bit);
    }
    if (held(at) == 1) {
      if (returns(at) > BITS) {
        releasedBeyond.remove(id.taskId());
      }
      remove(at);
    } else {
      words[at + COUNTS]--;
    }
    return true;
  }

  /// Forgets a task that is run again.
  ///
  /// @return which of its return values are released, by index; null if the task is not known
  @Nullable BitSet take(TaskId task) {
    int at = find(task);
    if (at < 0) {
      return null;
    }
    BitSet gone = new BitSet();
    for (int i = 1; i <= returns(at); i++) {
      gone.set(i, isReleased(at, ObjectId.ofReturn(task, i)));
    }
    releasedBeyond.remove(task);
    remove(at);
    return gone;
  }

  /// Forgets the tasks of a job.
  ///
  /// @param left told each of their return values
  void forget(JobId job, Consumer<ObjectId> left) {
    int at = 0;
    while (at < words.length) {
      if (isFree(at) || words[at + JOB] != job.value()) {
        at += WORDS;
        continue;
      }
      TaskId task = new TaskId(words[at + HIGH], words[at + LOW]);
      for (int i = 1; i <= returns(at); i++) {
        left.accept(ObjectId.ofReturn(task, i));
      }
      releasedBeyond.remove(task);
      // Another task may be shifted back into this slot: look at it again.
      remove(at);
    }
  }

  private int returns(int at) {
    return (int) (words[at + COUNTS] >>> Integer.SIZE);
  }

  private int held(int at) {
    return (int) words[at + COUNTS];
  }

  private boolean isFree(int at) {
    return words[at + COUNTS] == 0;
  }

  private int find(TaskId task) {
    int at = home(task.high(), task.low());
    while (!isFree(at)) {
      if (words[at + HIGH] == task.high() && words[at + LOW] == task.low()) {
        return at;
      }
      at = next(at);
    }
    return -1;
  }

  /// Where a task that is not here yet goes.
  private int free(long taskHigh, long taskLow) {
    int at = home(taskHigh, taskLow);
    while (!isFree(at)) {
      at = next(at);
    }
    return at;
  }

  /// The ids are hashes already.
  private int home(long taskHigh, long taskLow) {
    return ((int) (taskHigh ^ taskLow) & (slots - 1)) * WORDS;
  }

  private int next(int at) {
    int next = at + WORDS;
    return next == words.length ? 0 : next;
  }

  private void remove(int removed) {
    size--;
    int hole = removed;
    int at = next(hole);
    while (!isFree(at)) {
      int home = home(words[at + HIGH], words[at + LOW]);
      // It may move if its home is not between the hole and it.
      boolean between = hole <= at ? hole < home && home <= at : hole < home || home <= at;
      if (!between) {
        System.arraycopy(words, at, words, hole, WORDS);
        hole = at;
      }
      at = next(at);
    }
    words[hole + COUNTS] = 0;
  }

  private void grow() {
    if (slots == MAX_SLOTS) {
      throw new IllegalStateException(size + " ended tasks are referred to (expected: fewer)");
    }
    long[] old = words;
    slots *= 2;
    words = new long[slots * WORDS];
    for (int from = 0; from < old.length; from += WORDS) {
      if (old[from + COUNTS] != 0) {
        System.arraycopy(old, from, words, free(old[from + HIGH], old[from + LOW]), WORDS);
      }
    }
  }
}

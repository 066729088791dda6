package org.rayakka.node.scheduling.local;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;

/// Tasks that could run if there were room, by scheduling class. Within a class first in, first
/// out; among classes the higher priority first, then the one whose first task came first. A class
/// that does not fit is skipped, not waited for; it comes first again as soon as something is given
/// back, so it does not starve.
final class ReadyQueue {
  private static final Comparator<ArrayDeque<QueuedTask>> ORDER =
      Comparator.<ArrayDeque<QueuedTask>>comparingInt(
              queue -> -queue.getFirst().schedulingClass.priority())
          .thenComparingLong(queue -> queue.getFirst().sequence);

  private final Map<SchedulingClass, ArrayDeque<QueuedTask>> queues = new HashMap<>();
  private int size;

  void add(QueuedTask task) {
    queues.computeIfAbsent(task.schedulingClass, none -> new ArrayDeque<>()).addLast(task);
    size++;
  }

  /// Puts back a task that was taken out before its time.
  void addFirst(QueuedTask task) {
    queues.computeIfAbsent(task.schedulingClass, none -> new ArrayDeque<>()).addFirst(task);
    size++;
  }

  @Nullable QueuedTask peek(SchedulingClass schedulingClass) {
    ArrayDeque<QueuedTask> queue = queues.get(schedulingClass);
    return queue == null ? null : queue.peekFirst();
  }

  @Nullable QueuedTask poll(SchedulingClass schedulingClass) {
    ArrayDeque<QueuedTask> queue = queues.get(schedulingClass);
    if (queue == null) {
      return null;
    }
    QueuedTask task = queue.pollFirst();
    if (task != null) {
      size--;
    }
    if (queue.isEmpty()) {
      queues.remove(schedulingClass);
    }
    return task;
  }

  /// Takes out the task of a class that would run last, unless it is a guest.
  @Nullable QueuedTask pollLastOwn(SchedulingClass schedulingClass) {
    ArrayDeque<QueuedTask> queue = queues.get(schedulingClass);
    if (queue == null || queue.getLast().isGuest) {
      return null;
    }
    QueuedTask task = queue.removeLast();
    size--;
    if (queue.isEmpty()) {
      queues.remove(schedulingClass);
    }
    return task;
  }

  boolean remove(QueuedTask task) {
    ArrayDeque<QueuedTask> queue = queues.get(task.schedulingClass);
    if (queue == null || !queue.remove(task)) {
      return false;
    }
    size--;
    if (queue.isEmpty()) {
      queues.remove(task.schedulingClass);
    }
    return true;
  }

  /// The classes that have tasks, in the order in which they shall be tried.
  List<SchedulingClass> classes() {
    if (queues.size() == 1) {
      return List.copyOf(queues.keySet());
    }
    List<ArrayDeque<QueuedTask>> ordered = new ArrayList<>(queues.values());
    ordered.sort(ORDER);
    List<SchedulingClass> classes = new ArrayList<>(ordered.size());
    for (ArrayDeque<QueuedTask> queue : ordered) {
      classes.add(queue.getFirst().schedulingClass);
    }
    return classes;
  }

  /// How many tasks of a class there are.
  int count(SchedulingClass schedulingClass) {
    ArrayDeque<QueuedTask> queue = queues.get(schedulingClass);
    return queue == null ? 0 : queue.size();
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /// Takes out all tasks of a job.
  List<QueuedTask> removeAll(JobId jobId) {
    List<QueuedTask> removed = new ArrayList<>();
    Iterator<Map.Entry<SchedulingClass, ArrayDeque<QueuedTask>>> entries =
        queues.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<SchedulingClass, ArrayDeque<QueuedTask>> entry = entries.next();
      if (entry.getKey().jobId().equals(jobId)) {
        removed.addAll(entry.getValue());
        size -= entry.getValue().size();
        entries.remove();
      }
    }
    return removed;
  }
}

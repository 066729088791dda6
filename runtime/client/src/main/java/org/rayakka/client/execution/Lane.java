package org.rayakka.client.execution;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.TaskId;
import org.rayakka.client.submission.TaskContext;

/// A sequence of tasks that run one after the other: plain tasks, or an actor's creation and calls.
/// An actor with a concurrency above one has as many of its calls running at once, started in
/// order.
///
/// Fed by the reading thread, emptied by the threads that run it; all under its lock.
final class Lane implements TaskContext.BlockingListener {
  private final int id;
  private final LaneEvents events;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<QueuedTask> queue = new ArrayDeque<>();
  private final List<QueuedTask> running = new ArrayList<>(1);
  private int runners;
  private int concurrency = 1;
  private int blocked;
  private boolean saidBlocked;
  private boolean isActor;
  private volatile @Nullable ActorInstance actor;
  private volatile boolean actorExited;

  Lane(int id, LaneEvents events) {
    this.id = id;
    this.events = events;
  }

  /// What a lane tells the node about itself.
  interface LaneEvents {
    /// One of the lane's tasks blocks.
    ///
    /// @param returned what was queued behind it, and goes back
    /// @param tell whether this is the last one that was running, so that the node must know
    void laneBlocked(Lane lane, List<TaskId> returned, boolean tell);

    /// The lane goes on.
    void laneUnblocked(Lane lane);
  }

  /// What became of a task that was added.
  enum Added {
    /// A thread that runs the lane will come to it.
    QUEUED,
    /// A thread must be found that runs the lane.
    NEEDS_RUNNER,
    /// The lane's task blocks, so nothing will run behind it: the task goes back to the node.
    REFUSED
  }

  int id() {
    return id;
  }

  /// The instance, in an actor's lane, once its creation is through.
  @Nullable ActorInstance actor() {
    return actor;
  }

  /// Makes it an actor's.
  void setActor(ActorInstance instance, int maxConcurrency) {
    lock.lock();
    try {
      actor = instance;
      concurrency = maxConcurrency;
    } finally {
      lock.unlock();
    }
  }

  /// Says that the actor ends itself: what is called behind this does not run.
  void actorExits() {
    actorExited = true;
  }

  /// Whether the actor has ended itself.
  boolean actorExited() {
    return actorExited;
  }

  /// Says that it is an actor's, before the actor exists.
  void reserveForActor() {
    lock.lock();
    try {
      isActor = true;
    } finally {
      lock.unlock();
    }
  }

  /// Adds a task behind the others.
  Added add(QueuedTask task) {
    lock.lock();
    try {
      if (!isActor && blocked > 0) {
        return Added.REFUSED;
      }
      queue.addLast(task);
      if (runners < concurrency) {
        runners++;
        return Added.NEEDS_RUNNER;
      }
      return Added.QUEUED;
    } finally {
      lock.unlock();
    }
  }

  /// Whether one more thread should run it, as after a creation that allows several calls at once.
  /// The answer counts that thread.
  boolean wantsAnotherRunner() {
    lock.lock();
    try {
      if (runners < concurrency && runners - running.size() < queue.size()) {
        runners++;
        return true;
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Takes the next task for the calling thread, which no longer runs the lane if there is none.
  @Nullable QueuedTask next() {
    lock.lock();
    try {
      QueuedTask task = queue.pollFirst();
      if (task == null) {
        runners--;
        return null;
      }
      task.setRunner(Thread.currentThread());
      running.add(task);
      return task;
    } finally {
      lock.unlock();
    }
  }

  /// Whether nothing is queued.
  boolean isDry() {
    lock.lock();
    try {
      return queue.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /// Notes the end of a task that {@link #next} gave; after this it is not interrupted.
  void ended(QueuedTask task) {
    lock.lock();
    try {
      task.setRunner(null);
      running.remove(task);
    } finally {
      lock.unlock();
    }
  }

  /// Takes unstarted tasks back from the tail.
  List<TaskId> recall(int count) {
    List<TaskId> returned = new ArrayList<>(Math.min(count, 16));
    lock.lock();
    try {
      while (returned.size() < count) {
        QueuedTask task = queue.pollLast();
        if (task == null) {
          break;
        }
        returned.add(task.id());
      }
    } finally {
      lock.unlock();
    }
    return returned;
  }

  /// Cancels a task: interrupts it if it runs.
  ///
  /// @param timeoutMs the task's own timeout if that is over, else -1
  /// @return the task, if it was queued: it will not run
  @Nullable QueuedTask cancel(TaskId taskId, int timeoutMs) {
    lock.lock();
    try {
      for (Iterator<QueuedTask> tasks = queue.iterator(); tasks.hasNext(); ) {
        QueuedTask task = tasks.next();
        if (task.id().equals(taskId)) {
          tasks.remove();
          task.cancel(timeoutMs);
          return task;
        }
      }
      for (QueuedTask task : running) {
        Thread runner = task.runner();
        if (task.id().equals(taskId) && runner != null) {
          task.cancel(timeoutMs);
          runner.interrupt();
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void blocked() {
    List<TaskId> returned = List.of();
    boolean tell;
    lock.lock();
    try {
      blocked++;
      tell = blocked >= running.size() && !saidBlocked;
      saidBlocked |= tell;
      if (!isActor && !queue.isEmpty()) {
        returned = new ArrayList<>(queue.size());
        for (QueuedTask task : queue) {
          returned.add(task.id());
        }
        queue.clear();
      }
    } finally {
      lock.unlock();
    }
    // Also when others of the lane still run: this thread waits, so what it has sent must go, and
    // somebody else must read.
    events.laneBlocked(this, returned, tell);
  }

  @Override
  public void unblocked() {
    boolean tell;
    lock.lock();
    try {
      blocked--;
      tell = saidBlocked;
      saidBlocked = false;
    } finally {
      lock.unlock();
    }
    if (tell) {
      events.laneUnblocked(this);
    }
  }
}

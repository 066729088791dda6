package org.rayakka.node.scheduling.local;

import akka.actor.typed.ActorRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.scheduling.local.LocalScheduler.Cancellation;
import org.rayakka.node.worker.WorkerPool;
import org.rayakka.node.worker.WorkerProcess;
import org.rayakka.protocol.ErrorObject;

/// Ends tasks before their time: those that a user cancels, with what they have submitted, and
/// those whose timeout is over. One that runs is asked to stop by an interrupt; its worker is ended
/// if it does not heed it. Belongs to the local scheduler.
final class Cancellations {
  /// How long a task whose time is over may take to heed its interrupt.
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final Map<TaskId, QueuedTask> tasks;
  private final ReadyQueue ready;
  private final HeldTasks held;
  private final AwayTasks away;
  private final ActorRef<WorkerPool.Command> workerPool;
  private final BiConsumer<QueuedTask, ErrorObject.Kind> unstarted;

  private final Deadlines<QueuedTask> deadlines = new Deadlines<>();
  private final Set<WorkerProcess> killed = new HashSet<>();
  private final List<ActorRef<Cancellation>> subscribers = new ArrayList<>();

  /// @param tasks all of the scheduler's
  /// @param ready those of them that wait for a worker
  /// @param held those that wait for arguments
  /// @param away those that other nodes run
  /// @param workerPool ends workers
  /// @param unstarted told what is to end and has not started, and why
  Cancellations(
      Map<TaskId, QueuedTask> tasks,
      ReadyQueue ready,
      HeldTasks held,
      AwayTasks away,
      ActorRef<WorkerPool.Command> workerPool,
      BiConsumer<QueuedTask, ErrorObject.Kind> unstarted) {
    this.tasks = tasks;
    this.ready = ready;
    this.held = held;
    this.away = away;
    this.workerPool = workerPool;
    this.unstarted = unstarted;
  }

  void subscribe(ActorRef<Cancellation> subscriber) {
    subscribers.add(subscriber);
  }

  private void tellOf(Cancellation cancellation) {
    subscribers.forEach(subscriber -> subscriber.tell(cancellation));
  }

  /// A task is the scheduler's from now on.
  void submitted(QueuedTask task) {
    if (task.spec.timeoutMs() > 0) {
      await(task, Duration.ofMillis(task.spec.timeoutMs()));
    }
  }

  /// A task is not the scheduler's any more.
  void forget(QueuedTask task) {
    if (task.deadline != Deadlines.NEVER) {
      deadlines.remove(task.deadline);
    }
  }

  /// A user wants something stopped.
  ///
  /// @param taskId what: a task, or a call of an actor, which is for others to stop
  /// @param force whether its process may be ended for it
  /// @param recursive whether what it has submitted is to be stopped too
  void cancel(TaskId taskId, boolean force, boolean recursive) {
    QueuedTask task = tasks.get(taskId);
    if (task == null) {
      tellOf(new Cancellation.NotATask(taskId, recursive));
      return;
    }
    boolean hasStarted = end(task, ErrorObject.Kind.CANCELLED, force);
    if (hasStarted && recursive) {
      cancelChildren(Set.of(taskId));
    }
  }

  /// What these have submitted is to be stopped, and what that has submitted.
  void cancelChildren(Set<TaskId> parents) {
    Set<TaskId> started = new HashSet<>(parents);
    Set<TaskId> generation = parents;
    while (!generation.isEmpty()) {
      Set<TaskId> next = new HashSet<>();
      for (QueuedTask task : List.copyOf(tasks.values())) {
        if (!task.isCancelled()
            && generation.contains(task.spec.parentTaskId())
            && end(task, ErrorObject.Kind.CANCELLED, false)) {
          next.add(task.spec.taskId());
        }
      }
      started.addAll(next);
      generation = next;
    }
    tellOf(new Cancellation.OfChildren(Set.copyOf(started)));
  }

  /// Ends a task before its time.
  ///
  /// @return whether it may have started, and so have submitted others
  private boolean end(QueuedTask task, ErrorObject.Kind as, boolean force) {
    TaskLane lane = task.lane;
    if (task.awayAt != null) {
      // Its deadline is kept where it runs, and so is what it has submitted.
      if (as != ErrorObject.Kind.TIMED_OUT) {
        task.cancelledAs = as;
        away.cancel(task, force, true);
      }
      return false;
    }
    task.cancelledAs = as;
    if (lane == null) {
      ready.remove(task);
      held.remove(task);
      unstarted.accept(task, as);
      return false;
    }
    if (force && lane.queue.peekFirst() == task) {
      kill(lane);
      return true;
    }
    TaskId taskId = task.spec.taskId();
    if (as == ErrorObject.Kind.TIMED_OUT) {
      lane.lane.timeOut(taskId, task.spec.timeoutMs());
    } else {
      lane.lane.cancel(taskId);
    }
    if (force || as == ErrorObject.Kind.TIMED_OUT) {
      await(task, GRACE);
    }
    return true;
  }

  private void kill(TaskLane lane) {
    WorkerProcess process = lane.lane.worker();
    if (killed.add(process)) {
      workerPool.tell(new WorkerPool.KillWorker(process));
    }
  }

  /// A worker is gone.
  ///
  /// @return whether it was ended for one of its tasks; told once
  boolean wasKilled(WorkerProcess process) {
    return killed.remove(process);
  }

  // Deadlines

  private void await(QueuedTask task, Duration duration) {
    forget(task);
    task.deadline = deadlines.add(System.nanoTime() + duration.toNanos(), task);
  }

  /// When {@link #lookAtDeadlines} is due, or {@link Deadlines#NEVER}.
  long firstDeadline() {
    return deadlines.first();
  }

  void lookAtDeadlines() {
    for (QueuedTask task : deadlines.pollDue(System.nanoTime())) {
      task.deadline = Deadlines.NEVER;
      TaskLane lane = task.lane;
      if (!task.isCancelled()) {
        if (end(task, ErrorObject.Kind.TIMED_OUT, false)) {
          cancelChildren(Set.of(task.spec.taskId()));
        }
      } else if (lane != null) {
        // It does not heed its interrupt.
        kill(lane);
      }
    }
  }
}

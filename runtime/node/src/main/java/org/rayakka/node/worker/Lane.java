package org.rayakka.node.worker;

import akka.actor.typed.ActorRef;
import org.rayakka.api.id.TaskId;
import org.rayakka.protocol.TaskSpec;

/// A sequence of tasks that a worker process runs one after the other. Lanes of one process run at
/// the same time. Belongs to the event loop's thread.
public final class Lane {
  private final int id;
  private final WorkerProcess worker;
  private final ActorRef<WorkerEvent> owner;

  Lane(int id, WorkerProcess worker, ActorRef<WorkerEvent> owner) {
    this.id = id;
    this.worker = worker;
    this.owner = owner;
  }

  /// Its number in its process.
  ///
  /// @return the number, from 0
  public int id() {
    return id;
  }

  /// The process it belongs to.
  ///
  /// @return the process
  public WorkerProcess worker() {
    return worker;
  }

  /// Who is told what becomes of its tasks.
  ///
  /// @return the actor
  public ActorRef<WorkerEvent> owner() {
    return owner;
  }

  /// Queues a task behind what the lane has.
  ///
  /// @param spec the task
  /// @param attempt 0 the first time
  /// @param gpuIds the GPUs it may use
  public void execute(TaskSpec spec, int attempt, int[] gpuIds) {
    worker.execute(this, spec, attempt, gpuIds);
  }

  /// Asks for tasks that are not started; {@link WorkerEvent.TasksReturned} answers.
  ///
  /// @param count how many at most
  public void recall(int count) {
    worker.channel().recall(id, count);
  }

  /// Cancels a task of this lane.
  ///
  /// @param taskId which
  public void cancel(TaskId taskId) {
    worker.channel().cancel(id, taskId, -1);
  }

  /// Cancels a task of this lane whose time is over.
  ///
  /// @param taskId which
  /// @param timeoutMs its timeout
  public void timeOut(TaskId taskId, int timeoutMs) {
    worker.channel().cancel(id, taskId, timeoutMs);
  }

  /// Drops the lane. Its number is not used again.
  public void close() {
    worker.close(this);
  }

  @Override
  public String toString() {
    return "lane " + id + " of " + worker;
  }
}

package org.rayakka.client.submission;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.TaskId;

/// On whose behalf code runs: a task, an actor's call, or the driver. It counts what the task
/// submits and puts, from which ids derive. Threads that user code starts inherit it.
public final class TaskContext {
  private static final InheritableThreadLocal<@Nullable TaskContext> CURRENT =
      new InheritableThreadLocal<>();
  private static final AtomicLongFieldUpdater<TaskContext> SUBMISSIONS =
      AtomicLongFieldUpdater.newUpdater(TaskContext.class, "submissions");
  private static final AtomicIntegerFieldUpdater<TaskContext> PUTS =
      AtomicIntegerFieldUpdater.newUpdater(TaskContext.class, "puts");

  private final JobId job;
  private final TaskId task;
  private final ActorId actor;
  private final String actorClass;
  private final long[] gpuIds;
  private final boolean actorRestarted;
  private final @Nullable BlockingListener listener;
  private final @Nullable Thread thread;
  private volatile long submissions;
  private volatile int puts;
  private volatile boolean exitRequested;
  private String label = ""; // written before user code runs

  /// A context.
  ///
  /// @param job the job
  /// @param task the task, or the one that stands for the driver
  /// @param actor whose call it is, or {@link ActorId#NIL}
  /// @param actorClass the name of the actor's class; may be empty
  /// @param gpuIds the GPUs that it holds
  /// @param actorRestarted whether the actor has died before
  /// @param listener told when the task blocks
  /// @param thread that runs the task; only its blocking is the task's
  public TaskContext(
      JobId job,
      TaskId task,
      ActorId actor,
      String actorClass,
      long[] gpuIds,
      boolean actorRestarted,
      @Nullable BlockingListener listener,
      @Nullable Thread thread) {
    this.job = job;
    this.task = task;
    this.actor = actor;
    this.actorClass = actorClass;
    this.gpuIds = gpuIds;
    this.actorRestarted = actorRestarted;
    this.listener = listener;
    this.thread = thread;
  }

  /// The context of a driver.
  static TaskContext ofDriver(JobId job, TaskId root) {
    return new TaskContext(job, root, ActorId.NIL, "", new long[0], false, null, null);
  }

  /// Told by a task's own thread when the task blocks and when it goes on.
  public interface BlockingListener {
    /// The task is about to wait for objects or for the node. It also flushes the connection.
    void blocked();

    /// The task goes on.
    void unblocked();
  }

  /// The context of the calling thread, or null outside of any task.
  public static @Nullable TaskContext current() {
    return CURRENT.get();
  }

  /// Makes this the context of the calling thread, or of no task if null.
  public static void enter(@Nullable TaskContext context) {
    if (context == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(context);
    }
  }

  /// Who is to be told when the calling thread blocks: null unless it is the task's own.
  @Nullable BlockingListener listener() {
    return thread == Thread.currentThread() ? listener : null;
  }

  public JobId job() {
    return job;
  }

  public TaskId task() {
    return task;
  }

  public ActorId actor() {
    return actor;
  }

  public String actorClass() {
    return actorClass;
  }

  long[] gpuIds() {
    return gpuIds;
  }

  boolean actorRestarted() {
    return actorRestarted;
  }

  /// Names what runs, for who reads what it prints.
  ///
  /// @param what the task's name or method, or the actor's class
  public void describe(String what) {
    label = what;
  }

  /// What runs, for who reads what it prints.
  public String label() {
    return label;
  }

  /// How many tasks it had submitted before, counting this one from now on.
  long nextSubmission() {
    return SUBMISSIONS.getAndIncrement(this);
  }

  /// The index of its next put, from 1.
  int nextPut() {
    return PUTS.incrementAndGet(this);
  }

  /// Notes that the actor asked to end.
  void requestExit() {
    exitRequested = true;
  }

  /// Whether the actor asked to end.
  public boolean exitRequested() {
    return exitRequested;
  }
}

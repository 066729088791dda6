package org.rayakka.node.loop;

import akka.actor.AbstractScheduler;
import akka.actor.Cancellable;
import akka.actor.Scheduler;
import akka.event.LoggingAdapter;
import com.typesafe.config.Config;
import java.io.Closeable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/// Akka's timers without a tick: its thread sleeps until the next one is due. Akka's own scheduler
/// wakes up a hundred times a second, which costs a hundredth of a core, and rounds times up to
/// that tick. It is faster where timers are many; a node has few.
///
/// Named by `akka.scheduler.implementation`.
public final class TicklessScheduler extends AbstractScheduler implements Closeable {
  private static final double MAX_FREQUENCY_HZ = 1_000;

  private final ScheduledThreadPoolExecutor timers;
  private final Set<Timer> runOnClose = ConcurrentHashMap.newKeySet();

  /// Called by Akka.
  ///
  /// @param config the system's
  /// @param log the system's
  /// @param threads makes its thread
  public TicklessScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {
    timers = new ScheduledThreadPoolExecutor(1, threads);
    timers.setRemoveOnCancelPolicy(true);
    timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @SuppressWarnings("deprecation") // Akka calls it, whatever it advises its users
  @Override
  public Cancellable schedule(
      FiniteDuration initialDelay,
      FiniteDuration interval,
      Runnable runnable,
      ExecutionContext executor) {
    Timer timer = new Timer(runnable, executor, true);
    return timer.started(() ->
        timers.scheduleAtFixedRate(
            timer, initialDelay.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS));
  }

  @Override
  public Cancellable scheduleOnce(
      FiniteDuration delay, Runnable runnable, ExecutionContext executor) {
    Timer timer = new Timer(runnable, executor, false);
    return timer.started(() -> timers.schedule(timer, delay.toNanos(), TimeUnit.NANOSECONDS));
  }

  @Override
  public double maxFrequency() {
    return MAX_FREQUENCY_HZ;
  }

  /// Drops what is not due, but runs what Akka wants to run at the end.
  @Override
  public void close() {
    timers.shutdownNow();
    runOnClose.forEach(Timer::run);
  }

  private final class Timer implements Runnable, Cancellable {
    private final Runnable task;
    private final ExecutionContext executor;
    private final boolean isPeriodic;

    /// Whether it was cancelled, or has run for the only time.
    private final AtomicBoolean isOver = new AtomicBoolean();

    private volatile boolean isCancelled;
    private volatile @Nullable Future<?> future;

    Timer(Runnable task, ExecutionContext executor, boolean isPeriodic) {
      this.task = task;
      this.executor = executor;
      this.isPeriodic = isPeriodic;
    }

    Timer started(Supplier<Future<?>> start) {
      if (task instanceof Scheduler.TaskRunOnClose) {
        runOnClose.add(this);
      }
      try {
        future = start.get();
      } catch (RejectedExecutionException e) {
        runOnClose.remove(this);
        throw new IllegalStateException("the scheduler is closed");
      }
      return this;
    }

    @Override
    public void run() {
      if (isPeriodic ? isOver.get() : !isOver.compareAndSet(false, true)) {
        return;
      }
      runOnClose.remove(this);
      try {
        executor.execute(task);
      } catch (RejectedExecutionException e) {
        // Its dispatcher has ended before it.
        cancel();
      }
    }

    @Override
    public boolean cancel() {
      if (!isOver.compareAndSet(false, true)) {
        return false;
      }
      isCancelled = true;
      runOnClose.remove(this);
      Future<?> scheduled = future;
      if (scheduled != null) {
        scheduled.cancel(false);
      }
      return true;
    }

    @Override
    public boolean isCancelled() {
      return isCancelled;
    }
  }
}

package org.rayakka.client.submission;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RaySystemException;
import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.SealedObject;

/// Completes the futures of objects, all from one thread, which waits for the objects together and
/// runs what is chained to the futures. A new future interrupts its waiting.
final class FutureCompleter implements AutoCloseable {
  /// Above so many futures, waiting for one object at a time would cost more than it saves: then
  /// some gather for up to {@link #GATHER_NANOS}.
  private static final int FEW = 64;

  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final ObjectStore store;
  private final Waiting waiting;
  private final Thread thread;
  private final Object lock = new Object();
  private List<Pending<?>> arrivals = new ArrayList<>(); // guarded by lock
  private boolean started; // guarded by lock
  private boolean waitingForObjects; // guarded by lock
  private volatile boolean closed;

  FutureCompleter(ObjectStore store, Waiting waiting, String name) {
    this.store = store;
    this.waiting = waiting;
    thread = Thread.ofPlatform().name("ray-futures-" + name).daemon().unstarted(this::run);
  }

  /// A future that tells the node when a task blocks on it, as a get does.
  private static final class ObjectFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    @Override
    public T get() throws InterruptedException, ExecutionException {
      try (Blocked _ = Blocked.unless(isDone())) {
        return super.get();
      }
    }

    @Override
    public T get(long timeout, TimeUnit unit)
        throws InterruptedException, ExecutionException, TimeoutException {
      try (Blocked _ = Blocked.unless(isDone())) {
        return super.get(timeout, unit);
      }
    }

    @Override
    public T join() {
      try (Blocked _ = Blocked.unless(isDone())) {
        return super.join();
      }
    }

    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
      return new ObjectFuture<>();
    }
  }

  /// The calling task's blocking, while it lasts.
  private record Blocked(TaskContext.@Nullable BlockingListener listener) implements AutoCloseable {
    static Blocked unless(boolean done) {
      TaskContext context = done ? null : TaskContext.current();
      TaskContext.BlockingListener listener = context == null ? null : context.listener();
      if (listener != null) {
        listener.blocked();
      }
      return new Blocked(listener);
    }

    @Override
    public void close() {
      if (listener != null) {
        listener.unblocked();
      }
    }
  }

  /// A future that is not complete. It holds the reference, which so counts.
  private record Pending<T extends @Nullable Object>(
      ObjectRef<T> ref, CompletableFuture<T> future) {}

  /// A future of an object.
  <T extends @Nullable Object> CompletableFuture<T> future(ObjectRef<T> ref) {
    CompletableFuture<T> future = new ObjectFuture<>();
    Pending<T> pending = new Pending<>(ref, future);
    SealedObject there = store.get(ref.getId());
    if (there != null) {
      complete(pending, there);
      return future;
    }
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("closed (expected: a call before Ray.shutdown())");
      }
      arrivals.add(pending);
      if (!started) {
        started = true;
        thread.start();
      } else if (waitingForObjects) {
        thread.interrupt();
      } else {
        lock.notifyAll();
      }
    }
    return future;
  }

  private void run() {
    List<Pending<?>> pending = new ArrayList<>();
    try (Waiting.Patience patience = waiting.new Patience(null, List.of())) {
      while (!closed) {
        takeArrivals(pending);
        awaitSome(pending, patience);
        pending.removeIf(this::completeIfThere);
      }
      fail(pending, left());
    } catch (InterruptedException e) {
      // close() ends the thread this way.
      fail(pending, left());
    } catch (RayException e) {
      fail(pending, e);
    }
  }

  private void takeArrivals(List<Pending<?>> pending) throws InterruptedException {
    synchronized (lock) {
      while (pending.isEmpty() && arrivals.isEmpty()) {
        lock.wait();
      }
      pending.addAll(arrivals);
      arrivals.clear();
      waitingForObjects = true;
    }
  }

  private static RayException left() {
    return new RaySystemException("this process has left its node before the object was there");
  }

  private void awaitSome(List<Pending<?>> pending, Waiting.Patience patience)
      throws InterruptedException {
    List<ObjectId> ids = new ArrayList<>(pending.size());
    for (Pending<?> each : pending) {
      ids.add(each.ref.getId());
    }
    boolean few = ids.size() <= FEW;
    int count = few ? 1 : ids.size() / FEW;
    try {
      do {
        long deadline = few ? Long.MAX_VALUE : System.nanoTime() + GATHER_NANOS;
        if (patience.await(ids, count, deadline) > 0 || !few) {
          break;
        }
      } while (!closed);
    } catch (InterruptedException e) {
      if (closed) {
        throw e;
      }
      // A future has arrived.
    } finally {
      synchronized (lock) {
        waitingForObjects = false;
        // An interrupt that came too late to end the wait means nothing any more.
        if (!closed) {
          Thread.interrupted();
        }
      }
    }
  }

  private boolean completeIfThere(Pending<?> pending) {
    if (pending.future.isDone()) {
      return true; // cancelled, or completed by its holder
    }
    SealedObject object = store.get(pending.ref.getId());
    if (object == null) {
      return false;
    }
    complete(pending, object);
    return true;
  }

  @SuppressWarnings("unchecked") // the reference says what type its object has
  private <T extends @Nullable Object> void complete(Pending<T> pending, SealedObject object) {
    try {
      pending.future.complete((T) waiting.open(pending.ref.getId(), object));
    } catch (RuntimeException | Error e) {
      pending.future.completeExceptionally(e);
    }
  }

  private void fail(List<Pending<?>> pending, RuntimeException reason) {
    synchronized (lock) {
      closed = true;
      pending.addAll(arrivals);
      arrivals = new ArrayList<>();
    }
    for (Pending<?> each : pending) {
      each.future.completeExceptionally(reason);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      if (started) {
        thread.interrupt();
      }
    }
  }
}

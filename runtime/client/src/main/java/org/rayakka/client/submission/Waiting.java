package org.rayakka.client.submission;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.WaitResult;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RaySystemException;
import org.rayakka.api.exception.RayTimeoutException;
import org.rayakka.api.id.ObjectId;
import org.rayakka.client.value.ValueCodec;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.SealedObject;
import org.rayakka.protocol.StandardTags;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.NeedObjectsEncoder;
import org.rayakka.protocol.sbe.RequestKind;

/// Get and wait: looks into the store, and where an object is not there, waits for the store to say
/// that it is. What does not appear soon is asked of the node, which fetches it, rebuilds it, or
/// seals an error in its place; so a get ends, whatever became of the task.
final class Waiting {
  /// What is missing for so long may be on disk, elsewhere, or lost: the node is asked.
  private static final long FIRST_NEED_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /// The same for many objects, which take longer to be made and to be asked for.
  private static final long FIRST_NEED_OF_MANY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int MANY = 100;

  private static final long NEXT_NEED_NANOS = TimeUnit.SECONDS.toNanos(2);

  /// How often a waiting thread looks whether the node is still there and whether one of several
  /// objects is an error.
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final int NEED_BATCH = 10_000;

  private static final long FIND_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final ObjectStore store;
  private final NodeConnection connection;
  private final ValueCodec codec;
  private final ErrorOpener errors;

  Waiting(ObjectStore store, NodeConnection connection, ValueCodec codec) {
    this.store = store;
    this.connection = connection;
    this.codec = codec;
    errors = new ErrorOpener(codec);
  }

  /// Gets one object.
  ///
  /// @param timeoutMs how long to wait; negative without limit
  /// @throws RayException if it is an error, time is up, or the node is gone
  @Nullable Object get(TaskContext context, ObjectId id, long timeoutMs) {
    SealedObject object = store.get(id);
    if (object == null) {
      object = awaitOne(context, id, timeoutMs);
    }
    return open(id, object);
  }

  private SealedObject awaitOne(TaskContext context, ObjectId id, long timeoutMs) {
    long deadline = deadline(timeoutMs);
    List<ObjectId> ids = List.of(id);
    try (Patience patience = new Patience(context, ids)) {
      while (true) {
        patience.await(ids, 1, deadline);
        SealedObject object = store.get(id);
        if (object != null) {
          return object;
        }
        if (isPast(deadline)) {
          throw new RayTimeoutException(
              id + " is not there after " + timeoutMs + " ms (expected: a longer timeout)");
        }
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /// Gets objects, in order, until all are there or one of them is an error.
  ///
  /// @param timeoutMs how long to wait for all; negative without limit
  /// @throws RayException if one is an error, time is up, or the node is gone
  @Nullable Object[] get(TaskContext context, List<ObjectId> ids, long timeoutMs) {
    @Nullable Object[] values = new Object[ids.size()];
    List<ObjectId> missing = List.of();
    int[] places = {};
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      ObjectId id = ids.get(i);
      SealedObject object = store.get(id);
      if (object != null) {
        values[i] = open(id, object);
      } else {
        if (count == 0) {
          missing = new ArrayList<>(values.length - i);
          places = new int[values.length - i];
        }
        missing.add(id);
        places[count++] = i;
      }
    }
    if (count > 0) {
      awaitAll(context, missing, places, values, timeoutMs);
    }
    return values;
  }

  private void awaitAll(
      TaskContext context,
      List<ObjectId> missing,
      int[] places,
      @Nullable Object[] values,
      long timeoutMs) {
    long deadline = deadline(timeoutMs);
    try (Patience patience = new Patience(context, missing)) {
      while (true) {
        patience.await(missing, missing.size(), deadline);
        int left = 0;
        for (int i = 0; i < missing.size(); i++) {
          ObjectId id = missing.get(i);
          SealedObject object = store.get(id);
          if (object != null) {
            values[places[i]] = open(id, object);
          } else {
            missing.set(left, id);
            places[left++] = places[i];
          }
        }
        if (left == 0) {
          return;
        }
        missing.subList(left, missing.size()).clear();
        if (isPast(deadline)) {
          throw new RayTimeoutException(
              left
                  + " of "
                  + values.length
                  + " objects are not there after "
                  + timeoutMs
                  + " ms, such as "
                  + missing.getFirst()
                  + " (expected: a longer timeout)");
        }
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /// Waits until some objects exist.
  ///
  /// @param refs without repetitions
  /// @param numReturns how many to wait for, from 0 to as many as there are
  /// @param timeoutMs how long; negative without limit
  /// @param fetchLocal whether they are to be brought here; otherwise one that exists elsewhere, or
  ///   on disk, is left there and counts
  <T extends @Nullable Object> WaitResult<T> wait(
      TaskContext context,
      List<ObjectRef<T>> refs,
      int numReturns,
      long timeoutMs,
      boolean fetchLocal) {
    List<ObjectId> ids = new ArrayList<>(refs.size());
    for (ObjectRef<T> ref : refs) {
      ids.add(ref.getId());
    }
    long deadline = deadline(timeoutMs);
    boolean[] ready = new boolean[ids.size()];
    Set<ObjectId> elsewhere = fetchLocal ? Set.of() : new HashSet<>();
    int count = mark(ids, elsewhere, ready, 0, numReturns);
    if (count < numReturns) {
      try (Patience patience = new Patience(context, ids)) {
        if (!fetchLocal) {
          elsewhere.addAll(existing(ids));
          count = mark(ids, elsewhere, ready, count, numReturns);
        }
        while (count < numReturns && !isPast(deadline)) {
          // Not those that were seen: they may have gone to disk, and need not all fit at once.
          List<ObjectId> missing = unmarked(ids, ready);
          if (fetchLocal) {
            patience.await(missing, numReturns - count, deadline);
          } else {
            long slice = earlier(System.nanoTime() + SLICE_NANOS, deadline);
            store.await(missing, numReturns - count, slice);
            elsewhere.addAll(existing(missing));
          }
          count = mark(ids, elsewhere, ready, count, numReturns);
        }
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
    List<ObjectRef<T>> done = new ArrayList<>(count);
    List<ObjectRef<T>> rest = new ArrayList<>(ids.size() - count);
    for (int i = 0; i < ready.length; i++) {
      (ready[i] ? done : rest).add(refs.get(i));
    }
    return new WaitResult<>(done, rest);
  }

  /// Marks those that are there, beside those that were, up to a number of them.
  private int mark(
      List<ObjectId> ids, Set<ObjectId> elsewhere, boolean[] ready, int marked, int limit) {
    int count = marked;
    for (int i = 0; i < ready.length && count < limit; i++) {
      if (!ready[i] && (store.contains(ids.get(i)) || elsewhere.contains(ids.get(i)))) {
        ready[i] = true;
        count++;
      }
    }
    return count;
  }

  private static List<ObjectId> unmarked(List<ObjectId> ids, boolean[] ready) {
    List<ObjectId> unmarked = new ArrayList<>();
    for (int i = 0; i < ready.length; i++) {
      if (!ready[i]) {
        unmarked.add(ids.get(i));
      }
    }
    return unmarked;
  }

  /// Those of some objects that exist, here or elsewhere; asks the node.
  List<ObjectId> existing(List<ObjectId> ids) throws InterruptedException {
    byte[] exist =
        NodeConnection.await(
            connection.request(RequestKind.FIND_OBJECTS, new Payload().putIds(ids).bytes()),
            FIND_TIMEOUT_NANOS);
    List<ObjectId> found = new ArrayList<>();
    for (int i = 0; i < exist.length; i++) {
      if (exist[i] != 0) {
        found.add(ids.get(i));
      }
    }
    return found;
  }

  /// Whether an object can be read without waiting.
  boolean isHere(ObjectId id) {
    return store.contains(id);
  }

  /// What an object holds: a value, or an exception to throw.
  @Nullable Object open(ObjectId id, SealedObject object) {
    if (!StandardTags.isError(object.typeTag())) {
      return codec.decode(object);
    }
    RayException failure;
    try (object) {
      failure = errors.open(id, object.view().asByteBuffer());
    }
    throw failure;
  }

  ErrorOpener errors() {
    return errors;
  }

  /// The state of one thread's waiting: from the first time something was missing to the end. While
  /// it lasts, the thread's task counts as blocked.
  final class Patience implements AutoCloseable {
    private final TaskContext.@Nullable BlockingListener listener;
    private long needAt;

    Patience(@Nullable TaskContext context, List<ObjectId> ids) {
      needAt = System.nanoTime() + firstNeedNanos(ids);
      listener = context == null ? null : context.listener();
      if (listener != null) {
        listener.blocked();
      }
      connection.flush();
    }

    /// Waits for a part of the time that is left.
    ///
    /// @return how many of the objects are there; not all may have been looked at
    int await(List<ObjectId> ids, int count, long deadline) throws InterruptedException {
      connection.checkOpen();
      long now = System.nanoTime();
      if (now - needAt >= 0) {
        need(ids);
        needAt = now + NEXT_NEED_NANOS;
      }
      long until = earlier(now + SLICE_NANOS, needAt);
      if (deadline != Long.MAX_VALUE) {
        until = earlier(until, deadline);
      }
      return store.await(ids, count, until);
    }

    @Override
    public void close() {
      if (listener != null) {
        listener.unblocked();
      }
    }
  }

  private static long firstNeedNanos(List<ObjectId> ids) {
    if (ids.size() > MANY) {
      return FIRST_NEED_OF_MANY_NANOS;
    }
    for (ObjectId id : ids) {
      if (id.isPut()) {
        return 0; // Nobody is just making it: it has been here.
      }
    }
    return FIRST_NEED_NANOS;
  }

  /// Asks the node for those that are missing.
  private void need(List<ObjectId> ids) {
    List<ObjectId> batch = new ArrayList<>(Math.min(ids.size(), NEED_BATCH));
    for (ObjectId id : ids) {
      if (!store.contains(id)) {
        batch.add(id);
        if (batch.size() == NEED_BATCH) {
          connection.gather((buffer, offset) -> encodeNeed(batch, buffer, offset));
          batch.clear();
        }
      }
    }
    if (!batch.isEmpty()) {
      connection.gather((buffer, offset) -> encodeNeed(batch, buffer, offset));
    }
    connection.flush();
  }

  private static int encodeNeed(List<ObjectId> ids, MutableDirectBuffer buffer, int offset) {
    NeedObjectsEncoder frame =
        new NeedObjectsEncoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder());
    NeedObjectsEncoder.ObjectsEncoder objects = frame.objectsCount(ids.size());
    for (ObjectId id : ids) {
      objects.next().objectId().high(id.high()).low(id.low()).index(id.index());
    }
    return MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength();
  }

  private static RayException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new RaySystemException("interrupted while waiting for objects: " + e);
  }

  private static long deadline(long timeoutMs) {
    if (timeoutMs < 0) {
      return Long.MAX_VALUE;
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.min(timeoutMs, MAX_MS));
    return deadline == Long.MAX_VALUE ? deadline - 1 : deadline;
  }

  /// A hundred years, which is as good as for ever and fits.
  private static final long MAX_MS = TimeUnit.DAYS.toMillis(36_500);

  private static boolean isPast(long deadline) {
    return deadline != Long.MAX_VALUE && System.nanoTime() - deadline >= 0;
  }

  private static long earlier(long one, long other) {
    return one - other < 0 ? one : other;
  }
}

package org.rayakka.client.submission;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.id.ObjectId;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.ObjectsPutEncoder;
import org.rayakka.protocol.sbe.ReleaseObjectsEncoder;

/// Counts the references that this process made, and tells the node which objects nobody can ask
/// for any more.
///
/// Each object that this process names has one counted reference: what its submission or put
/// returned. It is watched by a phantom reference, kept in one of a few linked lists. When the
/// garbage collector has found it unreachable, the reaper thread releases the object, in batches,
/// unless the reference escaped: then others may hold it, and the object stays until its job ends.
///
/// It also gathers the objects that were put, which the node learns lazily, and in any case before
/// it learns that one of them was released.
final class References implements AutoCloseable {
  private static final int STRIPES = 16;
  private static final int RELEASE_BATCH = 1024;
  private static final int PUT_BATCH = 1024;
  private static final long CHECK_MILLIS = 100;

  /// So few references are looked at less often, and so are those whose number stays: an idle
  /// process shall stay asleep.
  private static final int FEW = 10_000;

  private static final long CHECK_IDLE_MILLIS = 1_000;
  private static final int WORDS = 4; // of a reported put: high, low, index, size

  private final NodeConnection connection;
  private final ReferenceQueue<ClientObjectRef<?>> unreachable = new ReferenceQueue<>();
  private final Stripe[] stripes = new Stripe[STRIPES];
  private final Thread reaper;
  private final GarbageCollection collection = new GarbageCollection();
  private volatile boolean closed;

  private final Object putLock = new Object();
  private long[] puts = new long[16 * WORDS]; // guarded by putLock
  private int putCount; // guarded by putLock

  References(NodeConnection connection, String name) {
    this.connection = connection;
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
    connection.onLazyFlush(this::reportPuts);
    reaper = Thread.ofPlatform().name("ray-references-" + name).daemon().start(this::reap);
  }

  /// Watches one counted reference.
  static final class Owned extends PhantomReference<ClientObjectRef<?>> {
    private final Stripe stripe;
    private final ObjectId id;
    private @Nullable Owned previous; // guarded by stripe
    private @Nullable Owned next; // guarded by stripe
    private volatile boolean escaped;

    private Owned(
        ClientObjectRef<?> ref,
        ReferenceQueue<? super ClientObjectRef<?>> queue,
        Stripe stripe,
        ObjectId id) {
      super(ref, queue);
      this.stripe = stripe;
      this.id = id;
    }

    /// Notes that others may hold the reference from now on.
    void escape() {
      escaped = true;
    }
  }

  /// A list of phantom references, which must be reachable to be found.
  private static final class Stripe {
    private @Nullable Owned first; // guarded by this
    private int size; // guarded by this

    synchronized void add(Owned owned) {
      owned.next = first;
      if (first != null) {
        first.previous = owned;
      }
      first = owned;
      size++;
    }

    synchronized void remove(Owned owned) {
      if (owned.previous != null) {
        owned.previous.next = owned.next;
      } else {
        first = owned.next;
      }
      if (owned.next != null) {
        owned.next.previous = owned.previous;
      }
      owned.previous = null;
      owned.next = null;
      size--;
    }

    synchronized int size() {
      return size;
    }
  }

  /// Makes the counted reference of an object that this process names.
  <T extends @Nullable Object> ClientObjectRef<T> own(ObjectId id) {
    ClientObjectRef<T> ref = new ClientObjectRef<>(id);
    // Which list does not matter, so long as threads that submit at once use different ones.
    Stripe stripe = stripes[(int) Thread.currentThread().threadId() & (STRIPES - 1)];
    Owned owned = new Owned(ref, unreachable, stripe, id);
    ref.ownedBy(owned);
    stripe.add(owned);
    return ref;
  }

  /// How many references it watches.
  int size() {
    int size = 0;
    for (Stripe stripe : stripes) {
      size += stripe.size();
    }
    return size;
  }

  /// Notes an object that was put, to be told to the node.
  void put(ObjectId id, long size) {
    boolean full;
    synchronized (putLock) {
      int at = putCount * WORDS;
      if (at == puts.length) {
        puts = Arrays.copyOf(puts, 2 * at);
      }
      puts[at] = id.high();
      puts[at + 1] = id.low();
      puts[at + 2] = id.index();
      puts[at + 3] = size;
      putCount++;
      full = putCount >= PUT_BATCH;
    }
    if (full) {
      reportPuts();
    } else {
      connection.announceLazyWork();
    }
  }

  private void reportPuts() {
    synchronized (putLock) {
      if (putCount == 0) {
        return;
      }
      connection.append(this::encodePuts);
      putCount = 0;
    }
  }

  private int encodePuts(MutableDirectBuffer buffer, int offset) {
    ObjectsPutEncoder frame =
        new ObjectsPutEncoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder());
    ObjectsPutEncoder.ObjectsEncoder objects = frame.objectsCount(putCount);
    for (int i = 0; i < putCount; i++) {
      int at = i * WORDS;
      objects.next().size(puts[at + 3]);
      objects.objectId().high(puts[at]).low(puts[at + 1]).index((int) puts[at + 2]);
    }
    return MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength();
  }

  private void reap() {
    List<ObjectId> released = new ArrayList<>();
    int size = 0;
    try {
      while (!closed) {
        released.clear();
        int before = size;
        size = size();
        collection.considerAt(size);
        boolean isIdle = size < FEW || size == before;
        Reference<?> found = unreachable.remove(isIdle ? CHECK_IDLE_MILLIS : CHECK_MILLIS);
        while (found != null) {
          if (found instanceof Owned owned) {
            owned.stripe.remove(owned);
            if (!owned.escaped) {
              released.add(owned.id);
            }
          }
          if (released.size() == RELEASE_BATCH) {
            break;
          }
          found = unreachable.poll();
          if (found == null) {
            collection.settledAt(size());
          }
        }
        if (!released.isEmpty()) {
          release(released);
        }
      }
    } catch (InterruptedException e) {
      // close() ends the thread this way.
      Thread.currentThread().interrupt();
    } catch (RayException e) {
      // The connection is lost: there is nobody to tell, and the node lets go of everything.
      connection.fail(String.valueOf(e.getMessage()));
    }
  }

  /// Tells the node that this process refers to these objects no more.
  void release(List<ObjectId> ids) {
    reportPuts();
    connection.append((buffer, offset) -> {
      ReleaseObjectsEncoder frame =
          new ReleaseObjectsEncoder()
              .wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder());
      ReleaseObjectsEncoder.ObjectsEncoder objects = frame.objectsCount(ids.size());
      for (ObjectId id : ids) {
        objects.next().objectId().high(id.high()).low(id.low()).index(id.index());
      }
      return MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength();
    });
  }

  @Override
  public void close() {
    closed = true;
    reaper.interrupt();
  }
}

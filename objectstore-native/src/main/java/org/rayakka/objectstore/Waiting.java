package org.rayakka.objectstore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.layout.EntryLayout;
import org.rayakka.objectstore.memory.ClientSlots;
import org.rayakka.objectstore.memory.EntryTable;

/// The threads of this process that wait for objects. One of them, the leader, waits on the
/// process's doorbell itself, so that a lone waiter is woken directly; the others park. Whenever
/// the bell rings the leader looks at everybody's objects and unparks those who have theirs; when
/// it has its own it passes the lead on.
///
/// A wait for all of its objects watches only the last one missing, and then walks on towards the
/// first: most are there by then, and every watch is a ring.
///
/// All state is guarded by the lock.
final class Waiting {
  private static final int NOT_WATCHING = -1;

  /// Against a ring that never came, as when a client dies between sealing and ringing.
  private static final long SAFETY_NS = TimeUnit.SECONDS.toNanos(1);

  /// How often to look at objects that could not be watched because the table is full.
  private static final long UNWATCHED_NS = TimeUnit.MILLISECONDS.toNanos(2);

  private final ObjectStore store;
  private final EntryTable entries;
  private final ClientSlots slots;
  private final int slot;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Wait> waits = new ArrayList<>();

  /// How many waits of this process watch an entry: they share one bit in it.
  private final Map<Integer, Integer> watchers = new HashMap<>();

  /// A {@link Wait}, or the helper thread.
  private @Nullable Object leader;

  private @Nullable Thread helper;
  private boolean closed;
  private boolean unwatched;

  Waiting(ObjectStore store, EntryTable entries, ClientSlots slots, int slot) {
    this.store = store;
    this.entries = entries;
    this.slots = slots;
    this.slot = slot;
  }

  /// One thread's wait for some of its objects.
  private final class Wait {
    private final List<ObjectId> ids;
    private final int count;
    private final Thread thread = Thread.currentThread();
    private final boolean forAll;

    /// The ids not seen sealed yet, by their place in the list; the first `missing` count.
    private final int[] places;

    private int missing;
    private final int[] watched;
    private final int[] generations;
    private boolean done;

    Wait(List<ObjectId> ids, int count) {
      this.ids = ids;
      this.count = count;
      this.forAll = count == ids.size();
      this.places = new int[ids.size()];
      Arrays.setAll(places, i -> i);
      this.missing = places.length;
      this.watched = new int[places.length];
      Arrays.fill(watched, NOT_WATCHING);
      this.generations = new int[places.length];
    }

    boolean check() {
      if (!done) {
        done = forAll ? checkFromLast() : checkEach();
      }
      return done;
    }

    private boolean checkFromLast() {
      while (missing > 0) {
        if (!isSealed(missing - 1)) {
          return false;
        }
        missing--;
      }
      return true;
    }

    private boolean checkEach() {
      for (int i = missing - 1; i >= 0; i--) {
        if (isSealed(i)) {
          missing--;
          places[i] = places[missing];
          watched[i] = watched[missing];
          generations[i] = generations[missing];
          watched[missing] = NOT_WATCHING;
        }
      }
      return sealed() >= count;
    }

    /// Whether the object is there; if not it is watched from now on.
    private boolean isSealed(int i) {
      if (watched[i] != NOT_WATCHING) {
        long word = entries.word(watched[i]);
        int state = EntryLayout.state(word);
        if (EntryLayout.generation(word) == generations[i]
            && (state == EntryLayout.EXPECTED || state == EntryLayout.CREATED)) {
          return false;
        }
        unwatch(watched[i]);
        watched[i] = NOT_WATCHING;
      }
      int entry = store.expect(ids.get(places[i]));
      if (entry == ObjectStore.SEALED_ALREADY) {
        return true;
      }
      if (entry == ObjectStore.NO_ENTRY) {
        unwatched = true;
        return false;
      }
      watchers.merge(entry, 1, Integer::sum);
      watched[i] = entry;
      generations[i] = EntryLayout.generation(entries.word(entry));
      return false;
    }

    int sealed() {
      return ids.size() - missing;
    }

    void end() {
      for (int i = 0; i < missing; i++) {
        if (watched[i] != NOT_WATCHING) {
          unwatch(watched[i]);
          watched[i] = NOT_WATCHING;
        }
      }
    }
  }

  private void unwatch(int entry) {
    Integer left = watchers.merge(entry, -1, Integer::sum);
    if (left == 0) {
      watchers.remove(entry);
      entries.stopAwaiting(entry);
    }
  }

  /// See {@link ObjectStore#await}.
  int await(List<ObjectId> ids, int count, long deadlineNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Wait wait = new Wait(ids, count);
      waits.add(wait);
      try {
        return await(wait, deadlineNanos);
      } finally {
        waits.remove(wait);
        wait.end();
        if (leader == wait) {
          leader = null;
        }
        if (leader == null) {
          passLead();
        }
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private int await(Wait wait, long deadlineNanos) throws InterruptedException {
    wait.check();
    while (true) {
      if (wait.done) {
        return wait.sealed();
      }
      if (closed) {
        throw new IllegalStateException("the object store was closed (expected: open)");
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      long left =
          deadlineNanos == Long.MAX_VALUE ? Long.MAX_VALUE : deadlineNanos - System.nanoTime();
      if (left <= 0) {
        return wait.forAll ? store.countSealed(wait.ids, wait.ids.size()) : wait.sealed();
      }
      if (leader == null && !wait.thread.isVirtual()) {
        leader = wait;
      }
      if (leader == wait) {
        lead(left);
      } else {
        if (leader == null) {
          passLead();
        }
        lock.unlock();
        try {
          LockSupport.parkNanos(this, left);
        } finally {
          lock.lock();
        }
      }
    }
  }

  /// Looks at all waits; if the leader's own is not done, waits for the bell once.
  private void lead(long timeoutNs) {
    int bell = slots.doorbell(slot);
    unwatched = false;
    for (Wait wait : waits) {
      if (!wait.done && wait.check() && wait != leader) {
        LockSupport.unpark(wait.thread);
      }
    }
    if (closed || (leader instanceof Wait own && own.done)) {
      return;
    }
    long limit = unwatched ? UNWATCHED_NS : SAFETY_NS;
    lock.unlock();
    try {
      slots.awaitRing(slot, bell, Math.min(timeoutNs, limit));
    } finally {
      lock.lock();
    }
  }

  /// Lets another thread lead: the first that may, or else the helper, since a virtual thread would
  /// hold its carrier while it waits for the bell.
  private void passLead() {
    boolean anyVirtual = false;
    for (Wait wait : waits) {
      if (!wait.done) {
        if (!wait.thread.isVirtual()) {
          LockSupport.unpark(wait.thread);
          return;
        }
        anyVirtual = true;
      }
    }
    if (anyVirtual) {
      if (helper == null && !closed) {
        helper =
            Thread.ofPlatform().daemon().name("object-store-doorbell").start(this::leadForVirtual);
      }
      changed.signalAll();
    }
  }

  private void leadForVirtual() {
    lock.lock();
    try {
      while (!closed) {
        if (leader != null || waits.stream().allMatch(wait -> wait.done)) {
          changed.awaitUninterruptibly();
          continue;
        }
        leader = Thread.currentThread();
        lead(Long.MAX_VALUE);
        leader = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Makes all blocked threads look at themselves: at an interrupt, or at the end of the store.
  void wake() {
    lock.lock();
    try {
      slots.ring(slot);
      for (Wait wait : waits) {
        LockSupport.unpark(wait.thread);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Ends all waits and lets none begin; returns when no thread is left waiting.
  void close() {
    lock.lock();
    try {
      closed = true;
      wake();
      long left = SAFETY_NS;
      while (left > 0 && (!waits.isEmpty() || leader != null)) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}

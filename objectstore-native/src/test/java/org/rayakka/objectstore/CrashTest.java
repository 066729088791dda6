package org.rayakka.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.memory.ClientSlots;
import org.rayakka.objectstore.memory.MappedSegment;

/// A client dies before each single one of its writes to shared memory, one after another: after
/// the sweep the store is whole, whatever it was doing. `StoreIT` does the same with processes and
/// signals, which hit only some of the places.
@Timeout(60)
final class CrashTest {
  private static final long LARGE = 3 << 16;

  private final StoreNode node =
      StoreNode.create(StoreSettings.ofCapacity(4 << 20).withEntries(1024).withPrefault(false));
  private final ObjectStore survivor =
      ObjectStore.attach(
          node.segmentPath(), node.openSlot(ProcessHandle.current().pid()), node::makeRoom);
  private long nextId = 1;
  private int deaths;

  @AfterEach
  void close() {
    survivor.close();
    node.close();
  }

  /// What the client does, with which ids it does it, is told through the list.
  @FunctionalInterface
  private interface Life {
    void live(ObjectStore store, List<ObjectId> ids) throws Exception;
  }

  /// Thrown where the client dies.
  private static final class Killed extends Error {
    Killed() {
      super("killed", null, false, false);
    }
  }

  /// Lets so many writes pass and none after.
  private static final class DyingSegment extends MappedSegment {
    private long writesLeft;
    private boolean dead;

    DyingSegment(MappedSegment segment) {
      super(segment);
    }

    void dieAfter(long writes) {
      writesLeft = writes;
    }

    private void beforeWrite() {
      if (writesLeft-- <= 0 || dead) {
        dead = true;
        throw new Killed();
      }
    }

    @Override
    public void put(long offset, long value) {
      beforeWrite();
      super.put(offset, value);
    }

    @Override
    public void putInt(long offset, int value) {
      beforeWrite();
      super.putInt(offset, value);
    }

    @Override
    public void setVolatile(long offset, long value) {
      beforeWrite();
      super.setVolatile(offset, value);
    }

    @Override
    public boolean compareAndSet(long offset, long expected, long value) {
      beforeWrite();
      return super.compareAndSet(offset, expected, value);
    }

    @Override
    public long getAndAdd(long offset, long delta) {
      beforeWrite();
      return super.getAndAdd(offset, delta);
    }

    @Override
    public long getAndSet(long offset, long value) {
      beforeWrite();
      return super.getAndSet(offset, value);
    }

    @Override
    public long getAndOr(long offset, long bits) {
      beforeWrite();
      return super.getAndOr(offset, bits);
    }

    @Override
    public long getAndAnd(long offset, long bits) {
      beforeWrite();
      return super.getAndAnd(offset, bits);
    }

    @Override
    public void setIntVolatile(long offset, int value) {
      beforeWrite();
      super.setIntVolatile(offset, value);
    }

    @Override
    public int getAndAddInt(long offset, int delta) {
      beforeWrite();
      return super.getAndAddInt(offset, delta);
    }

    @Override
    public boolean compareAndSetInt(long offset, int expected, int value) {
      beforeWrite();
      return super.compareAndSetInt(offset, expected, value);
    }
  }

  /// Lives the life once for each write in it, dying before that write, and once to its end.
  private void dieEverywhere(Life life) throws Exception {
    boolean survived = false;
    for (long writes = 0; !survived; writes++) {
      int slot = node.openSlot(1);
      DyingSegment segment = new DyingSegment(MappedSegment.open(node.segmentPath()));
      segment.dieAfter(Long.MAX_VALUE);
      assertThat(new ClientSlots(segment).attach(slot)).isTrue();
      ObjectStore store = ObjectStore.on(segment, slot, node::makeRoom);
      List<ObjectId> ids = new ArrayList<>();
      segment.dieAfter(writes);
      try {
        life.live(store, ids);
        survived = true;
      } catch (Killed killed) {
        deaths++;
      }
      node.sweep(slot);
      StoreAudit.check(node);
      for (ObjectId id : ids) {
        if (!survivor.contains(id)) {
          Pattern.put(survivor, id, 100);
        }
      }
      StoreAudit.check(node);
      for (ObjectId id : ids) {
        assertThat(node.delete(id)).isTrue();
      }
      segment.unmap();
    }
    node.sweep(survivor.slot());
    assertThat(node.usage().usedBytes()).isZero();
    assertThat(node.usage().objects()).isZero();
    assertThat(deaths).isPositive();
  }

  private ObjectId fresh(List<ObjectId> ids) {
    ObjectId id = Pattern.id(nextId++);
    ids.add(id);
    return id;
  }

  @Test
  void puttingASmallObject() throws Exception {
    dieEverywhere((store, ids) -> Pattern.put(store, fresh(ids), 100));
  }

  @Test
  void puttingALargeObject() throws Exception {
    dieEverywhere((store, ids) -> Pattern.put(store, fresh(ids), LARGE));
  }

  @Test
  void puttingAnEmptyObject() throws Exception {
    dieEverywhere((store, ids) -> Pattern.put(store, fresh(ids), 0));
  }

  @Test
  void givingAnObjectUp() throws Exception {
    dieEverywhere((store, ids) -> {
      store.create(fresh(ids), 1, 100).close();
      store.create(fresh(ids), 1, LARGE).close();
    });
  }

  @Test
  void creatingTwice() throws Exception {
    dieEverywhere((store, ids) -> {
      ObjectId id = fresh(ids);
      store.create(id, 1, 100).close();
      Pattern.put(store, id, 200);
    });
  }

  @Test
  void puttingWhatOthersWaitFor() throws Exception {
    dieEverywhere((store, ids) -> {
      ObjectId id = fresh(ids);
      int entry = survivor.expect(id);
      try {
        Pattern.put(store, id, 100);
      } finally {
        survivor.entries().stopAwaiting(entry);
      }
    });
  }

  @Test
  void waiting() throws Exception {
    // Long enough that it begins to wait: a deadline that is over writes nothing.
    dieEverywhere((store, ids) ->
        store.await(
            List.of(fresh(ids)), 1, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100)));
  }

  @Test
  void reading() throws Exception {
    dieEverywhere((store, ids) -> {
      ObjectId id = fresh(ids);
      Pattern.put(survivor, id, 100);
      SealedObject first = store.get(id);
      SealedObject second = store.get(id);
      assertThat(first).isNotNull();
      assertThat(second).isNotNull();
      if (first != null && second != null) {
        first.close();
        second.close();
      }
    });
  }

  @Test
  void puttingSoManyThatSlabsAndBlocksAreUsedUp() throws Exception {
    dieEverywhere((store, ids) -> {
      for (int i = 0; i < 70; i++) {
        Pattern.put(store, fresh(ids), 2500);
      }
    });
  }

  @Test
  void puttingIntoAFullStore() throws Exception {
    List<ObjectId> made = new ArrayList<>();
    dieEverywhere((store, ids) -> {
      for (int i = 0; i < 9; i++) {
        ObjectId id = Pattern.id(nextId++);
        Pattern.put(survivor, id, 7 << 16);
        made.add(id);
      }
      ids.clear();
      Pattern.put(store, Pattern.id(nextId++), 20 << 16);
      for (ObjectId id : made) {
        node.delete(id);
      }
      node.delete(Pattern.id(nextId - 1));
    });
  }
}

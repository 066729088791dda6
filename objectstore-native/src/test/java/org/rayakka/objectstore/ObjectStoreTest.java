package org.rayakka.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.id.ObjectId;

/// Two clients and a node in one process: what a client can do. Rows 2, 3, 12, 44, 47 and the
/// single-node store cases of the acceptance list.
@Timeout(60)
final class ObjectStoreTest {
  private static final int TAG = 7;

  private final StoreNode node =
      StoreNode.create(StoreSettings.ofCapacity(64 << 20).withPrefault(false));
  private final ObjectStore writer = attach();
  private final ObjectStore reader = attach();

  private ObjectStore attach() {
    return ObjectStore.attach(
        node.segmentPath(),
        node.openSlot(ProcessHandle.current().pid()),
        bytes -> {
          synchronized (node) {
            return node.makeRoom(bytes);
          }
        });
  }

  @BeforeEach
  void startsEmpty() {
    assertThat(node.usage().usedBytes()).isZero();
  }

  /// Whatever a test did, nothing is held at its end, and deleting the objects frees all memory.
  @AfterEach
  void leaksNothing() {
    assertThat(writer.pinnedObjects()).isZero();
    assertThat(reader.pinnedObjects()).isZero();
    assertThat(node.usage().pinnedBytes()).isZero();
    assertThat(node.usage().unsealedObjects()).isZero();
    List<ObjectId> ids = new ArrayList<>();
    node.forEachObject(object -> ids.add(object.id()));
    ids.forEach(node::delete);
    node.sweep(writer.slot());
    node.sweep(reader.slot());
    assertThat(node.usage().objects()).isZero();
    assertThat(node.usage().usedBytes()).isZero();
    writer.close();
    reader.close();
    node.close();
  }

  static ObjectId id(long number) {
    return new ObjectId(number * 0x9E37_79B9_7F4A_7C15L, number, 1);
  }

  private static SealedObject got(ObjectStore store, ObjectId id) {
    return Objects.requireNonNull(store.get(id), id::toString);
  }

  private static void put(ObjectStore store, ObjectId id, byte... bytes) {
    try (UnsealedObject object = store.create(id, TAG, bytes.length)) {
      object.write(MemorySegment.ofArray(bytes), 0);
      object.seal();
    }
  }

  @Test
  void readsInOneClientWhatAnotherSealed() {
    put(writer, id(1), (byte) 1, (byte) 2, (byte) 3);

    try (SealedObject object = got(reader, id(1))) {
      assertThat(object.id()).isEqualTo(id(1));
      assertThat(object.typeTag()).isEqualTo(TAG);
      assertThat(object.size()).isEqualTo(3);
      assertThat(object.data().toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 3);
      assertThat(object.data().address() % 64).isZero();
      assertThat(object.data().isReadOnly()).isTrue();
    }
  }

  @Test
  void readsObjectsOfEverySize() {
    List<Integer> sizes = new ArrayList<>();
    for (int size = 0; size < 1000; size++) {
      sizes.add(size);
    }
    for (int size = 1000; size < 9_000_000; size = size * 3 / 2 + 1) {
      sizes.add(size);
    }
    long number = 0;
    for (int size : sizes) {
      byte[] bytes = new byte[size];
      Arrays.fill(bytes, (byte) size);
      put(writer, id(++number), bytes);
    }
    number = 0;
    for (int size : sizes) {
      try (SealedObject object = got(reader, id(++number))) {
        assertThat(object.size()).isEqualTo(size);
        for (int i = 0; i < size; i += 61) {
          assertThat(object.view().get(ValueLayout.JAVA_BYTE, i)).isEqualTo((byte) size);
        }
      }
    }
  }

  @Test
  void hidesAnObjectUntilItIsSealed() {
    try (UnsealedObject object = writer.create(id(1), TAG, 8)) {
      assertThat(reader.get(id(1))).isNull();
      assertThat(reader.contains(id(1))).isFalse();
      assertThat(reader.sizeOf(id(1))).isEqualTo(-1);
      object.seal();
    }
    assertThat(reader.contains(id(1))).isTrue();
    assertThat(reader.sizeOf(id(1))).isEqualTo(8);
  }

  @Test
  void refusesToCreateWhatExists() {
    put(writer, id(1), (byte) 1);
    for (int i = 0; i < 1000; i++) {
      assertThatThrownBy(() -> reader.create(id(1), TAG, 1))
          .isInstanceOf(ObjectExistsException.class)
          .hasMessageContaining(id(1).hex());
    }
    try (UnsealedObject unsealed = writer.create(id(2), TAG, 1)) {
      assertThatThrownBy(() -> reader.create(unsealed.id(), TAG, 1))
          .isInstanceOf(ObjectExistsException.class);
    }
  }

  @Test
  void createsAgainWhatWasGivenUp() {
    writer.create(id(1), TAG, 100).close();
    put(reader, id(1), (byte) 5);
    assertThat(writer.sizeOf(id(1))).isEqualTo(1);
  }

  @Test
  void createsAgainWhatWasDeleted() {
    for (int i = 0; i < 1000; i++) {
      put(writer, id(1), (byte) i);
      try (SealedObject object = got(reader, id(1))) {
        assertThat(object.view().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) i);
      }
      assertThat(node.delete(id(1))).isTrue();
      assertThat(node.delete(id(1))).isFalse();
      assertThat(reader.get(id(1))).isNull();
    }
  }

  @Test
  void keepsADeletedObjectForThoseWhoReadIt() {
    put(writer, id(1), (byte) 1);
    try (SealedObject object = got(reader, id(1))) {
      assertThat(node.delete(id(1))).isFalse();
      assertThat(writer.get(id(1))).isNull();
      put(writer, id(1), (byte) 2);
      assertThat(object.view().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 1);
    }
    try (SealedObject object = got(reader, id(1))) {
      assertThat(object.view().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 2);
    }
    assertThat(node.usage().objects()).isEqualTo(1);
  }

  @Test
  void freesWhatWasDeletedWhileItWasReadOnceNobodyReadsIt() {
    put(writer, id(1), new byte[8 << 20]);
    put(writer, id(2), new byte[8 << 20]);
    try (SealedObject first = got(reader, id(1))) {
      SealedObject second = got(reader, id(2));
      assertThat(node.delete(id(1))).isFalse();
      assertThat(node.delete(id(2))).isFalse();
      assertThat(node.collectDoomed(10)).isEqualTo(2);
      second.close();
      assertThat(node.collectDoomed(1)).isEqualTo(2);
      assertThat(node.collectDoomed(1)).isEqualTo(1);
      assertThat(node.usedBytes()).isEqualTo(8 << 20);
      assertThat(first.view().get(ValueLayout.JAVA_BYTE, 0)).isZero();
    }
    assertThat(node.collectDoomed(10)).isZero();
    assertThat(node.usedBytes()).isZero();
  }

  @Test
  void throwsOnUseAfterRelease() {
    put(writer, id(1), (byte) 1);
    SealedObject object = got(reader, id(1));
    MemorySegment data = object.data();
    assertThatThrownBy(() -> data.set(ValueLayout.JAVA_BYTE, 0, (byte) 9))
        .isInstanceOf(IllegalArgumentException.class);
    object.close();
    object.close();
    assertThatThrownBy(() -> data.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(object::data).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(object::view).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void throwsOnWritesOutOfRangeAndAfterSeal() {
    UnsealedObject object = writer.create(id(1), TAG, 8);
    assertThatThrownBy(() -> object.data().get(ValueLayout.JAVA_BYTE, 8))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> object.write(MemorySegment.ofArray(new byte[9]), 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    object.seal();
    assertThatThrownBy(object::data).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(object::seal).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void returnsNullForMissingObjectsAfterEveryTimeout() throws InterruptedException {
    List<ObjectId> missing = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      missing.add(id(i));
    }
    for (long timeoutMs : new long[] {0, 10, 100}) {
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
      assertThat(reader.await(missing, 100, deadline)).isZero();
      assertThat(System.nanoTime()).isGreaterThanOrEqualTo(deadline);
    }
    for (int i = 1; i <= 50; i++) {
      put(writer, id(2L * i), (byte) i);
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10);
    assertThat(reader.await(missing, 100, deadline)).isEqualTo(50);
    assertThat(reader.await(missing, 50, Long.MAX_VALUE)).isEqualTo(50);
    assertThat(reader.await(missing, 51, System.nanoTime() + 1_000_000)).isEqualTo(50);
  }

  @Test
  void wakesThoseWhoWait() throws Exception {
    for (int round = 0; round < 200; round++) {
      ObjectId wanted = id(round + 1);
      CompletableFuture<Integer> woken = awaiting(reader, List.of(wanted), 1);
      if (round % 2 == 0) {
        awaitBlocked(reader);
      }
      put(writer, wanted, (byte) 1);
      assertThat(woken.get(10, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  @Test
  void wakesWithinMillisecondsNotByTheSafetyNet() throws Exception {
    long start = System.nanoTime();
    for (int round = 0; round < 50; round++) {
      ObjectId wanted = id(round + 1);
      CompletableFuture<Integer> woken = awaiting(reader, List.of(wanted), 1);
      awaitBlocked(reader);
      put(writer, wanted, (byte) 1);
      woken.get(10, TimeUnit.SECONDS);
    }
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
  }

  @Test
  void wakesManyThreadsEachForItsOwn() throws Exception {
    List<CompletableFuture<Integer>> waits = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      List<ObjectId> wanted = List.of(id(2L * i + 1), id(2L * i + 2));
      waits.add(i % 2 == 0 ? awaiting(reader, wanted, 2) : awaitingVirtually(reader, wanted, 1));
    }
    for (int i = 80; i > 0; i--) {
      put(writer, id(i), (byte) i);
    }
    for (int i = 0; i < 40; i++) {
      assertThat(waits.get(i).get(10, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(i % 2 == 0 ? 2 : 1);
    }
  }

  @Test
  void waitsForSomeOfMany() throws Exception {
    List<ObjectId> ids = new ArrayList<>();
    for (int i = 1; i <= 820; i++) {
      ids.add(id(i));
    }
    int sealed = 0;
    for (int count = 1; count <= 820; count += 63) {
      CompletableFuture<Integer> woken = awaiting(reader, ids, count);
      while (sealed < count) {
        put(writer, ids.get((sealed * 7) % 820), (byte) 1);
        sealed++;
      }
      assertThat(woken.get(10, TimeUnit.SECONDS)).isEqualTo(count);
    }
  }

  @Test
  void countsAnIdThatIsListedTwiceTwice() throws InterruptedException {
    put(writer, id(1), (byte) 1);
    assertThat(reader.await(List.of(id(1), id(2), id(1)), 2, Long.MAX_VALUE)).isEqualTo(2);
  }

  @Test
  void goesOnWaitingWhenTheCreatorGivesUp() throws Exception {
    CompletableFuture<Integer> woken = awaiting(reader, List.of(id(1)), 1);
    awaitBlocked(reader);
    writer.create(id(1), TAG, 10).close();
    node.usage();
    put(writer, id(1), (byte) 1);
    assertThat(woken.get(10, TimeUnit.SECONDS)).isEqualTo(1);
  }

  @Test
  void answersAnInterruptOfAWaitingThread() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                reader.await(List.of(id(1)), 1, Long.MAX_VALUE);
              } catch (InterruptedException expected) {
                interrupted.countDown();
              }
            });
    awaitBlocked(reader);
    thread.interrupt();
    reader.wakeBlocked();
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    thread.join();
  }

  @Test
  void forgetsWhatNobodyWaitsForAnyMore() throws InterruptedException {
    for (int i = 0; i < 5000; i++) {
      reader.await(List.of(id(i + 1)), 1, System.nanoTime() + 1000);
    }
    // Otherwise the 65,536 entries would be used up some day.
    node.usage();
    assertThat(reader.contains(id(1))).isFalse();
    put(writer, id(1), (byte) 1);
    assertThat(node.usage().objects()).isEqualTo(1);
  }

  @Test
  void letsManyThreadsOfOneClientWork() throws Exception {
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      long base = t * 1_000_000L;
      threads.add(
          CompletableFuture.runAsync(() -> {
            for (int i = 1; i <= 2000; i++) {
              put(writer, id(base + i), (byte) i, (byte) (i >> 8));
              try (SealedObject mine = got(writer, id(base + i));
                  @Nullable SealedObject shared = writer.get(id(i))) {
                assertThat(mine.view().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) i);
                if (shared != null) {
                  assertThat(shared.view().get(ValueLayout.JAVA_BYTE, 1))
                      .isEqualTo((byte) (i >> 8));
                }
              }
            }
          }));
    }
    for (CompletableFuture<Void> thread : threads) {
      thread.get(30, TimeUnit.SECONDS);
    }
    assertThat(node.usage().objects()).isEqualTo(16_000);
  }

  @Test
  void letsExactlyOneOfManyThreadsCreateAnObject() throws Exception {
    for (int round = 1; round <= 300; round++) {
      ObjectId contested = id(round);
      CountDownLatch start = new CountDownLatch(1);
      List<CompletableFuture<Boolean>> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        ObjectStore store = t % 2 == 0 ? writer : reader;
        threads.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    start.await();
                    put(store, contested, (byte) 1);
                    return true;
                  } catch (ObjectExistsException lost) {
                    return false;
                  } catch (InterruptedException impossible) {
                    throw new IllegalStateException(impossible);
                  }
                },
                runnable -> Thread.ofPlatform().start(runnable)));
      }
      start.countDown();
      int winners = 0;
      for (CompletableFuture<Boolean> thread : threads) {
        winners += thread.get(10, TimeUnit.SECONDS) ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
    }
  }

  private static CompletableFuture<Integer> awaiting(
      ObjectStore store, List<ObjectId> ids, int count) {
    return CompletableFuture.supplyAsync(
        () -> awaitForever(store, ids, count), run -> Thread.ofPlatform().daemon().start(run));
  }

  private static CompletableFuture<Integer> awaitingVirtually(
      ObjectStore store, List<ObjectId> ids, int count) {
    return CompletableFuture.supplyAsync(
        () -> awaitForever(store, ids, count), run -> Thread.ofVirtual().start(run));
  }

  private static int awaitForever(ObjectStore store, List<ObjectId> ids, int count) {
    try {
      return store.await(ids, count, Long.MAX_VALUE);
    } catch (InterruptedException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// Returns when a thread of the client waits on its doorbell.
  private static void awaitBlocked(ObjectStore store) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!store.slots().isSleeping(store.slot())) {
      assertThat(System.nanoTime()).as("nobody waits on the doorbell").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}

package org.rayakka.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.id.ObjectId;

/// What the node does: eviction, spilling, deletion, limits. Rows 193-195, 198, 229, and the
/// single-node store cases of the acceptance list.
@Timeout(60)
final class StoreNodeTest {
  private static final long MIB = 1 << 20;

  @TempDir private Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();

  private StoreNode node(StoreSettings settings) {
    StoreNode node = StoreNode.create(settings.withPrefault(false));
    open.addFirst(node);
    return node;
  }

  private StoreNode node(long capacity) {
    return node(StoreSettings.ofCapacity(capacity));
  }

  private ObjectStore client(StoreNode node) {
    ObjectStore store =
        ObjectStore.attach(node.segmentPath(), node.openSlot(1), bytes -> node.makeRoom(bytes));
    open.addFirst(store);
    return store;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  private static SealedObject got(ObjectStore store, ObjectId id) {
    return Objects.requireNonNull(store.get(id), id::toString);
  }

  private static void checkContents(ObjectStore store, ObjectId id) {
    try (SealedObject object = got(store, id)) {
      assertThat(Pattern.firstWrong(object.view(), id)).isEqualTo(-1);
    }
  }

  @Test
  void evictsTheOldestFirst() {
    StoreNode node = node(16 * MIB);
    ObjectStore store = client(node);
    List<ObjectId> dropped = new ArrayList<>();
    node.onEvict(dropping(dropped));
    for (int i = 1; i <= 40; i++) {
      Pattern.put(store, Pattern.id(i), MIB);
    }
    for (int i = 1; i <= dropped.size(); i++) {
      assertThat(dropped.get(i - 1)).isEqualTo(Pattern.id(i));
      assertThat(store.contains(Pattern.id(i))).isFalse();
    }
    assertThat(dropped).hasSizeBetween(24, 26);
    for (int i = dropped.size() + 1; i <= 40; i++) {
      checkContents(store, Pattern.id(i));
    }
    StoreAudit.check(node);
  }

  @Test
  void evictsEmptyObjectsInTheirTurn() {
    StoreNode node = node(MIB);
    ObjectStore store = client(node);
    List<ObjectId> dropped = new ArrayList<>();
    node.onEvict(dropping(dropped));
    for (int i = 1; i <= 9; i++) {
      Pattern.put(store, Pattern.id(i), 0);
    }
    Pattern.put(store, Pattern.id(10), MIB);
    Pattern.put(store, Pattern.id(11), MIB);
    assertThat(dropped).hasSize(10).last().isEqualTo(Pattern.id(10));
    StoreAudit.check(node);
  }

  @Test
  void keepsWhatWasReadLately() {
    StoreNode node = node(16 * MIB);
    ObjectStore store = client(node);
    Pattern.put(store, Pattern.id(1), MIB);
    for (int i = 2; i <= 60; i++) {
      Pattern.put(store, Pattern.id(i), MIB);
      checkContents(store, Pattern.id(1));
    }
    assertThat(store.contains(Pattern.id(2))).isFalse();
  }

  @Test
  void evictsNeitherPinnedNorUnsealedObjects() {
    StoreNode node = node(16 * MIB);
    ObjectStore store = client(node);
    Pattern.put(store, Pattern.id(1), MIB);
    try (SealedObject pinned = got(store, Pattern.id(1));
        UnsealedObject unsealed = store.create(Pattern.id(2), 2, MIB)) {
      Pattern.fill(unsealed.data(), unsealed.id());
      for (int i = 3; i <= 60; i++) {
        Pattern.put(store, Pattern.id(i), MIB);
      }
      assertThat(Pattern.firstWrong(pinned.data(), pinned.id())).isEqualTo(-1);
      unsealed.seal();
    }
    checkContents(store, Pattern.id(2));
    StoreAudit.check(node);
  }

  @Test
  void saysWhatFillsAStoreThatIsAllPinned() {
    StoreNode node = node(16 * MIB);
    ObjectStore store = client(node);
    List<SealedObject> held = new ArrayList<>();
    for (int i = 1; i <= 16; i++) {
      Pattern.put(store, Pattern.id(i), MIB);
      held.add(got(store, Pattern.id(i)));
    }
    assertThatThrownBy(() -> store.create(Pattern.id(17), 0, MIB))
        .isInstanceOfSatisfying(
            ObjectStoreFullException.class,
            full -> {
              assertThat(full.requestedBytes()).isEqualTo(MIB);
              assertThat(full.capacityBytes()).isEqualTo(16 * MIB);
              assertThat(full.pinnedBytes()).isEqualTo(16 * MIB);
            })
        .hasMessageContaining("1048576")
        .hasMessageContaining("16777216");
    assertThat(node.usage().pinnedBytes()).isEqualTo(16 * MIB);
    held.forEach(SealedObject::close);
    Pattern.put(store, Pattern.id(17), MIB);
    StoreAudit.check(node);
  }

  /// A store of 1 GB holds 5e8 bytes, refuses 5e8 + 1 more while they are held, and so on as it
  /// fills, at a tenth of the size.
  @Test
  void refusesWhatDoesNotFitBesideWhatIsHeld() {
    StoreNode node = node(100_000_000);
    ObjectStore store = client(node);
    UnsealedObject half = store.create(Pattern.id(1), 1, 50_000_000);
    assertThatThrownBy(() -> store.create(Pattern.id(2), 2, 50_100_000))
        .isInstanceOf(ObjectStoreFullException.class);
    UnsealedObject fifth = store.create(Pattern.id(3), 3, 20_000_000);
    assertThatThrownBy(() -> store.create(Pattern.id(4), 4, 30_100_000))
        .isInstanceOf(ObjectStoreFullException.class);
    fifth.close();
    try (UnsealedObject reused = store.create(Pattern.id(5), 5, 49_000_000)) {
      assertThat(reused.size()).isEqualTo(49_000_000);
    }
    half.close();
    Pattern.put(store, Pattern.id(6), 100_000_000);
    checkContents(store, Pattern.id(6));
  }

  @Test
  void refusesAnObjectLargerThanItself() {
    ObjectStore store = client(node(16 * MIB));
    assertThatThrownBy(() -> store.create(Pattern.id(1), 1, 16 * MIB + 1))
        .isInstanceOf(ObjectStoreFullException.class)
        .hasMessageContaining("larger than the store");
  }

  @Test
  void takesThreeObjectsOf400KilobytesOneAfterAnotherInAMegabyte() {
    StoreNode node = node(1_000_000);
    ObjectStore store = client(node);
    for (int i = 1; i <= 3; i++) {
      Pattern.put(store, Pattern.id(i), 400_000);
    }
    assertThat(store.contains(Pattern.id(1))).isFalse();
    checkContents(store, Pattern.id(2));
    checkContents(store, Pattern.id(3));
  }

  @Test
  void findsRoomForALargeObjectAmongScatteredSmallOnes() {
    StoreNode node = node(16 * MIB);
    ObjectStore store = client(node);
    for (int i = 1; i <= 160; i++) {
      Pattern.put(store, Pattern.id(i), 100_000);
    }
    List<SealedObject> held = new ArrayList<>();
    for (int i = 120; i <= 160; i += 10) {
      if (store.contains(Pattern.id(i))) {
        held.add(got(store, Pattern.id(i)));
      }
    }
    assertThat(held).isNotEmpty();
    Pattern.put(store, Pattern.id(1000), 2 * MIB);
    checkContents(store, Pattern.id(1000));
    held.forEach(SealedObject::close);
    StoreAudit.check(node);
  }

  @Test
  void usesTheMemoryOfOneSizeForAnother() {
    StoreNode node = node(8 * MIB);
    ObjectStore store = client(node);
    long number = 0;
    for (int round = 0; round < 4; round++) {
      for (int size : new int[] {64, 1000, 20_000, 300_000, 3_000_000}) {
        for (long bytes = 0; bytes < 9 * MIB && bytes < size * 3000L; bytes += size) {
          Pattern.put(store, Pattern.id(++number), size);
        }
        StoreAudit.check(node);
      }
    }
  }

  @Test
  void holdsAsManyObjectsAsItHasEntries() {
    StoreNode node = node(StoreSettings.ofCapacity(16 * MIB).withEntries(4096));
    ObjectStore store = client(node);
    node.onEvict((id, size) -> EvictionListener.Decision.KEEP);
    int number = 0;
    for (double fill : new double[] {0.57, 0.95, 1}) {
      while (number < 4096 * fill) {
        number++;
        Pattern.put(store, Pattern.id(number), 64);
      }
      StoreAudit.check(node);
      assertThat(node.usage().objects()).isEqualTo(number);
      assertThat(store.contains(Pattern.id(number + 1))).isFalse();
    }
    assertThatThrownBy(() -> Pattern.put(store, Pattern.id(5000), 64))
        .isInstanceOf(ObjectStoreFullException.class)
        .hasMessageContaining("4096 entries");
    node.onEvict((id, size) -> EvictionListener.Decision.DROP);
    Pattern.put(store, Pattern.id(5000), 64);
    StoreAudit.check(node);
  }

  @Test
  void holdsAnObjectOfMoreThanTwoGigabytes() {
    long size = (2L << 30) + 12_345;
    StoreNode node = node(size);
    ObjectStore store = client(node);
    try (UnsealedObject object = store.create(Pattern.id(1), 1, size)) {
      object.data().set(ValueLayout.JAVA_BYTE, size - 1, (byte) 7);
      object.write(MemorySegment.ofArray(new byte[] {1, 2, 3}), 1L << 31);
      object.seal();
    }
    try (SealedObject object = got(node.client(), Pattern.id(1))) {
      assertThat(object.size()).isEqualTo(size);
      assertThat(object.data().get(ValueLayout.JAVA_BYTE, size - 1)).isEqualTo((byte) 7);
      assertThat(object.data().get(ValueLayout.JAVA_BYTE, (1L << 31) + 2)).isEqualTo((byte) 3);
      assertThat(object.data().get(ValueLayout.JAVA_BYTE, 0)).isZero();
    }
  }

  @Test
  void livesInAFileWhereItIsToldTo() throws IOException {
    StoreNode node = node(StoreSettings.ofCapacity(4 * MIB).withSegmentDirectory(directory));
    assertThat(node.segmentPath()).hasParent(directory);
    assertThat(Files.getPosixFilePermissions(node.segmentPath())).hasSize(2);
    ObjectStore store = client(node);
    Pattern.put(store, Pattern.id(1), MIB);
    checkContents(node.client(), Pattern.id(1));
    store.close();
    node.close();
    open.clear();
    assertThat(filesIn(directory)).isEmpty();
  }

  @Test
  void refusesADirectoryThatIsTooSmall() throws IOException {
    long room = Files.getFileStore(directory).getUsableSpace();
    StoreSettings settings =
        StoreSettings.ofCapacity(room + (64L << 30))
            .withEntries(64)
            .withSegmentDirectory(directory);
    assertThatThrownBy(() -> StoreNode.create(settings))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("--shm-size");
    assertThat(filesIn(directory)).isEmpty();
  }

  @Test
  void spillsAndRestores() throws IOException {
    StoreNode node =
        node(
            StoreSettings.ofCapacity(16 * MIB)
                .withSpillDirectory(directory)
                .withSpillFileBytes(4 * MIB));
    ObjectStore store = client(node);
    List<ObjectId> spilled = new ArrayList<>();
    node.onEvict(spilling(spilled));
    for (int i = 1; i <= 60; i++) {
      Pattern.put(store, Pattern.id(i), MIB - i);
    }
    assertThat(spilled).hasSizeBetween(44, 46);
    assertThat(node.usage().spilledObjects()).isEqualTo(spilled.size());
    assertThat(filesIn(directory)).hasSizeBetween(9, 13);
    List<ObjectId> seen = new ArrayList<>();
    node.forEachObject(object -> seen.add(object.id()));
    assertThat(seen).hasSize(60).doesNotHaveDuplicates();

    for (int i = 1; i <= 60; i++) {
      assertThat(node.restore(Pattern.id(i))).isTrue();
      checkContents(store, Pattern.id(i));
    }
    assertThat(node.restore(Pattern.id(61))).isFalse();
    for (int i = 1; i <= 60; i++) {
      assertThat(node.delete(Pattern.id(i))).isTrue();
    }
    assertThat(node.usage().spilledBytes()).isZero();
    assertThat(filesIn(directory)).hasSizeLessThanOrEqualTo(1);
    StoreAudit.check(node);
    node.close();
    open.clear();
    assertThat(filesIn(directory)).isEmpty();
  }

  @Test
  void keepsWhatIsOnDiskWhileSomethingStandsInForIt() {
    StoreNode node = node(StoreSettings.ofCapacity(16 * MIB).withSpillDirectory(directory));
    ObjectStore store = client(node);
    List<ObjectId> spilled = new ArrayList<>();
    node.onEvict(spilling(spilled));
    for (int i = 1; i <= 60; i++) {
      Pattern.put(store, Pattern.id(i), MIB);
    }
    ObjectId id = spilled.getFirst();
    byte[] data = {1, 2, 3};

    assertThat(node.standIn(id, 2, data)).isTrue();
    // Everything is evicted twice: once after the table was walked with the stand-in in it.
    node.makeRoom(15 * MIB);
    node.standIn(id, 2, data);
    try (SealedObject object = got(store, id)) {
      assertThat(object.typeTag()).isEqualTo(2);
      node.makeRoom(1);
      node.standDown(id);
      assertThat(store.contains(id)).isFalse();
      assertThat(node.restore(id)).isTrue();
      checkContents(store, id);
    }
    assertThat(spilled).doesNotHaveDuplicates();
    assertThat(node.standIn(id, 2, data)).isTrue();
    node.standDown(id);
    checkContents(store, id);
    StoreAudit.check(node);
  }

  @Test
  void spillsALargeObjectInSeveralTurns() {
    StoreNode node = node(StoreSettings.ofCapacity(600 * MIB).withSpillDirectory(directory));
    List<ObjectId> spilled = new ArrayList<>();
    node.onEvict(spilling(spilled));
    ObjectStore store = client(node);
    Pattern.put(store, Pattern.id(1), 400 * MIB);
    Pattern.put(store, Pattern.id(2), 300 * MIB);
    assertThat(spilled).containsExactly(Pattern.id(1));
    assertThat(node.restore(Pattern.id(1))).isTrue();
    checkContents(store, Pattern.id(1));
  }

  @Test
  @Timeout(60)
  void finishesOneLargeObjectBeforeItSpillsTheNext() {
    StoreNode node = node(StoreSettings.ofCapacity(800 * MIB).withSpillDirectory(directory));
    List<ObjectId> spilled = new ArrayList<>();
    node.onEvict(spilling(spilled));
    ObjectStore store = client(node);
    Pattern.put(store, Pattern.id(1), 300 * MIB);
    Pattern.put(store, Pattern.id(2), 300 * MIB);
    Pattern.put(store, Pattern.id(3), 250 * MIB);
    assertThat(spilled).containsExactly(Pattern.id(1));
  }

  @Test
  void keepsWhatItIsToldToKeep() {
    StoreNode node = node(16 * MIB);
    ObjectStore store = client(node);
    node.onEvict((id, size) ->
        id.low() % 2 == 0 ? EvictionListener.Decision.KEEP : EvictionListener.Decision.DROP);
    for (int i = 1; i <= 20; i++) {
      Pattern.put(store, Pattern.id(i), MIB);
    }
    for (int i = 2; i <= 20; i += 2) {
      checkContents(store, Pattern.id(i));
    }
  }

  @Test
  void keepsWhatCannotBeSpilled() {
    StoreNode node = node(16 * MIB);
    ObjectStore store = client(node);
    node.onEvict((id, size) -> EvictionListener.Decision.SPILL);
    for (int i = 1; i <= 16; i++) {
      Pattern.put(store, Pattern.id(i), MIB);
    }
    assertThatThrownBy(() -> store.create(Pattern.id(17), 1, MIB))
        .isInstanceOf(ObjectStoreFullException.class);
    assertThat(node.usage().objects()).isEqualTo(16);
  }

  @Test
  void allocatesForTheNodeItself() {
    StoreNode node = node(16 * MIB);
    for (int i = 1; i <= 40; i++) {
      try (UnsealedObject object = node.allocate(Pattern.id(i), i, MIB)) {
        Pattern.fill(object.data(), object.id());
        object.seal();
      }
    }
    checkContents(node.client(), Pattern.id(40));
    StoreAudit.check(node);
  }

  @Test
  void handsOutEverySlotOnceAndAgainAfterItsSweep() {
    StoreNode node = node(MIB);
    for (int slot = 1; slot < 256; slot++) {
      assertThat(node.openSlot(1)).isEqualTo(slot);
    }
    assertThatThrownBy(() -> node.openSlot(1)).isInstanceOf(IllegalStateException.class);
    node.sweep(77);
    assertThat(node.openSlot(1)).isEqualTo(77);
    assertThatThrownBy(() -> node.sweep(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void attachesOnlyToAnOpenSlotOfAStore() throws IOException {
    StoreNode node = node(MIB);
    assertThatThrownBy(() -> ObjectStore.attach(node.segmentPath(), 5, SpaceRequester.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("slot: 5");
    ObjectStore store = client(node);
    assertThatThrownBy(
            () -> ObjectStore.attach(node.segmentPath(), store.slot(), SpaceRequester.NONE))
        .isInstanceOf(IllegalStateException.class);
    Path other = Files.write(directory.resolve("other"), new byte[8192]);
    assertThatThrownBy(() -> ObjectStore.attach(other, 1, SpaceRequester.NONE))
        .isInstanceOf(UncheckedIOException.class)
        .cause()
        .hasMessageContaining("magic");
  }

  private static EvictionListener dropping(List<ObjectId> dropped) {
    return new EvictionListener() {
      @Override
      public Decision decide(ObjectId id, long sizeBytes) {
        return Decision.DROP;
      }

      @Override
      public void dropped(ObjectId id, long sizeBytes) {
        dropped.add(id);
      }
    };
  }

  private static EvictionListener spilling(List<ObjectId> spilled) {
    return new EvictionListener() {
      @Override
      public Decision decide(ObjectId id, long sizeBytes) {
        return Decision.SPILL;
      }

      @Override
      public void spilled(ObjectId id, long sizeBytes) {
        spilled.add(id);
      }
    };
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}

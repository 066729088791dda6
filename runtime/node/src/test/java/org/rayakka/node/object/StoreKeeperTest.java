package org.rayakka.node.object;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.object.StoreKeeper.MakeRoom;
import org.rayakka.node.object.StoreKeeper.Restore;
import org.rayakka.node.object.StoreKeeper.Restored;
import org.rayakka.node.object.StoreKeeper.StandIn;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.ObjectStoreFullException;
import org.rayakka.objectstore.SealedObject;
import org.rayakka.objectstore.StoreNode;
import org.rayakka.objectstore.StoreSettings;
import org.rayakka.objectstore.UnsealedObject;
import org.rayakka.protocol.StandardTags;

@Timeout(60)
class StoreKeeperTest {
  private static final int MIB = 1 << 20;
  private static final ObjectId LARGE = ObjectId.ofReturn(new TaskId(7, 1), 1);

  private final ActorTestKit kit = ActorTestKit.create("keeper", ConfigFactory.empty());
  private final TestProbe<Restored> restored = kit.createTestProbe();
  private @TempDir Path directory;
  private StoreNode store;
  private ObjectStore view;
  private ActorRef<StoreKeeper.Command> keeper;

  @BeforeEach
  void start() {
    store =
        StoreNode.create(
            StoreSettings.ofCapacity(4 * MIB).withSpillDirectory(directory).withPrefault(false));
    view = store.client();
    keeper = kit.spawn(StoreKeeper.create(store, new StoreReaders()));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    store.close();
  }

  @Test
  void whatIsOnDiskComesBackOnceThereIsRoom() {
    spill(LARGE);
    List<SealedObject> held = fill();

    restore(LARGE);
    Restored first = restored.receiveMessage(Duration.ofSeconds(30));
    assertThat(first.isLeftOnDisk()).isTrue();
    assertThat(first.bytesOnDisk()).isEqualTo(2 * MIB);

    held.forEach(SealedObject::close);
    restore(LARGE);
    assertThat(restored.receiveMessage(Duration.ofSeconds(30)).isHere()).isTrue();
    assertThat(view.contains(LARGE)).isTrue();
  }

  @Test
  void whatCannotBeReadFromDiskIsNotThere() throws IOException {
    spill(LARGE);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        FileChannel.open(file, StandardOpenOption.WRITE).truncate(MIB).close();
      }
    }

    restore(LARGE);

    Restored outcome = restored.receiveMessage();
    assertThat(outcome.isHere()).isFalse();
    assertThat(outcome.isLeftOnDisk()).isFalse();
  }

  @Test
  void anErrorThatStandsInWaitsForRoomAndGoes() throws InterruptedException {
    List<SealedObject> held = fill();
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    keeper.tell(new StandIn(LARGE, new byte[2_000], () -> answer.complete(view.contains(LARGE))));
    CompletableFuture<Long> isFull = new CompletableFuture<>();
    keeper.tell(new MakeRoom(MIB, isFull::complete));
    assertThat(isFull).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(0L);
    assertThat(answer).isNotDone();

    held.forEach(SealedObject::close);

    assertThat(answer).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
    try (SealedObject error = Objects.requireNonNull(view.get(LARGE))) {
      assertThat(error.typeTag()).isEqualTo(StandardTags.PASSING_ERROR);
    }
    while (view.contains(LARGE)) {
      Thread.sleep(10);
    }
  }

  private void restore(ObjectId id) {
    keeper.tell(new Restore(id, restored.getRef()::tell));
  }

  private void spill(ObjectId id) {
    put(id, 2 * MIB);
    CompletableFuture<Long> made = new CompletableFuture<>();
    keeper.tell(new MakeRoom(3 * MIB, made::complete));
    assertThat(made).succeedsWithin(Duration.ofSeconds(30));
    assertThat(view.contains(id)).isFalse();
  }

  private void put(ObjectId id, int size) {
    try (UnsealedObject object = view.create(id, StandardTags.FIRST_VALUE_TAG, size)) {
      object.seal();
    }
  }

  /// Fills the store with objects that are held.
  private List<SealedObject> fill() {
    List<SealedObject> held = new ArrayList<>();
    for (int size = MIB; size > 100; size /= 8) {
      try {
        while (true) {
          ObjectId id = ObjectId.ofReturn(new TaskId(8, held.size() + 1), 1);
          put(id, size);
          held.add(Objects.requireNonNull(view.get(id)));
        }
      } catch (ObjectStoreFullException e) {
        // The next is smaller.
      }
    }
    return held;
  }
}

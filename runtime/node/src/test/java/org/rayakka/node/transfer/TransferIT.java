package org.rayakka.node.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rayakka.node.transfer.TransferNode.LARGE;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.protocol.DataHeaderFlyweight;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.transfer.ObjectTransfer.Fetched;
import org.rayakka.node.transfer.TransferNode.Options;
import org.rayakka.node.transfer.UnreliableRelay.Fate;
import org.rayakka.objectstore.EvictionListener;
import org.rayakka.objectstore.SealedObject;

/// Objects between the stores of nodes, over real datagrams.
@Timeout(120)
class TransferIT {
  private static final long MIB = 1 << 20;

  private static ActorTestKit kit;
  private final Map<NodeId, TransferNode> network = TransferNode.network();
  private final List<TransferNode> nodes = new ArrayList<>();

  @BeforeAll
  static void startActors() {
    kit = ActorTestKit.create();
  }

  @AfterAll
  static void stopActors() {
    kit.shutdownTestKit();
  }

  @AfterEach
  void closeNodes() throws IOException {
    nodes.forEach(TransferNode::close);
    try (Stream<Path> shared = Files.list(Path.of("/dev/shm"))) {
      String left = "rayakka-aeron-" + ProcessHandle.current().pid() + "-";
      assertThat(shared.filter(path -> path.getFileName().toString().startsWith(left)))
          .as("folders of drivers of this process, of which none runs now")
          .isEmpty();
    }
  }

  private TransferNode node(Options options) {
    TransferNode node = new TransferNode(kit, network, nodes.size() + 1, options);
    nodes.add(node);
    return node;
  }

  private TransferNode node(long capacity) {
    return node(Options.ofCapacity(capacity));
  }

  private static void assertHere(TransferNode receiver, ObjectId object, Fetched outcome) {
    assertThat(outcome).isEqualTo(new Fetched.Here(object));
    assertThat(receiver.firstWrong(object)).isEqualTo(-1);
  }

  private static void fetchAll(TransferNode receiver, TransferNode holder, long... sizes) {
    List<ObjectId> objects = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      objects.add(holder.put(i, sizes[i]));
    }
    List<TestProbe<Fetched>> probes = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      probes.add(receiver.fetch(objects.get(i), sizes[i], holder));
    }
    for (int i = 0; i < sizes.length; i++) {
      assertHere(receiver, objects.get(i), receiver.await(probes.get(i)));
    }
  }

  @Test
  void aDriverThatRunsAlreadyMovesObjectsAndStaysBehind(@TempDir Path folder) {
    String directory = folder.resolve("driver").toString();
    try (MediaDriver _ =
        MediaDriver.launch(
            new MediaDriver.Context()
                .aeronDirectoryName(directory)
                .threadingMode(ThreadingMode.SHARED))) {
      AeronSettings aeron = new AeronSettings(0, 1_408, Path.of(directory));
      TransferNode one = node(Options.ofCapacity(64 * MIB).withAeron(aeron));
      TransferNode other = node(Options.ofCapacity(64 * MIB).withAeron(aeron));
      fetchAll(one, other, 1_000_003, 5 * MIB);
      fetchAll(other, one, 3 * MIB);
      nodes.forEach(TransferNode::close);
      nodes.clear();
      assertThat(CommonContext.isDriverActive(new File(directory), 1_000, line -> {})).isTrue();
    }
  }

  @Test
  void objectsArriveAtTheGivenPort() throws IOException {
    int port;
    try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    TransferNode one =
        node(Options.ofCapacity(64 * MIB).withAeron(new AeronSettings(port, 0, null)));
    TransferNode other = node(64 * MIB);
    fetchAll(one, other, 1_000_003);
    assertThatThrownBy(() -> new DatagramSocket(port, InetAddress.getLoopbackAddress()))
        .isInstanceOf(BindException.class);
  }

  // row 45
  @Test
  void objectsOfAllSizesMoveBothWays() {
    TransferNode one = node(256 * MIB);
    TransferNode other = node(256 * MIB);
    long[] sizes = {0, 1, 2_000, 20_000, 65_407, 65_408, 65_409, 1_000_003, 40 * MIB + 5};
    fetchAll(one, other, sizes);
    fetchAll(other, one, sizes);
  }

  @Test
  void tenThousandObjectsOfOneByteMove() {
    TransferNode holder = node(64 * MIB);
    TransferNode receiver = node(64 * MIB);
    int count = 10_000;
    TestProbe<Fetched> probe = kit.createTestProbe(Fetched.class);
    for (int i = 0; i < count; i++) {
      receiver.fetch(holder.put(i, 1), 1, probe, holder);
    }
    for (int i = 0; i < count; i++) {
      Fetched outcome = receiver.await(probe);
      assertHere(receiver, outcome.id(), outcome);
    }
  }

  @Test
  void oneTransferServesAllWhoWait() {
    TransferNode holder = node(64 * MIB);
    TransferNode receiver = node(64 * MIB);
    ObjectId object = holder.put(1, 20 * MIB);
    List<TestProbe<Fetched>> probes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      probes.add(receiver.fetch(object, 20 * MIB, holder));
    }
    probes.forEach(probe -> assertHere(receiver, object, receiver.await(probe)));
    assertThat(holder.sends).hasValue(1);
  }

  @Test
  void bothEndsOfTheFirstTransferGetReadyAtOnce() {
    TransferNode holder = node(64 * MIB);
    TransferNode receiver = node(64 * MIB);
    for (int i = 1; i <= 2; i++) {
      ObjectId object = holder.put(i, 100);
      assertHere(receiver, object, receiver.await(receiver.fetch(object, 100, holder)));
      assertThat(holder.prepares).hasValue(1);
    }
    assertThat(receiver.prepares).hasValue(0);
  }

  @Test
  void whatIsHereIsNotFetched() {
    TransferNode receiver = node(64 * MIB);
    ObjectId object = receiver.put(1, 100);
    assertHere(receiver, object, receiver.await(receiver.fetch(object, 100)));
  }

  @Test
  void whatIsLostOrLateOrComesTwiceDoesNoHarm() {
    long seed = Long.getLong("chaos.seed", System.nanoTime());
    Random random = new Random(seed);
    List<Fate> fates = List.of(Fate.IS_LOST, Fate.ARRIVES_LATE, Fate.ARRIVES_TWICE);
    Set<Fate> seen = EnumSet.noneOf(Fate.class);
    UnreliableRelay.Network bad =
        (datagram, length) -> {
          int drawn = random.nextInt(20);
          Fate fate = drawn < fates.size() ? fates.get(drawn) : Fate.ARRIVES;
          seen.add(fate);
          return fate;
        };
    TransferNode holder = node(64 * MIB);
    TransferNode receiver = node(Options.ofCapacity(64 * MIB).withArrivals(bad));
    // Two share the stream.
    ObjectId one = holder.put(1, 30 * MIB);
    ObjectId other = holder.put(2, 20 * MIB + 7);
    TestProbe<Fetched> oneCame = receiver.fetch(one, 30 * MIB, holder);
    TestProbe<Fetched> otherCame = receiver.fetch(other, 20 * MIB + 7, holder);
    assertThat(receiver.await(oneCame)).as("seed %d", seed).isEqualTo(new Fetched.Here(one));
    assertThat(receiver.await(otherCame)).as("seed %d", seed).isEqualTo(new Fetched.Here(other));
    assertThat(receiver.firstWrong(one)).as("seed %d", seed).isEqualTo(-1);
    assertThat(receiver.firstWrong(other)).as("seed %d", seed).isEqualTo(-1);
    assertThat(seen).as("seed %d", seed).containsExactlyInAnyOrder(Fate.values());
    assertThat(holder.sends).hasValue(2);
  }

  @Test
  void aFlippedBitIsNoticedAndTheRestIsSentAgainFromThere() {
    AtomicBoolean isFlipped = new AtomicBoolean();
    UnreliableRelay.Network flipping =
        (buffer, length) -> {
          if (isFar(buffer, length) && isFlipped.compareAndSet(false, true)) {
            int at = length - 100;
            buffer.putByte(at, (byte) (buffer.getByte(at) ^ 16));
          }
          return Fate.ARRIVES;
        };
    TransferNode holder = node(64 * MIB);
    TransferNode receiver = node(Options.ofCapacity(64 * MIB).withArrivals(flipping));
    ObjectId object = holder.put(1, 30 * MIB);
    assertHere(receiver, object, receiver.await(receiver.fetch(object, 30 * MIB, holder)));
    assertThat(isFlipped).isTrue();
    assertThat(receiver.askedOffset).hasValueGreaterThan(0);
  }

  /// Whether the datagram carries a chunk that is some way into its object.
  private static boolean isFar(UnsafeBuffer buffer, int length) {
    return length > 10_000
        && buffer.getLong(DataHeaderFlyweight.HEADER_LENGTH + Chunk.OFFSET) > 5 * MIB;
  }

  @Test
  void anotherHolderGoesOnWhereOneThatDiedHasStopped() {
    AtomicBoolean isToStop = new AtomicBoolean(true);
    AtomicLong arrived = new AtomicLong();
    // Some of the object comes; then nothing does until the sender is dead.
    UnreliableRelay.Network stopping =
        (buffer, length) -> {
          boolean isStopped = isToStop.get() && isFar(buffer, length);
          if (isStopped) {
            arrived.incrementAndGet();
          }
          return isStopped ? Fate.IS_LOST : Fate.ARRIVES;
        };
    TransferNode receiver = node(Options.ofCapacity(64 * MIB).withArrivals(stopping));
    TransferNode dying = node(64 * MIB);
    TransferNode other = node(64 * MIB);
    ObjectId object = dying.put(1, 30 * MIB);
    TestProbe<Fetched> copied = other.fetch(object, 30 * MIB, dying);
    assertHere(other, object, other.await(copied));

    TestProbe<Fetched> probe = receiver.fetch(object, 30 * MIB, dying, other);
    probe.awaitAssert(
        TransferNode.PATIENCE,
        () -> {
          assertThat(arrived).hasValueGreaterThan(0);
          return null;
        });
    dying.die();
    isToStop.set(false);
    assertHere(receiver, object, receiver.await(probe));
    assertThat(receiver.askedOffset).hasValueGreaterThan(0);
    assertThat(other.sends).hasValue(1);
  }

  @Test
  void aTransferThatBringsNothingIsGivenUpForAnotherHolder() {
    AtomicInteger silentSession = new AtomicInteger();
    UnreliableRelay.Network stopping =
        (buffer, length) -> {
          int session = buffer.getInt(DataHeaderFlyweight.SESSION_ID_FIELD_OFFSET);
          boolean isSilent =
              isFar(buffer, length)
                  && (silentSession.compareAndSet(0, session) || silentSession.get() == session);
          return isSilent ? Fate.IS_LOST : Fate.ARRIVES;
        };
    TransferNode receiver = node(Options.ofCapacity(64 * MIB).withArrivals(stopping));
    TransferNode silent = node(64 * MIB);
    TransferNode other = node(64 * MIB);
    ObjectId object = silent.put(1, 30 * MIB);
    assertHere(other, object, other.await(other.fetch(object, 30 * MIB, silent)));
    assertHere(receiver, object, receiver.await(receiver.fetch(object, 30 * MIB, silent, other)));
    assertThat(other.sends).hasValue(1);
  }

  @Test
  void whoDoesNotHaveItIsNamedAndTheNextOneIsAsked() {
    TransferNode holder = node(64 * MIB);
    TransferNode empty = node(64 * MIB);
    TransferNode receiver = node(64 * MIB);
    ObjectId object = holder.put(1, 1_000);
    assertHere(receiver, object, receiver.await(receiver.fetch(object, 1_000, empty, holder)));

    ObjectId nowhere = new ObjectId(9, 9, 9);
    assertThat(receiver.await(receiver.fetch(nowhere, 1_000, empty)))
        .isEqualTo(
            new Fetched.Failed(nowhere, List.of(empty.id), false, empty.id + " does not have it"));
  }

  /// Two nodes between which something has moved before: only then one tries.
  private List<TransferNode> connected() {
    TransferNode holder = node(64 * MIB);
    TransferNode receiver = node(64 * MIB);
    fetchAll(receiver, holder, 1);
    return List.of(holder, receiver);
  }

  @Test
  void aLargeObjectComesAtATry() {
    TransferNode holder = connected().getFirst();
    TransferNode receiver = nodes.getLast();
    ObjectId object = holder.put(9, 5 * MIB + 3);
    TestProbe<Fetched> tried = receiver.tryFetch(object, holder);
    assertHere(receiver, object, receiver.await(tried));
  }

  @Test
  void aTryAndAFetchAreOneTransfer() {
    TransferNode holder = connected().getFirst();
    TransferNode receiver = nodes.getLast();
    ObjectId object = holder.put(9, 20 * MIB);
    TestProbe<Fetched> tried = receiver.tryFetch(object, holder);
    assertHere(receiver, object, receiver.await(receiver.fetch(object, 20 * MIB, holder)));
    assertHere(receiver, object, receiver.await(tried));
    assertThat(holder.sends).hasValue(2);
  }

  @Test
  void aTryThatFindsNothingHindersNoFetch() {
    TransferNode holder = connected().getFirst();
    TransferNode receiver = nodes.getLast();
    TransferNode empty = node(64 * MIB);
    ObjectId large = holder.put(9, 5 * MIB);
    receiver.tryFetch(large, empty);
    assertHere(receiver, large, receiver.await(receiver.fetch(large, 5 * MIB, holder)));

    ObjectId small = holder.put(10, LARGE - 1);
    TestProbe<Fetched> tried = receiver.tryFetch(small, holder);
    ObjectId other = holder.put(11, 5 * MIB);
    assertHere(receiver, other, receiver.await(receiver.fetch(other, 5 * MIB, holder)));
    // What was said about the try came before the object.
    tried.expectNoMessage(Duration.ZERO);
    assertThat(receiver.view.contains(small)).isFalse();
    assertHere(receiver, small, receiver.await(receiver.fetch(small, LARGE - 1, holder)));
  }

  @Test
  void anObjectThatIsOnDiskAtItsHolderComesToo(@TempDir Path directory) {
    TransferNode holder =
        node(Options.ofCapacity(16 * MIB).withSpillDirectory(directory.resolve("spill")));
    TransferNode receiver = node(64 * MIB);
    holder.store.onEvict((id, size) -> EvictionListener.Decision.SPILL);
    ObjectId first = holder.put(1, 4 * MIB);
    holder.store.makeRoom(14 * MIB);
    assertThat(holder.store.bytesOnDisk(first)).isPositive();
    assertHere(receiver, first, receiver.await(receiver.fetch(first, 4 * MIB, holder)));
  }

  @Test
  void anObjectOnDiskForWhichItsHolderHasNoRoomIsNotTakenForLost(@TempDir Path directory) {
    TransferNode holder =
        node(Options.ofCapacity(16 * MIB).withSpillDirectory(directory.resolve("spill")));
    TransferNode receiver = node(64 * MIB);
    holder.store.onEvict((id, size) -> EvictionListener.Decision.SPILL);
    ObjectId object = holder.put(1, 8 * MIB);
    holder.store.makeRoom(14 * MIB);
    ObjectId held = holder.put(2, 10 * MIB);
    try (SealedObject hold = Objects.requireNonNull(holder.view.get(held))) {
      assertThat(hold.size()).isEqualTo(10 * MIB);
      assertThat(receiver.await(receiver.fetch(object, 8 * MIB, holder)))
          .isInstanceOfSatisfying(
              Fetched.Failed.class,
              failed -> {
                assertThat(failed.lacking()).isEmpty();
                assertThat(failed.reason()).contains("on disk there");
              });
    }
    assertHere(receiver, object, receiver.await(receiver.fetch(object, 8 * MIB, holder)));
  }

  @Test
  void anObjectThatDoesNotFitFailsAndSaysSo() {
    TransferNode holder = node(64 * MIB);
    TransferNode receiver = node(8 * MIB);
    ObjectId object = holder.put(1, 20 * MIB);
    assertThat(receiver.await(receiver.fetch(object, 20 * MIB, holder)))
        .isInstanceOfSatisfying(
            Fetched.Failed.class, failed -> assertThat(failed.reason()).contains("no room"));
  }

  @Test
  void aStreamFromAStrangerIsRefused() {
    TransferNode stranger = node(Options.ofCapacity(64 * MIB).withSecret("guessed"));
    TransferNode receiver = node(64 * MIB);
    ObjectId object = stranger.put(1, 1_000);
    Fetched outcome = receiver.await(receiver.fetch(object, 1_000, stranger));
    assertThat(outcome).isInstanceOf(Fetched.Failed.class);
    assertThat(receiver.view.contains(object)).isFalse();
  }

  @Test
  void aSmallObjectOvertakesLargeOnes() {
    TransferNode holder = node(512 * MIB);
    TransferNode receiver = node(512 * MIB);
    TestProbe<Fetched> probe = kit.createTestProbe(Fetched.class);
    // All are made first: making one takes as long as moving one.
    List<ObjectId> large = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      large.add(holder.put(i, 100 * MIB));
    }
    ObjectId small = holder.put(4, 1_000);
    large.forEach(object -> receiver.fetch(object, 100 * MIB, probe, holder));
    receiver.fetch(small, 1_000, probe, holder);
    assertHere(receiver, small, receiver.await(probe));
    for (int i = 1; i <= 3; i++) {
      assertThat(receiver.await(probe)).isInstanceOf(Fetched.Here.class);
    }
  }

  @Test
  void aBroadcastDoesNotReadEverythingFromItsSource() {
    TransferNode source = node(64 * MIB);
    ObjectId object = source.put(1, 10 * MIB);
    List<TransferNode> receivers = new ArrayList<>();
    List<TestProbe<Fetched>> probes = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      receivers.add(node(64 * MIB));
    }
    receivers.forEach(receiver -> probes.add(receiver.fetch(object, 10 * MIB, source)));
    for (int i = 0; i < receivers.size(); i++) {
      assertHere(receivers.get(i), object, receivers.get(i).await(probes.get(i)));
    }
    assertThat(source.sends.get()).isBetween(1, 4);
    assertThat(receivers.stream().mapToInt(receiver -> receiver.sends.get()).sum())
        .isEqualTo(6 - source.sends.get());
  }

  @Test
  void anObjectMayBeLargerThanTwoGibibytes() {
    long size = 2_200 * MIB + 3;
    TransferNode holder = node(2_300 * MIB);
    TransferNode receiver = node(2_300 * MIB);
    ObjectId object = holder.put(1, size);
    assertHere(receiver, object, receiver.await(receiver.fetch(object, size, holder)));
  }
}

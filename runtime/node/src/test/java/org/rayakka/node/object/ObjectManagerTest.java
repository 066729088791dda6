package org.rayakka.node.object;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.TaskSpecs;
import org.rayakka.node.control.InMemoryControlState;
import org.rayakka.node.object.ObjectManager.ObjectsReady;
import org.rayakka.node.object.ObjectManager.RunAgain;
import org.rayakka.node.peer.PeerMessage.LocateObjects;
import org.rayakka.node.peer.PeerMessage.ObjectReport;
import org.rayakka.node.peer.PeerMessage.ObjectsLocated;
import org.rayakka.node.peer.PeerMessage.TaskDone;
import org.rayakka.node.peer.Peers;
import org.rayakka.node.transfer.ObjectTransfer;
import org.rayakka.node.transfer.ObjectTransfer.FetchObject;
import org.rayakka.node.transfer.ObjectTransfer.Fetched;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.ObjectStoreFullException;
import org.rayakka.objectstore.SealedObject;
import org.rayakka.objectstore.StoreNode;
import org.rayakka.objectstore.StoreSettings;
import org.rayakka.objectstore.UnsealedObject;
import org.rayakka.protocol.ErrorObject;
import org.rayakka.protocol.StandardTags;
import org.rayakka.protocol.TaskSpec;

@Timeout(60)
class ObjectManagerTest {
  private static final NodeId HERE = new NodeId(1, 1);
  private static final NodeId THERE = new NodeId(2, 2);
  private static final NodeId ELSEWHERE = new NodeId(3, 3);
  private static final long SIZE = 1_000_000;
  private static final int TAG = 1_000;

  private final ActorTestKit kit = ActorTestKit.create("objects", ConfigFactory.empty());
  private final StoreNode store =
      StoreNode.create(StoreSettings.ofCapacity(4 << 20).withEntries(128).withPrefault(false));
  private final ObjectStore view = store.client();
  private final TestProbe<ObjectTransfer.Command> transfer = kit.createTestProbe();
  private final TestProbe<Peers.Command> peers = kit.createTestProbe();
  private final TestProbe<RunAgain> again = kit.createTestProbe();
  private final TestProbe<ObjectsReady> ready = kit.createTestProbe();
  private final TaskSpec task = TaskSpecs.task(new TaskId(7, 1));
  private final ObjectId result = task.returnId(1);
  private final ActorRef<ObjectManager.Command> objects = manager(Duration.ofSeconds(30));

  private ActorRef<ObjectManager.Command> manager(Duration fetchTimeout) {
    ActorRef<StoreKeeper.Command> keeper = kit.spawn(StoreKeeper.create(store, new StoreReaders()));
    return kit.spawn(
        ObjectManager.create(
            new ObjectManager.Parts(
                HERE,
                view,
                keeper,
                store::hasSpilled,
                transfer.getRef(),
                peers.getRef(),
                new InMemoryControlState(),
                10,
                fetchTimeout)));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    store.close();
  }

  @Test
  void aFetchThatFailsWhileItsTaskRunsAgainIsNoLoss() {
    resultIsThere(objects);
    FetchObject first = neededFetch(objects);
    FetchObject second = neededFetch(objects);

    fail(first, List.of(THERE));
    assertThat(again.receiveMessage().spec().taskId()).isEqualTo(task.taskId());
    fail(second, List.of(THERE));
    settle();
    objects.tell(ended(ObjectReport.ofBytes(result, TAG, new byte[] {1})));

    assertThat(ready.receiveMessage().ids()).containsExactly(result);
    try (SealedObject object = Objects.requireNonNull(view.get(result))) {
      assertThat(object.typeTag()).isEqualTo(TAG);
    }
  }

  @Test
  void whatANodeHasAndCannotSendIsAskedForAgain() {
    resultIsThere(objects);

    fail(neededFetch(objects), List.of());

    FetchObject next = transfer.expectMessageClass(FetchObject.class);
    assertThat(next.holders()).containsExactly(THERE);
    again.expectNoMessage(Duration.ZERO);
  }

  @Test
  void whatDoesNotComeInTimeIsAnErrorThatSaysWhy() {
    ActorRef<ObjectManager.Command> impatient = manager(Duration.ZERO);
    resultIsThere(impatient);

    fail(neededFetch(impatient), List.of());

    assertThat(ready.receiveMessage().ids()).containsExactly(result);
    again.expectNoMessage(Duration.ZERO);
    assertThat(passingError().kind()).isEqualTo(ErrorObject.Kind.FETCH_TIMED_OUT);
    assertThat(passingError().message()).contains("the test has it so");
  }

  @Test
  void whatDidNotComeInTimeIsFetchedAgainForWhoAsksLater() throws InterruptedException {
    ActorRef<ObjectManager.Command> impatient = manager(Duration.ZERO);
    resultIsThere(impatient);
    fail(neededFetch(impatient), List.of());
    ready.receiveMessage();

    // Another node gets it from who has it, and not the error.
    impatient.tell(new ObjectManager.LocateFor(ELSEWHERE, List.of(result)));
    Peers.Send answer = peers.expectMessageClass(Peers.Send.class);
    assertThat(answer.to()).isEqualTo(ELSEWHERE);
    assertThat(((ObjectsLocated) answer.message()).objects())
        .containsExactly(ObjectReport.ofHolders(result, SIZE, List.of(THERE)));

    while (view.contains(result)) {
      Thread.sleep(10);
    }
    assertThat(neededFetch(impatient).holders()).containsExactly(THERE);
  }

  @Test
  void anErrorOfTheOwnersThatPassesPassesHereToo() throws InterruptedException {
    aGuestNeedsTheResult();
    byte[] error = ErrorObject.of(ErrorObject.Kind.STORE_FULL, 0, 0, "", "full there").encode();
    objects.tell(
        new ObjectManager.Located(
            THERE, List.of(ObjectReport.ofBytes(result, StandardTags.PASSING_ERROR, error))));
    assertThat(ready.receiveMessage().ids()).containsExactly(result);
    assertThat(passingError().message()).isEqualTo("full there");

    while (view.contains(result)) {
      Thread.sleep(10);
    }
    theOwnerIsAsked();
  }

  @Test
  void whatIsSmallAndFindsNoRoomIsAnErrorThatPasses() throws InterruptedException {
    List<SealedObject> held = fillButForOneExtent();
    aGuestNeedsTheResult();
    objects.tell(
        new ObjectManager.Located(
            THERE, List.of(ObjectReport.ofBytes(result, TAG, new byte[90_000]))));

    assertThat(ready.receiveMessage(Duration.ofSeconds(30)).ids()).containsExactly(result);
    assertThat(passingError().kind()).isEqualTo(ErrorObject.Kind.STORE_FULL);
    assertThat(passingError().message()).contains("no room for its 90000 bytes");

    while (view.contains(result)) {
      Thread.sleep(10);
    }
    theOwnerIsAsked();
    held.forEach(SealedObject::close);
  }

  private List<SealedObject> fillButForOneExtent() {
    int extent = 64 << 10;
    List<SealedObject> held = new ArrayList<>();
    ObjectId last = result;
    try {
      while (true) {
        ObjectId id = ObjectId.ofReturn(new TaskId(9, held.size() + 1), 1);
        try (UnsealedObject object = view.create(id, TAG, extent)) {
          object.seal();
        }
        held.add(Objects.requireNonNull(view.get(id)));
        last = id;
      }
    } catch (ObjectStoreFullException e) {
      held.removeLast().close();
      assertThat(store.delete(last)).isTrue();
    }
    return held;
  }

  private void aGuestNeedsTheResult() {
    objects.tell(new ObjectManager.NodeJoined(THERE));
    TaskSpec guest = TaskSpecs.task(new TaskId(8, 1), result);
    objects.tell(new ObjectManager.GuestsSubmitted(THERE, List.of(guest)));
    theOwnerIsAsked();
  }

  /// Where the result is, when somebody waits for it.
  private void theOwnerIsAsked() {
    objects.tell(new ObjectManager.AwaitObjects(List.of(result), ready.getRef()));
    assertThat(peers.expectMessageClass(Peers.Send.class).message())
        .isEqualTo(new LocateObjects(List.of(result)));
  }

  private ErrorObject passingError() {
    try (SealedObject object = Objects.requireNonNull(view.get(result))) {
      assertThat(object.typeTag()).isEqualTo(StandardTags.PASSING_ERROR);
      return ErrorObject.decode(object.data().asByteBuffer());
    }
  }

  private void resultIsThere(ActorRef<ObjectManager.Command> manager) {
    manager.tell(new ObjectManager.SubscribeToLost(again.getRef()));
    manager.tell(new ObjectManager.NodeJoined(THERE));
    manager.tell(new ObjectManager.TasksSubmitted(List.of(task)));
    manager.tell(ended(ObjectReport.ofHolders(result, SIZE, List.of(THERE))));
  }

  /// Returns when all that it was told before has been looked at.
  private void settle() {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    objects.tell(new ObjectManager.FindObjects(List.of(), answer::complete));
    assertThat(answer).succeedsWithin(Duration.ofSeconds(10));
  }

  private FetchObject neededFetch(ActorRef<ObjectManager.Command> manager) {
    manager.tell(new ObjectManager.AwaitObjects(List.of(result), ready.getRef()));
    return transfer.expectMessageClass(FetchObject.class);
  }

  private static ObjectManager.TasksEndedElsewhere ended(ObjectReport report) {
    return new ObjectManager.TasksEndedElsewhere(
        THERE, List.of(new TaskDone(report.id().taskId(), List.of(report))));
  }

  private static void fail(FetchObject fetch, List<NodeId> lacking) {
    fetch.replyTo().tell(new Fetched.Failed(fetch.id(), lacking, false, "the test has it so"));
  }
}

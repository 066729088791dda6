package org.rayakka.node.transfer;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.transfer.TransferMessage.Ask;
import org.rayakka.node.transfer.TransferMessage.AskInstead;
import org.rayakka.node.transfer.TransferMessage.Cancel;
import org.rayakka.node.transfer.TransferMessage.Prepare;
import org.rayakka.node.transfer.TransferMessage.Reason;
import org.rayakka.node.transfer.TransferMessage.Received;
import org.rayakka.node.transfer.TransferMessage.Refuse;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.SealedObject;
import org.rayakka.protocol.StandardTags;

/// Brings objects from other nodes' stores into this one, and sends them what they ask for. Decides
/// who sends what to whom; the bytes are moved by the {@link TransferPlane}, which is started with
/// the first transfer.
public final class ObjectTransfer {
  /// After so long, a holder that was too busy is asked again.
  private static final Duration BUSY_PAUSE = Duration.ofMillis(100);

  /// So often is room made for one object before its fetch fails.
  private static final int MAX_ROOM_REQUESTS = 100;

  /// What it can be told.
  public sealed interface Command {}

  /// Make an object readable here.
  ///
  /// @param id which
  /// @param size of its data, in bytes
  /// @param holders nodes that have it, as far as is known
  /// @param replyTo told when it is, or that it cannot be
  public record FetchObject(ObjectId id, long size, List<NodeId> holders, ActorRef<Fetched> replyTo)
      implements Command {
    /// Copies its list.
    public FetchObject {
      holders = List.copyOf(holders);
    }
  }

  /// A node is asked where an object is, and may have it: bring it here at once if it does. Whoever
  /// asks gets the answer that the object is somewhere else, or small, from that node.
  ///
  /// @param id which
  /// @param node may have it
  /// @param minBytes its size at least, else it is not wanted this way
  /// @param replyTo told if it comes
  public record TryFetch(ObjectId id, NodeId node, long minBytes, ActorRef<Fetched> replyTo)
      implements Command {}

  /// Another node says something.
  ///
  /// @param from which node
  /// @param message what
  public record FromPeer(NodeId from, TransferMessage message) implements Command {}

  /// A node is gone.
  ///
  /// @param nodeId which
  public record PeerLost(NodeId nodeId) implements Command {}

  private record FromPlane(PlaneEvent event) implements Command {}

  private record Restored(long transferId, Whereabouts whereabouts) implements Command {}

  private record RoomMade(ObjectId id, boolean isMade) implements Command {}

  private record TryAgain(ObjectId id) implements Command {}

  /// Answer to {@link FetchObject}.
  public sealed interface Fetched {
    /// The object.
    ///
    /// @return its id
    ObjectId id();

    /// It is readable here.
    ///
    /// @param id the object
    record Here(ObjectId id) implements Fetched {}

    /// It cannot be fetched.
    ///
    /// @param id the object
    /// @param lacking nodes that were said to have it and do not
    /// @param isFull whether there is no room for it here
    /// @param reason for a person
    record Failed(ObjectId id, List<NodeId> lacking, boolean isFull, String reason)
        implements Fetched {}
  }

  /// Where an object of this node is, after it was to be brought back from disk.
  public enum Whereabouts {
    /// It can be read.
    IN_MEMORY,
    /// There is no room for it in memory.
    ON_DISK,
    /// This node does not have it.
    NOWHERE
  }

  /// What a transfer needs of the node around it. Called on the actor's thread; answers may come on
  /// any.
  public interface Surroundings {
    /// Sends a message to another node, in order and once.
    ///
    /// @param to which node
    /// @param message what
    void send(NodeId to, TransferMessage message);

    /// Brings an object back from disk.
    ///
    /// @param id which
    /// @param answer told where it is now
    void restore(ObjectId id, Consumer<Whereabouts> answer);

    /// Makes room in the store.
    ///
    /// @param bytes how much
    /// @param answer told whether some was made
    void makeRoom(long bytes, Consumer<Boolean> answer);
  }

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final NodeId self;
  private final TransferSettings settings;
  private final ObjectStore store;
  private final Surroundings surroundings;
  private final SecureRandom random = new SecureRandom();

  private final FetchQueue fetchQueue;
  private final Map<ObjectId, Fetch> fetches = new HashMap<>();
  private final Map<Long, Fetch> byTransfer = new HashMap<>();

  private final SendQueue sendQueue = new SendQueue();
  private final Map<Long, Ask> asks = new HashMap<>();

  private @Nullable TransferPlane plane;
  private PlaneEvent.@Nullable Up up;
  private final List<Runnable> whenUp = new ArrayList<>();

  private ObjectTransfer(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      NodeId self,
      TransferSettings settings,
      ObjectStore store,
      Surroundings surroundings) {
    this.context = context;
    this.timers = timers;
    this.self = self;
    this.settings = settings;
    this.store = store;
    this.surroundings = surroundings;
    fetchQueue = new FetchQueue(settings.incomingBytes());
  }

  /// Makes the actor.
  ///
  /// @param self this node
  /// @param settings how
  /// @param store the node's own view of its store; its space requester must not block
  /// @param surroundings the node around it
  /// @return its behaviour
  public static Behavior<Command> create(
      NodeId self, TransferSettings settings, ObjectStore store, Surroundings surroundings) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(timers ->
            new ObjectTransfer(context, timers, self, settings, store, surroundings).running()));
  }

  /// Why an object does not come here.
  ///
  /// @param bytes its size
  /// @return for a person
  public static String noRoomFor(long bytes) {
    return "there is no room for its %d bytes: programs hold all that is in memory"
        .formatted(bytes);
  }

  private Behavior<Command> running() {
    return Behaviors.receive(Command.class)
        .onAnyMessage(this::onCommand)
        .onSignal(PostStop.class, stopped -> onStop())
        .build();
  }

  private Behavior<Command> onStop() {
    if (plane != null) {
      plane.close();
    }
    return Behaviors.same();
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case FetchObject fetch -> fetch(fetch);
      case TryFetch attempt -> tryFetch(attempt);
      case FromPeer(var from, var message) -> fromPeer(from, message);
      case PeerLost(var nodeId) -> peerLost(nodeId);
      case FromPlane(var event) -> fromPlane(event);
      case Restored(var transferId, var whereabouts) -> restored(transferId, whereabouts);
      case RoomMade(var id, var isMade) -> roomMade(id, isMade);
      case TryAgain(var id) -> {
        Fetch fetch = fetches.get(id);
        if (fetch != null && fetch.transferId == 0) {
          ask(fetch);
        }
      }
    }
    return Behaviors.same();
  }

  private void fromPeer(NodeId from, TransferMessage message) {
    switch (message) {
      case Prepare prepare -> startPlane();
      case Ask ask -> asked(from, ask);
      case Cancel(var transferId) -> sendEnded(transferId, false);
      case Received(var transferId) -> sendEnded(transferId, true);
      case Refuse refuse -> refused(refuse);
      case AskInstead(var transferId, var holder) -> {
        Fetch fetch = byTransfer.get(transferId);
        if (fetch != null) {
          fetch.askInstead(holder);
          stop(fetch);
        }
      }
    }
  }

  private void fromPlane(PlaneEvent event) {
    switch (event) {
      case PlaneEvent.Up isUp -> {
        up = isUp;
        List.copyOf(whenUp).forEach(Runnable::run);
        whenUp.clear();
      }
      case PlaneEvent.Down(var reason) -> down(reason);
      case PlaneEvent.Complete(var transferId) -> complete(transferId);
      case PlaneEvent.Stopped(var transferId) -> stopped(transferId);
      case PlaneEvent.NoRoom(var transferId) -> noRoom(transferId);
      case PlaneEvent.Broken(var transferId, var reason) -> broken(transferId, reason);
      case PlaneEvent.Unsent(var transferId, var reason) ->
          unsent(transferId, Reason.FAILED, reason);
    }
  }

  // Fetching.

  private void fetch(FetchObject wanted) {
    ObjectId id = wanted.id();
    if (store.contains(id)) {
      wanted.replyTo().tell(new Fetched.Here(id));
      return;
    }
    Fetch fetch = fetches.get(id);
    if (fetch == null) {
      fetch = new Fetch(id, wanted.size(), wanted.holders());
      fetches.put(id, fetch);
      fetchQueue.add(id, wanted.size());
    } else {
      fetch.addHolders(wanted.holders());
      if (fetch.isTry) {
        fetch.isTry = false;
        fetchQueue.sized(id, wanted.size());
      }
    }
    fetch.waiting.add(wanted.replyTo());
    startFetches();
  }

  /// Saves the way to the node and back, when nothing else comes: for one object at a time.
  private void tryFetch(TryFetch wanted) {
    ObjectId id = wanted.id();
    if (up == null || !fetches.isEmpty() || store.contains(id)) {
      return;
    }
    Fetch fetch = new Fetch(id, Incoming.UNKNOWN_SIZE, List.of(wanted.node()));
    fetch.isTry = true;
    fetch.minBytes = wanted.minBytes();
    fetch.waiting.add(wanted.replyTo());
    fetches.put(id, fetch);
    fetchQueue.addOfUnknownSize(id);
    startFetches();
  }

  private void startFetches() {
    for (ObjectId id : fetchQueue.start()) {
      Fetch fetch = fetches.get(id);
      if (fetch != null) {
        ask(fetch);
      }
    }
  }

  private void ask(Fetch fetch) {
    TransferPlane started = startPlane();
    PlaneEvent.Up isUp = up;
    if (isUp == null) {
      NodeId first = fetch.firstHolder();
      if (first != null) {
        surroundings.send(first, new Prepare());
      }
      whenUp.add(() -> ask(fetch));
      return;
    }
    NodeId holder = fetch.nextHolder();
    if (holder == null) {
      fail(fetch);
      return;
    }
    long transferId = newTransferId();
    fetch.transferId = transferId;
    byTransfer.put(transferId, fetch);
    Incoming incoming = fetch.incoming;
    long offset = incoming.received;
    started.expect(transferId, holder, incoming);
    if (!fetch.isTry) {
      fetch.minBytes = 0;
    }
    surroundings.send(
        holder,
        new Ask(transferId, fetch.id, offset, isUp.endpoint(), isUp.nonce(), fetch.minBytes));
  }

  private long newTransferId() {
    long transferId;
    do {
      transferId = random.nextLong();
    } while (transferId == 0);
    return transferId;
  }

  /// Ends the transfer under way; the next holder is asked when the plane has let go of it.
  private void stop(Fetch fetch) {
    if (plane != null) {
      plane.stop(fetch.transferId);
    }
  }

  private void stopped(long transferId) {
    Fetch fetch = byTransfer.remove(transferId);
    if (fetch != null) {
      fetch.transferId = 0;
      if (fetch.isTry) {
        fail(fetch);
      } else if (fetch.isToPause) {
        fetch.isToPause = false;
        timers.startSingleTimer(fetch.id, new TryAgain(fetch.id), BUSY_PAUSE);
      } else {
        ask(fetch);
      }
    }
  }

  private void refused(Refuse refuse) {
    Fetch fetch = byTransfer.get(refuse.transferId());
    if (fetch == null) {
      return;
    }
    if (fetch.minBytes > 0) {
      // It may have the object on disk.
      fetch.askLater();
      stop(fetch);
      return;
    }
    switch (refuse.reason()) {
      case LACKING -> fetch.lacks();
      case FAILED -> fetch.failed(refuse.detail());
      case BUSY -> {
        fetch.askAgain();
        fetch.isToPause = true;
      }
    }
    stop(fetch);
  }

  private void broken(long transferId, String reason) {
    Fetch fetch = byTransfer.get(transferId);
    if (fetch == null) {
      return;
    }
    context
        .getLog()
        .warn("transfer object={} from={} state=broken reason={}", fetch.id, fetch.asked(), reason);
    tellHolder(fetch, new Cancel(transferId));
    fetch.failed(reason);
    if (store.contains(fetch.id)) {
      // It was made here meanwhile.
      byTransfer.remove(transferId);
      end(fetch, new Fetched.Here(fetch.id));
    } else {
      stop(fetch);
    }
  }

  private void noRoom(long transferId) {
    Fetch fetch = byTransfer.remove(transferId);
    if (fetch == null) {
      return;
    }
    tellHolder(fetch, new Cancel(transferId));
    fetch.transferId = 0;
    fetch.roomRequests++;
    fetch.askAgain();
    ObjectId id = fetch.id;
    ActorRef<Command> me = context.getSelf();
    surroundings.makeRoom(fetch.incoming.size, isMade -> me.tell(new RoomMade(id, isMade)));
  }

  private void roomMade(ObjectId id, boolean isMade) {
    Fetch fetch = fetches.get(id);
    if (fetch == null) {
      return;
    }
    if (isMade && fetch.roomRequests < MAX_ROOM_REQUESTS) {
      ask(fetch);
    } else {
      fetch.isFull = true;
      fetch.lastReason = noRoomFor(fetch.incoming.size);
      fail(fetch);
    }
  }

  private void complete(long transferId) {
    Fetch fetch = byTransfer.remove(transferId);
    if (fetch != null) {
      tellHolder(fetch, new Received(transferId));
      end(fetch, new Fetched.Here(fetch.id));
    }
  }

  private void fail(Fetch fetch) {
    if (plane != null) {
      plane.drop(fetch.incoming);
    }
    end(fetch, store.contains(fetch.id) ? new Fetched.Here(fetch.id) : fetch.failure());
  }

  private void end(Fetch fetch, Fetched outcome) {
    fetches.remove(fetch.id);
    fetchQueue.ended(fetch.id);
    tell(fetch, outcome);
    startFetches();
  }

  private static void tell(Fetch fetch, Fetched outcome) {
    if (!fetch.isTry || outcome instanceof Fetched.Here) {
      fetch.waiting.forEach(replyTo -> replyTo.tell(outcome));
    }
  }

  private void tellHolder(Fetch fetch, TransferMessage message) {
    NodeId holder = fetch.asked();
    if (holder != null) {
      surroundings.send(holder, message);
    }
  }

  // Sending.

  private void asked(NodeId from, Ask ask) {
    if (ask.minBytes() > 0 && store.sizeOf(ask.id()) < ask.minBytes()) {
      surroundings.send(from, new Refuse(ask.transferId(), Reason.LACKING, ""));
      return;
    }
    asks.put(ask.transferId(), ask);
    carryOut(sendQueue.asked(from, ask.id(), ask.transferId()));
  }

  private void carryOut(List<SendQueue.Step> steps) {
    for (SendQueue.Step step : steps) {
      switch (step) {
        case SendQueue.Step.Start(var transferId) -> send(transferId, true);
        case SendQueue.Step.Redirect(var asker, var transferId, var holder) -> {
          asks.remove(transferId);
          surroundings.send(asker, new AskInstead(transferId, holder));
        }
        case SendQueue.Step.Refuse(var asker, var transferId) -> {
          asks.remove(transferId);
          surroundings.send(
              asker, new Refuse(transferId, Reason.BUSY, SendQueue.MAX_WAITING + " wait already"));
        }
      }
    }
  }

  private void send(long transferId, boolean mayBeOnDisk) {
    Ask ask = asks.get(transferId);
    if (ask == null) {
      return;
    }
    SealedObject object = store.get(ask.id());
    if (object != null && object.typeTag() == StandardTags.PASSING_ERROR) {
      object.close();
      object = null;
    }
    if (object == null && mayBeOnDisk) {
      ActorRef<Command> me = context.getSelf();
      surroundings.restore(ask.id(), whereabouts -> me.tell(new Restored(transferId, whereabouts)));
    } else if (object == null) {
      unsent(transferId, Reason.LACKING, "");
    } else if (ask.offset() < 0 || ask.offset() > object.size()) {
      long size = object.size();
      object.close();
      unsent(
          transferId, Reason.FAILED, "offset: " + ask.offset() + " (expected: 0 to " + size + ")");
    } else {
      Outgoing outgoing =
          new Outgoing(
              transferId,
              sendQueue.askerOf(transferId),
              ask.endpoint(),
              ask.nonce(),
              object,
              ask.offset());
      startPlane().send(outgoing);
    }
  }

  private void restored(long transferId, Whereabouts whereabouts) {
    switch (whereabouts) {
      case IN_MEMORY -> send(transferId, false);
      case ON_DISK ->
          unsent(
              transferId,
              Reason.FAILED,
              "it is on disk there, and programs hold all that is in memory");
      case NOWHERE -> unsent(transferId, Reason.LACKING, "");
    }
  }

  private void unsent(long transferId, Reason reason, String detail) {
    NodeId asker = sendQueue.askerOf(transferId);
    if (!asker.isNil()) {
      surroundings.send(asker, new Refuse(transferId, reason, detail));
      sendEnded(transferId, false);
    }
  }

  private void sendEnded(long transferId, boolean hasReceived) {
    asks.remove(transferId);
    if (plane != null) {
      plane.endSending(transferId);
    }
    carryOut(sendQueue.ended(transferId, hasReceived));
  }

  // Both.

  private void peerLost(NodeId node) {
    for (Fetch fetch : List.copyOf(fetches.values())) {
      if (fetch.lost(node) && fetch.transferId != 0) {
        stop(fetch);
      }
    }
    sendQueue.transfersTo(node).forEach(transferId -> sendEnded(transferId, false));
  }

  private TransferPlane startPlane() {
    TransferPlane running = plane;
    if (running == null) {
      ActorRef<Command> me = context.getSelf();
      running =
          TransferPlane.start(
              self, settings, store, random.nextLong(), event -> me.tell(new FromPlane(event)));
      plane = running;
    }
    return running;
  }

  /// The next transfer starts another plane; those under way are lost.
  private void down(String reason) {
    plane = null;
    up = null;
    whenUp.clear();
    byTransfer.clear();
    List<Fetch> lost = List.copyOf(fetches.values());
    fetches.clear();
    for (Fetch fetch : lost) {
      fetchQueue.ended(fetch.id);
      fetch.incoming.drop();
      fetch.lastReason = "this node's transfers failed: " + reason;
      tell(fetch, fetch.failure());
    }
    for (long transferId : List.copyOf(asks.keySet())) {
      unsent(transferId, Reason.FAILED, reason);
    }
  }
}

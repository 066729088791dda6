package org.rayakka.node.transfer;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.transfer.ObjectTransfer.FetchObject;
import org.rayakka.node.transfer.ObjectTransfer.Fetched;
import org.rayakka.node.transfer.ObjectTransfer.TryFetch;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.SealedObject;
import org.rayakka.objectstore.StoreNode;
import org.rayakka.objectstore.StoreSettings;
import org.rayakka.objectstore.UnsealedObject;

/// As much of a node as transfers need: a store of its own, a media driver of its own. Messages
/// between such nodes go straight from one actor to the other.
final class TransferNode implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final long LARGE = 100_000;
  private static final int TAG = 7;

  final NodeId id;
  final StoreNode store;
  final ObjectStore view;
  final ActorRef<ObjectTransfer.Command> transfer;

  /// Transfers from here that have ended well.
  final AtomicInteger sends = new AtomicInteger();

  /// How often this node was told that it will have to send.
  final AtomicInteger prepares = new AtomicInteger();

  /// Where the bytes begin that this node asked for last.
  final AtomicLong askedOffset = new AtomicLong();

  private final ActorTestKit kit;
  private final Map<NodeId, TransferNode> network;
  private final UnreliableRelay.@Nullable Network arrivals;
  private final Map<NodeId, UnreliableRelay> relays = new ConcurrentHashMap<>();

  /// How a node of a test differs from others.
  ///
  /// @param capacity of its store
  /// @param secret of its cluster
  /// @param spillDirectory of its store, if it spills
  /// @param aeron its ports and its driver
  /// @param arrivals if not null, decides what arrives at it
  record Options(
      long capacity,
      String secret,
      @Nullable Path spillDirectory,
      AeronSettings aeron,
      UnreliableRelay.@Nullable Network arrivals) {
    static Options ofCapacity(long capacity) {
      return new Options(capacity, "secret", null, AeronSettings.DEFAULT, null);
    }

    Options withSecret(String secret) {
      return new Options(capacity, secret, spillDirectory, aeron, arrivals);
    }

    Options withSpillDirectory(Path spillDirectory) {
      return new Options(capacity, secret, spillDirectory, aeron, arrivals);
    }

    Options withAeron(AeronSettings aeron) {
      return new Options(capacity, secret, spillDirectory, aeron, arrivals);
    }

    Options withArrivals(UnreliableRelay.Network arrivals) {
      return new Options(capacity, secret, spillDirectory, aeron, arrivals);
    }
  }

  TransferNode(ActorTestKit kit, Map<NodeId, TransferNode> network, int number, Options options) {
    this.kit = kit;
    this.network = network;
    arrivals = options.arrivals();
    id = new NodeId(1, number);
    store =
        StoreNode.create(
            StoreSettings.ofCapacity(options.capacity())
                .withPrefault(false)
                .withSpillDirectory(options.spillDirectory()));
    view = store.client();
    TransferSettings settings =
        new TransferSettings(
            "127.0.0.1", options.aeron(), 512 << 20, Duration.ofSeconds(2), options.secret());
    transfer = kit.spawn(ObjectTransfer.create(id, settings, view, new Surroundings()));
    network.put(id, this);
  }

  static Map<NodeId, TransferNode> network() {
    return new ConcurrentHashMap<>();
  }

  private final class Surroundings implements ObjectTransfer.Surroundings {
    @Override
    public void send(NodeId to, TransferMessage message) {
      TransferNode receiver = network.get(to);
      if (receiver != null && network.containsKey(id)) {
        TransferMessage sent = message;
        if (message instanceof TransferMessage.Ask ask) {
          askedOffset.set(ask.offset());
          sent = relayed(to, ask);
        } else if (message instanceof TransferMessage.Received) {
          receiver.sends.incrementAndGet();
        } else if (message instanceof TransferMessage.Prepare) {
          receiver.prepares.incrementAndGet();
        }
        receiver.transfer.tell(new ObjectTransfer.FromPeer(id, sent));
      }
    }

    private TransferMessage relayed(NodeId holder, TransferMessage.Ask ask) {
      UnreliableRelay.Network between = arrivals;
      if (between == null) {
        return ask;
      }
      UnreliableRelay relay =
          relays.computeIfAbsent(holder, _ -> new UnreliableRelay(ask.endpoint(), between));
      return new TransferMessage.Ask(
          ask.transferId(), ask.id(), ask.offset(), relay.endpoint(), ask.nonce(), ask.minBytes());
    }

    @Override
    public void restore(ObjectId object, Consumer<ObjectTransfer.Whereabouts> answer) {
      answer.accept(
          store.restore(object)
              ? ObjectTransfer.Whereabouts.IN_MEMORY
              : store.bytesOnDisk(object) < 0
                  ? ObjectTransfer.Whereabouts.NOWHERE
                  : ObjectTransfer.Whereabouts.ON_DISK);
    }

    @Override
    public void makeRoom(long bytes, Consumer<Boolean> answer) {
      answer.accept(store.makeRoom(bytes) > 0);
    }
  }

  /// An object whose bytes tell where in which object they are.
  ObjectId put(int number, long size) {
    ObjectId object = new ObjectId(id.low(), number, 1);
    try (UnsealedObject unsealed = view.create(object, TAG, size)) {
      ObjectBytes.fill(unsealed.data(), object);
      unsealed.seal();
    }
    return object;
  }

  /// Asks for an object.
  TestProbe<Fetched> fetch(ObjectId object, long size, TransferNode... holders) {
    TestProbe<Fetched> probe = kit.createTestProbe(Fetched.class);
    fetch(object, size, probe, holders);
    return probe;
  }

  void fetch(ObjectId object, long size, TestProbe<Fetched> probe, TransferNode... holders) {
    List<NodeId> ids = List.of(holders).stream().map(holder -> holder.id).toList();
    transfer.tell(new FetchObject(object, size, ids, probe.getRef()));
  }

  /// Asks for an object that a node may have.
  TestProbe<Fetched> tryFetch(ObjectId object, TransferNode node) {
    TestProbe<Fetched> probe = kit.createTestProbe(Fetched.class);
    transfer.tell(new TryFetch(object, node.id, LARGE, probe.getRef()));
    return probe;
  }

  Fetched await(TestProbe<Fetched> probe) {
    return probe.receiveMessage(PATIENCE);
  }

  /// The first byte that is not the object's, or -1; or -2 when it is not here at all.
  long firstWrong(ObjectId object) {
    try (SealedObject found = view.get(object)) {
      if (found == null || found.typeTag() != TAG) {
        return -2;
      }
      return ObjectBytes.firstWrong(found.data(), object);
    }
  }

  /// Ends like a killed process: the others are told, and hear nothing more.
  void die() {
    network.remove(id);
    kit.stop(transfer, PATIENCE);
    network.values().forEach(node -> node.transfer.tell(new ObjectTransfer.PeerLost(id)));
  }

  @Override
  public void close() {
    if (network.remove(id) != null) {
      kit.stop(transfer, PATIENCE);
    }
    relays.values().forEach(UnreliableRelay::close);
    view.close();
    store.close();
  }
}

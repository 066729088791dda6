package org.rayakka.node;

import akka.actor.typed.ActorRef;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.object.StoreKeeper;
import org.rayakka.node.peer.PeerMessage;
import org.rayakka.node.peer.Peers;
import org.rayakka.node.transfer.ObjectTransfer;
import org.rayakka.node.transfer.TransferMessage;
import org.rayakka.node.transfer.TransferSettings;

/// What object transfer finds around it in a node.
///
/// @param keeper changes the store
/// @param peers the other nodes
record TransferWiring(ActorRef<StoreKeeper.Command> keeper, ActorRef<Peers.Command> peers)
    implements ObjectTransfer.Surroundings {
  private static final Duration STALL_TIMEOUT = Duration.ofSeconds(5);

  /// Objects on their way may take that part of the store.
  private static final int INCOMING_PART = 4;

  @Override
  public void send(NodeId to, TransferMessage message) {
    peers.tell(new Peers.Send(to, new PeerMessage.Transfer(message)));
  }

  @Override
  public void restore(ObjectId id, Consumer<ObjectTransfer.Whereabouts> answer) {
    keeper.tell(new StoreKeeper.Restore(id, outcome -> answer.accept(whereabouts(outcome))));
  }

  private static ObjectTransfer.Whereabouts whereabouts(StoreKeeper.Restored outcome) {
    if (outcome.isHere()) {
      return ObjectTransfer.Whereabouts.IN_MEMORY;
    }
    return outcome.isLeftOnDisk()
        ? ObjectTransfer.Whereabouts.ON_DISK
        : ObjectTransfer.Whereabouts.NOWHERE;
  }

  @Override
  public void makeRoom(long bytes, Consumer<Boolean> answer) {
    keeper.tell(new StoreKeeper.MakeRoom(bytes, freed -> answer.accept(freed > 0)));
  }

  /// How a node moves objects.
  static TransferSettings settings(NodeSettings node) {
    return new TransferSettings(
        node.address(),
        node.aeron(),
        Math.max(1, node.store().capacityBytes() / INCOMING_PART),
        STALL_TIMEOUT,
        secret(node));
  }

  /// What all nodes of a cluster know: it follows from the password of its tables.
  private static String secret(NodeSettings node) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(("transfer " + node.redis().password()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

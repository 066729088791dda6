package org.rayakka.node.transfer;

import akka.actor.typed.ActorRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.transfer.ObjectTransfer.Fetched;

/// An object that this node wants: who waits for it, who may have it, and the transfer that brings
/// it at present. One fetch serves all who wait.
final class Fetch {
  /// How often one holder may fail before it is not asked again.
  private static final int MAX_FAILURES = 3;

  final ObjectId id;
  final Incoming incoming;
  final Set<ActorRef<Fetched>> waiting = new LinkedHashSet<>();
  private final ArrayDeque<NodeId> holders = new ArrayDeque<>();
  private final List<NodeId> lacking = new ArrayList<>();
  private final Map<NodeId, Integer> failures = new HashMap<>();
  private @Nullable NodeId asked;

  /// How often there was no room for it.
  int roomRequests;

  /// Whether it fails for want of room.
  boolean isFull;

  /// Whether to wait a moment before the next holder is asked.
  boolean isToPause;

  /// Whether nobody has said yet that the object is anywhere: should it not come, nobody is told.
  boolean isTry;

  /// The least size that the transfer under way was asked with; 0: whatever its size is.
  long minBytes;

  /// The transfer under way; 0: none.
  long transferId;

  String lastReason = "no other node holds it";

  Fetch(ObjectId id, long size, List<NodeId> holders) {
    this.id = id;
    incoming = new Incoming(id, size);
    addHolders(holders);
  }

  /// These have it too.
  void addHolders(List<NodeId> more) {
    for (NodeId holder : more) {
      if (!holders.contains(holder) && !holder.equals(asked)) {
        holders.addLast(holder);
      }
    }
  }

  /// This one has it, and is to be asked next; whoever was asked before, after it.
  void askInstead(NodeId holder) {
    if (asked != null) {
      holders.remove(asked);
      holders.addLast(asked);
    }
    holders.remove(holder);
    holders.addFirst(holder);
  }

  /// Whoever was asked is to be asked again.
  void askAgain() {
    if (asked != null) {
      holders.remove(asked);
      holders.addFirst(asked);
    }
  }

  /// Whoever was asked is to be asked again, after the others.
  void askLater() {
    if (asked != null) {
      holders.remove(asked);
      holders.addLast(asked);
    }
  }

  /// Whoever was asked did not send it.
  void failed(String reason) {
    lastReason = asked + ": " + reason;
    if (asked != null && failures.merge(asked, 1, Integer::sum) < MAX_FAILURES) {
      askLater();
    }
  }

  /// Whoever was asked does not have it.
  void lacks() {
    if (asked != null) {
      lacking.add(asked);
      lastReason = asked + " does not have it";
    }
  }

  /// A node is gone.
  ///
  /// @return whether it was the one that was asked
  boolean lost(NodeId node) {
    holders.remove(node);
    if (!node.equals(asked)) {
      return false;
    }
    lastReason = node + " was lost while it sent";
    asked = null;
    return true;
  }

  /// Whom {@link #nextHolder} will say to ask, if nothing else is heard.
  @Nullable NodeId firstHolder() {
    return holders.peekFirst();
  }

  /// Whom to ask now.
  ///
  /// @return null when nobody is left
  @Nullable NodeId nextHolder() {
    asked = holders.pollFirst();
    return asked;
  }

  @Nullable NodeId asked() {
    return asked;
  }

  Fetched.Failed failure() {
    return new Fetched.Failed(id, List.copyOf(lacking), isFull, lastReason);
  }
}

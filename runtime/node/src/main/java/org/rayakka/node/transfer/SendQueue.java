package org.rayakka.node.transfer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;

/// Decides which of the nodes that ask for objects are sent them, and which have to wait or to ask
/// elsewhere. One object goes to few nodes at a time; a node that has received it is one that
/// others can ask, so an object that n nodes want reaches them in about log n rounds, and its first
/// holder sends it a few times only.
final class SendQueue {
  /// Nodes that one object is sent to at a time.
  static final int SENDS_PER_OBJECT = 2;

  /// Objects sent at a time, to all nodes together.
  static final int MAX_SENDS = 64;

  /// Who would have to wait behind so many is told to come back later.
  static final int MAX_WAITING = 4_096;

  /// What is to be done.
  sealed interface Step {
    /// Send.
    ///
    /// @param transferId what
    record Start(long transferId) implements Step {}

    /// Tell the asker to ask another node.
    ///
    /// @param asker whom to tell
    /// @param transferId its transfer, which has ended
    /// @param holder the other node
    record Redirect(NodeId asker, long transferId, NodeId holder) implements Step {}

    /// Tell the asker that there are too many.
    ///
    /// @param asker whom to tell
    /// @param transferId its transfer, which has ended
    record Refuse(NodeId asker, long transferId) implements Step {}
  }

  private record Asked(NodeId asker, ObjectId id) {}

  private final Map<Long, Asked> sending = new HashMap<>();
  private final Map<ObjectId, Integer> sendsOf = new HashMap<>();
  private final LinkedHashMap<Long, Asked> waiting = new LinkedHashMap<>();

  /// A node asks for an object.
  List<Step> asked(NodeId asker, ObjectId id, long transferId) {
    if (waiting.size() >= MAX_WAITING) {
      return List.of(new Step.Refuse(asker, transferId));
    }
    waiting.put(transferId, new Asked(asker, id));
    return start();
  }

  /// A transfer has ended, or its asker does not want it any more.
  ///
  /// @param transferId which
  /// @param hasReceived whether its asker has the object now
  List<Step> ended(long transferId, boolean hasReceived) {
    waiting.remove(transferId);
    Asked ended = sending.remove(transferId);
    if (ended == null) {
      return List.of();
    }
    sendsOf.computeIfPresent(ended.id(), (id, sends) -> sends == 1 ? null : sends - 1);
    List<Step> steps = new ArrayList<>();
    if (hasReceived) {
      redirect(ended, steps);
    }
    steps.addAll(start());
    return steps;
  }

  /// What a node has asked for that has not ended.
  List<Long> transfersTo(NodeId node) {
    return Stream.of(sending, waiting)
        .flatMap(asked -> asked.entrySet().stream())
        .filter(entry -> entry.getValue().asker().equals(node))
        .map(Map.Entry::getKey)
        .toList();
  }

  /// Who asked for what is being sent.
  ///
  /// @return nil if nothing of the kind is being sent
  NodeId askerOf(long transferId) {
    Asked asked = sending.get(transferId);
    return asked == null ? NodeId.NIL : asked.asker();
  }

  /// The new holder takes over half of those who wait for the object, and shares them in its turn.
  private void redirect(Asked received, List<Step> steps) {
    long waitingForIt =
        waiting.values().stream().filter(asked -> asked.id().equals(received.id())).count();
    long toRedirect = (waitingForIt + 1) / 2;
    Iterator<Map.Entry<Long, Asked>> entries = waiting.entrySet().iterator();
    while (entries.hasNext() && toRedirect > 0) {
      Map.Entry<Long, Asked> entry = entries.next();
      Asked asked = entry.getValue();
      if (asked.id().equals(received.id()) && !asked.asker().equals(received.asker())) {
        steps.add(new Step.Redirect(asked.asker(), entry.getKey(), received.asker()));
        entries.remove();
        toRedirect--;
      }
    }
  }

  private List<Step> start() {
    List<Step> started = new ArrayList<>();
    Iterator<Map.Entry<Long, Asked>> entries = waiting.entrySet().iterator();
    while (entries.hasNext() && sending.size() < MAX_SENDS) {
      Map.Entry<Long, Asked> entry = entries.next();
      Asked asked = entry.getValue();
      if (sendsOf.getOrDefault(asked.id(), 0) < SENDS_PER_OBJECT) {
        sendsOf.merge(asked.id(), 1, Integer::sum);
        sending.put(entry.getKey(), asked);
        started.add(new Step.Start(entry.getKey()));
        entries.remove();
      }
    }
    return started;
  }
}

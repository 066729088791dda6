package org.rayakka.node.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.transfer.SendQueue.Step.Redirect;
import org.rayakka.node.transfer.SendQueue.Step.Refuse;
import org.rayakka.node.transfer.SendQueue.Step.Start;

class SendQueueTest {
  private static final ObjectId OBJECT = new ObjectId(0, 1, 1);

  private final SendQueue queue = new SendQueue();

  private static NodeId node(int number) {
    return new NodeId(0, number);
  }

  @Test
  void sendsAnObjectToFewNodesAtATimeAndTheRestToThoseThatHaveReceivedIt() {
    assertThat(queue.asked(node(1), OBJECT, 1)).containsExactly(new Start(1));
    assertThat(queue.asked(node(2), OBJECT, 2)).containsExactly(new Start(2));
    for (int i = 3; i <= 6; i++) {
      assertThat(queue.asked(node(i), OBJECT, i)).isEmpty();
    }
    assertThat(queue.ended(1, true))
        .containsExactly(
            new Redirect(node(3), 3, node(1)), new Redirect(node(4), 4, node(1)), new Start(5));
  }

  @Test
  void doesNotSendNodesToOneThatDidNotReceiveIt() {
    queue.asked(node(1), OBJECT, 1);
    queue.asked(node(2), OBJECT, 2);
    queue.asked(node(3), OBJECT, 3);
    assertThat(queue.ended(1, false)).containsExactly(new Start(3));
  }

  @Test
  void sendsOtherObjectsMeanwhile() {
    for (int i = 1; i <= 3; i++) {
      queue.asked(node(i), OBJECT, i);
    }
    assertThat(queue.asked(node(4), new ObjectId(0, 2, 1), 4)).containsExactly(new Start(4));
  }

  @Test
  void boundsWhatIsSentAndWhatWaits() {
    for (int i = 1; i <= SendQueue.MAX_SENDS; i++) {
      assertThat(queue.asked(node(i), new ObjectId(0, i, 1), i)).containsExactly(new Start(i));
    }
    int next = SendQueue.MAX_SENDS + 1;
    for (int i = 0; i < SendQueue.MAX_WAITING; i++) {
      assertThat(queue.asked(node(1), new ObjectId(1, i, 1), next + i)).isEmpty();
    }
    assertThat(queue.asked(node(7), OBJECT, -1)).containsExactly(new Refuse(node(7), -1));
    assertThat(queue.ended(1, true)).containsExactly(new Start(next));
  }

  @Test
  void knowsWhatANodeHasAskedFor() {
    for (int i = 1; i <= 3; i++) {
      queue.asked(node(9), OBJECT, i);
    }
    queue.asked(node(8), OBJECT, 4);
    assertThat(queue.transfersTo(node(9))).containsExactlyInAnyOrder(1L, 2L, 3L);
    assertThat(queue.askerOf(1)).isEqualTo(node(9));
    assertThat(queue.askerOf(3)).isEqualTo(NodeId.NIL);
  }

  /// What the queues of all nodes decide together: each transfer takes one round.
  @Test
  void anObjectReachesManyNodesInFewRoundsAndNoHolderSendsItOften() {
    int nodes = 64;
    Map<NodeId, SendQueue> queues = new HashMap<>();
    for (int i = 0; i <= nodes; i++) {
      queues.put(node(i), new SendQueue());
    }
    record Sending(NodeId holder, NodeId receiver, long transferId) {}
    ArrayDeque<Sending> asking = new ArrayDeque<>();
    for (int i = 1; i <= nodes; i++) {
      asking.add(new Sending(node(0), node(i), i));
    }
    Map<Long, NodeId> askers = new HashMap<>();
    Map<NodeId, Integer> sends = new HashMap<>();
    Set<NodeId> received = new HashSet<>();
    List<Sending> underWay = new ArrayList<>();
    long lastId = nodes;
    int rounds = 0;
    while (received.size() < nodes) {
      assertThat(rounds).isLessThan(nodes);
      List<Sending> ending = List.copyOf(underWay);
      underWay.clear();
      Map<NodeId, List<SendQueue.Step>> steps = new HashMap<>();
      for (Sending sending : ending) {
        received.add(sending.receiver());
        sends.merge(sending.holder(), 1, Integer::sum);
        steps
            .computeIfAbsent(sending.holder(), holder -> new ArrayList<>())
            .addAll(queue(queues, sending.holder()).ended(sending.transferId(), true));
      }
      while (!steps.isEmpty() || !asking.isEmpty()) {
        for (Map.Entry<NodeId, List<SendQueue.Step>> of : steps.entrySet()) {
          for (SendQueue.Step step : of.getValue()) {
            switch (step) {
              case Start(var transferId) ->
                  underWay.add(
                      new Sending(
                          of.getKey(), askers.getOrDefault(transferId, NodeId.NIL), transferId));
              case Redirect(var asker, _, var holder) ->
                  asking.add(new Sending(holder, asker, ++lastId));
              case Refuse refuse -> throw new AssertionError(refuse);
            }
          }
        }
        steps.clear();
        while (!asking.isEmpty()) {
          Sending ask = asking.remove();
          askers.put(ask.transferId(), ask.receiver());
          steps
              .computeIfAbsent(ask.holder(), holder -> new ArrayList<>())
              .addAll(queue(queues, ask.holder()).asked(ask.receiver(), OBJECT, ask.transferId()));
        }
      }
      rounds++;
    }
    assertThat(rounds).isLessThanOrEqualTo(10);
    assertThat(sends.values()).allMatch(times -> times <= 16);
  }

  private static SendQueue queue(Map<NodeId, SendQueue> queues, NodeId node) {
    SendQueue found = queues.get(node);
    if (found == null) {
      throw new AssertionError(node);
    }
    return found;
  }
}

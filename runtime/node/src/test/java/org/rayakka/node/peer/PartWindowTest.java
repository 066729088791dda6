package org.rayakka.node.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rayakka.node.peer.WireMessage.Part;

/// Both halves of the window against a connection that loses, repeats and delays.
class PartWindowTest {
  private static byte[] message(int length, int fill) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) fill);
    return bytes;
  }

  @Test
  void largeMessagesTravelInParts() {
    PartSender sender = new PartSender();
    PartReceiver receiver = new PartReceiver();
    byte[] large = message(3 * PartSender.MAX_PART_BYTES + 1, 7);
    sender.add(large);

    List<Part> parts = sender.next();

    assertThat(parts).hasSize(4);
    for (Part part : parts.subList(0, 3)) {
      assertThat(receiver.accept(part)).isNull();
    }
    assertThat(receiver.accept(parts.getLast())).isEqualTo(large);
  }

  @Test
  void anEmptyMessageIsOneToo() {
    PartSender sender = new PartSender();
    sender.add(new byte[0]);

    assertThat(new PartReceiver().accept(sender.next().getFirst())).isEmpty();
  }

  @Test
  void holdsBackWhatExceedsTheWindowUntilItIsAcknowledged() {
    PartSender sender = new PartSender();
    for (int i = 0; i < PartSender.WINDOW_PARTS + 10; i++) {
      sender.add(message(1, i));
    }

    assertThat(sender.next()).hasSize(PartSender.WINDOW_PARTS);
    assertThat(sender.next()).isEmpty();
    sender.acknowledged(3);
    assertThat(sender.next()).hasSize(3);
  }

  @Test
  void whoeverRepeatsHimselfIsToldAtOnce() {
    PartSender sender = new PartSender();
    PartReceiver receiver = new PartReceiver();
    sender.add(message(1, 1));
    Part part = sender.next().getFirst();
    receiver.accept(part);
    assertThat(receiver.isAcknowledgementUrgent()).isFalse();
    assertThat(receiver.acknowledge()).isEqualTo(1);

    assertThat(receiver.accept(part)).isNull();

    assertThat(receiver.isAcknowledgementUrgent()).isTrue();
  }

  @Test
  void everyMessageArrivesOnceAndInOrderWhateverIsLost() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    PartSender sender = new PartSender();
    PartReceiver receiver = new PartReceiver();
    List<Integer> got = new ArrayList<>();
    int count = 500;
    for (int i = 0; i < count; i++) {
      sender.add(message(1 + random.nextInt(2 * PartSender.MAX_PART_BYTES), i));
    }

    for (int round = 0; got.size() < count && round < 10_000; round++) {
      List<Part> sent = new ArrayList<>(sender.next());
      if (random.nextInt(4) == 0) {
        sent.addAll(sender.unacknowledged());
      }
      for (Part part : sent) {
        byte[] message = random.nextInt(10) == 0 ? null : receiver.accept(part);
        if (message != null) {
          got.add(message[0] & 0xff);
        }
      }
      if (random.nextBoolean()) {
        sender.acknowledged(receiver.acknowledge());
      }
    }

    assertThat(got).as("seed " + seed).hasSize(count);
    for (int i = 0; i < count; i++) {
      assertThat(got.get(i)).as("seed " + seed).isEqualTo(i & 0xff);
    }
  }
}

package org.rayakka.node.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.rayakka.api.id.ObjectId;

class FetchQueueTest {
  private static final long MIB = 1 << 20;

  private final FetchQueue queue = new FetchQueue(80 * MIB);

  private static ObjectId id(int number) {
    return new ObjectId(0, 1, number);
  }

  @Test
  void letsThroughAsManyBytesAsMayBeUnderWay() {
    queue.add(id(1), 40 * MIB);
    queue.add(id(2), 30 * MIB);
    queue.add(id(3), 30 * MIB);
    assertThat(queue.start()).containsExactly(id(1), id(2));
    assertThat(queue.start()).isEmpty();
    queue.ended(id(2));
    assertThat(queue.start()).containsExactly(id(3));
  }

  @Test
  void letsAnObjectThroughAloneThatIsMoreThanMayBeUnderWay() {
    queue.add(id(1), 500 * MIB);
    queue.add(id(2), 2 * MIB);
    assertThat(queue.start()).containsExactly(id(1));
    queue.ended(id(1));
    assertThat(queue.start()).containsExactly(id(2));
  }

  @Test
  void smallObjectsDoNotWaitForLargeOnes() {
    queue.add(id(1), 70 * MIB);
    queue.add(id(2), 70 * MIB);
    queue.add(id(3), 100);
    assertThat(queue.start()).containsExactly(id(3), id(1));
  }

  @Test
  void boundsHowManyAreUnderWay() {
    for (int i = 1; i <= FetchQueue.MAX_FETCHES + 1; i++) {
      queue.add(id(i), 1);
    }
    assertThat(queue.start()).hasSize(FetchQueue.MAX_FETCHES);
    queue.ended(id(1));
    assertThat(queue.start()).containsExactly(id(FetchQueue.MAX_FETCHES + 1));
  }

  @Test
  void countsAnObjectAsItsSizeBecomesKnown() {
    queue.addOfUnknownSize(id(1));
    assertThat(queue.start()).containsExactly(id(1));
    queue.sized(id(1), 60 * MIB);
    queue.add(id(2), 20 * MIB);
    assertThat(queue.start()).isEmpty();
    queue.ended(id(1));
    assertThat(queue.start()).containsExactly(id(2));
  }

  @Test
  void forgetsWhatEndsBeforeItIsStarted() {
    queue.add(id(1), 70 * MIB);
    queue.add(id(2), 70 * MIB);
    assertThat(queue.start()).containsExactly(id(1));
    queue.ended(id(2));
    queue.ended(id(1));
    assertThat(queue.start()).isEmpty();
  }
}

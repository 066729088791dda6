package org.rayakka.client.submission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestedCollectionTest {
  private static final long LENGTH = 100;

  private long now = Long.MAX_VALUE - LENGTH; // a clock's zero may be anywhere
  private int collections;
  private final RequestedCollection collection = new RequestedCollection(() -> now, this::collect);

  private void collect() {
    collections++;
    now += LENGTH;
  }

  @Test
  void collectsAtOnceTheFirstTime() {
    collection.asked(false);

    assertThat(collections).isEqualTo(1);
  }

  @Test
  void collectsForAFifthOfTheTimeWhereNobodyWaits() {
    collection.asked(false);
    now += 4 * LENGTH - 1;
    collection.asked(false);
    assertThat(collections).isEqualTo(1);

    now++;
    collection.asked(false);
    assertThat(collections).isEqualTo(2);
  }

  @Test
  void collectsForHalfOfTheTimeWhereSomebodyWaits() {
    collection.asked(false);
    now += LENGTH - 1;
    collection.asked(true);
    assertThat(collections).isEqualTo(1);

    now++;
    collection.asked(true);
    assertThat(collections).isEqualTo(2);
  }

  @Test
  void leavesOutWhatPiledUpDuringACollection() {
    collection.asked(true);
    for (int i = 0; i < 7; i++) {
      collection.asked(true);
    }

    assertThat(collections).isEqualTo(1);
  }
}

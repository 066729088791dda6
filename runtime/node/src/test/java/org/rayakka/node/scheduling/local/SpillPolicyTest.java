package org.rayakka.node.scheduling.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpillPolicyTest {
  private static final long LOOK = SpillPolicy.INTERVAL_NS;

  @Test
  void everythingMayGoWhereNothingEnds() {
    assertThat(SpillPolicy.excess(9, 0, LOOK)).isEqualTo(9);
  }

  @Test
  void whatIsSoonDoneStays() {
    assertThat(SpillPolicy.excess(1_000, 300, LOOK)).isZero();
    assertThat(SpillPolicy.excess(1_000, 20, LOOK)).isEqualTo(900);
  }

  @Test
  void aLateLookIsNoReasonToSpill() {
    assertThat(SpillPolicy.excess(100, 300, 2 * LOOK)).isZero();
    assertThat(SpillPolicy.excess(100, 0, 0)).isEqualTo(100);
  }
}

package org.rayakka.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rayakka.node.JoinPolicy.Candidate;
import org.rayakka.node.JoinPolicy.Decision;

class JoinPolicyTest {
  private static final Candidate HEAD =
      new Candidate("10.0.0.1", "akka://rayakka@10.0.0.1:1", true, 5);
  private static final Candidate OTHER =
      new Candidate("10.0.0.2", "akka://rayakka@10.0.0.2:1", false, 5);

  private final JoinPolicy policy = new JoinPolicy("10.0.0.3", 3);

  @Test
  void joinsThroughTheHeadAtOnce() {
    assertThat(policy.onLook(List.of(OTHER, HEAD)))
        .isEqualTo(new Decision.Join(List.of(HEAD.address())));
  }

  @Test
  void waitsForAHead() {
    assertThat(policy.onLook(List.of())).isEqualTo(Decision.Wait.NO_HEAD);
    assertThat(policy.onLook(List.of(OTHER))).isEqualTo(Decision.Wait.NO_HEAD);
    assertThat(policy.onLook(List.of(OTHER, HEAD))).isInstanceOf(Decision.Join.class);
  }

  // row 216
  @Test
  void yieldsToANodeOfItsAddressThatGivesASign() {
    assertThat(policy.onLook(List.of(HEAD, mine(7)))).isEqualTo(Decision.Wait.ADDRESS_IN_DOUBT);
    assertThat(policy.onLook(List.of(HEAD, mine(8)))).isEqualTo(new Decision.Taken(mine(8)));
  }

  // row 216
  @Test
  void ignoresANodeOfItsAddressThatGivesNone() {
    for (int look = 1; look < 3; look++) {
      assertThat(policy.onLook(List.of(HEAD, mine(7)))).isEqualTo(Decision.Wait.ADDRESS_IN_DOUBT);
    }
    assertThat(policy.onLook(List.of(HEAD, mine(7)))).isInstanceOf(Decision.Join.class);
  }

  private static Candidate mine(long signOfLife) {
    return new Candidate("10.0.0.3", "akka://rayakka@10.0.0.3:9", false, signOfLife);
  }
}

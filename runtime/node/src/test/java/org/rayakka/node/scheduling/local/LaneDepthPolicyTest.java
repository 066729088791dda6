package org.rayakka.node.scheduling.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.rayakka.api.id.FunctionId;

class LaneDepthPolicyTest {
  private static final FunctionId FUNCTION = new FunctionId(1, 2);
  private final LaneDepthPolicy policy = new LaneDepthPolicy();

  @Test
  void queuesNothingBehindAFunctionItHasNotSeen() {
    assertThat(policy.takesMore(0, 0)).isTrue();
    assertThat(policy.takesMore(1, policy.expectedNs(FUNCTION))).isFalse();
  }

  @Test
  void queuesDeepBehindShortTasksUpToItsBound() {
    policy.observe(FUNCTION, 2_000);
    assertThat(policy.takesMore(100, 100 * policy.expectedNs(FUNCTION))).isTrue();
    assertThat(policy.takesMore(LaneDepthPolicy.MAX_DEPTH, 0)).isFalse();
  }

  @Test
  void risesAtOnceAndFallsSlowly() {
    policy.observe(FUNCTION, 2_000);
    policy.observe(FUNCTION, 100_000_000);
    assertThat(policy.takesMore(1, policy.expectedNs(FUNCTION))).isFalse();
    policy.observe(FUNCTION, 2_000);
    assertThat(policy.expectedNs(FUNCTION)).isGreaterThan(40_000_000);
  }
}

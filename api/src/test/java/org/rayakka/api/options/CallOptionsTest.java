package org.rayakka.api.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rayakka.api.id.NodeId;

class CallOptionsTest {
  private static final NodeId NODE = new NodeId(1, 2);

  @Test
  void keepsWhatIsSet() {
    CallOptions options =
        CallOptions.builder()
            .setName("train")
            .setResource(CallOptions.CPU, 0.5)
            .setResources(Map.of("GPU", 2.0, "disk", 100.0))
            .setNumReturns(100)
            .setMaxRetries(-1)
            .setRetryExceptions(List.of(IOException.class))
            .setPriority(-3)
            .setTimeout(Duration.ofSeconds(2))
            .setSchedulingStrategy(SchedulingStrategy.node(NODE))
            .build();

    assertThat(options.name()).isEqualTo("train");
    assertThat(options.resources())
        .containsOnly(Map.entry("CPU", 0.5), Map.entry("GPU", 2.0), Map.entry("disk", 100.0));
    assertThat(options.numReturns()).isEqualTo(100);
    assertThat(options.maxRetries()).isEqualTo(-1);
    assertThat(options.retryExceptions()).isTrue();
    assertThat(options.retryOn()).containsExactly("java.io.IOException");
    assertThat(options.priority()).isEqualTo(-3);
    assertThat(options.timeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(options.schedulingStrategy()).isEqualTo(new SchedulingStrategy.OnNode(NODE, false));
    assertThat(options.toBuilder().build()).isEqualTo(options);
  }

  @Test
  void asksForNoNodeByANilId() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SchedulingStrategy.preferNode(NodeId.NIL))
        .withMessage("nodeId: " + NodeId.NIL + " (expected: the id of a node)");
  }

  // row 72
  @Test
  void leavesTheDefaultsOfResourcesToWhoAsks() {
    assertThat(CallOptions.DEFAULT.resource(CallOptions.CPU, 1)).isEqualTo(1);
    assertThat(CallOptions.DEFAULT.resource(CallOptions.GPU, 0)).isZero();
    assertThat(CallOptions.builder().setResource("CPU", 0).build().resource(CallOptions.CPU, 1))
        .isZero();
    assertThat(CallOptions.builder().build()).isEqualTo(CallOptions.DEFAULT);
  }

  @Test
  void doesNotShareItsResourcesWithTheBuilder() {
    CallOptions.Builder builder = CallOptions.builder().setResource("a", 1);
    CallOptions first = builder.build();
    builder.setResource("b", 1);

    assertThat(first.resources()).containsOnlyKeys("a");
    assertThatThrownBy(() -> first.resources().put("b", 1.0))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(CallOptions.DEFAULT.resources()).isEmpty();
  }

  @Test
  void replacesTheClassesToRetryOnByAll() {
    CallOptions options =
        CallOptions.builder()
            .setRetryExceptions(List.of(IOException.class))
            .setRetryExceptions(true)
            .build();

    assertThat(options.retryExceptions()).isTrue();
    assertThat(options.retryOn()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, -0.1, Double.NaN, Double.POSITIVE_INFINITY, 3.5, 1.0001})
  void refusesAQuantityThatNoSchedulerCanGive(double quantity) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CallOptions.builder().setResource("CPU", quantity))
        .withMessageStartingWith("resource 'CPU': " + quantity + " (expected: ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CallOptions.builder().setResources(Map.of("CPU", quantity)));
  }

  @Test
  void refusesAQuantityThatIsMissing() {
    Map<String, Double> quantities = new HashMap<>();
    quantities.put("CPU", null);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> CallOptions.builder().setResources(quantities))
        .withMessage("resource 'CPU': null (expected: a finite number >= 0)");
  }

  // row 74
  @ParameterizedTest
  @CsvSource({"-1, 0", "0, -2"})
  void refusesNumbersBelowTheirRange(int numReturns, int maxRetries) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CallOptions.builder().setNumReturns(numReturns).setMaxRetries(maxRetries))
        .withMessageContaining(numReturns < 0 ? "numReturns: -1 (exp" : "maxRetries: -2 (exp");
  }

  @Test
  void refusesWhatMeansNothing() {
    CallOptions.Builder builder = CallOptions.builder();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setName(" "))
        .withMessage("name: ' ' (expected: a name)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setTimeout(Duration.ZERO))
        .withMessage("timeout: PT0S (expected: > 0)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setRetryExceptions(List.of()))
        .withMessage("retryExceptions: [] (expected: at least one class)");
    assertThat(builder.build()).isEqualTo(CallOptions.DEFAULT);
  }
}

package org.rayakka.api.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ActorCreationOptionsTest {
  @Test
  void keepsWhatIsSet() {
    ActorCreationOptions options =
        ActorCreationOptions.builder()
            .setName("counter", "shop")
            .setLifetime(ActorLifetime.DETACHED)
            .setResource("GPU", 0.5)
            .setMaxRestarts(ActorCreationOptions.INFINITE_RESTART)
            .setMaxTaskRetries(2)
            .setMaxConcurrency(3)
            .setMaxPendingCalls(10)
            .setJvmOptions(List.of("-Xmx1g", "-Dname=a b"))
            .setSchedulingStrategy(SchedulingStrategy.SPREAD)
            .build();

    assertThat(options)
        .isEqualTo(
            new ActorCreationOptions(
                "counter",
                "shop",
                ActorLifetime.DETACHED,
                Map.of("GPU", 0.5),
                -1,
                2,
                3,
                10,
                0,
                List.of("-Xmx1g", "-Dname=a b"),
                SchedulingStrategy.SPREAD));
    assertThat(options.toBuilder().build()).isEqualTo(options);
  }

  @Test
  void aDurableActorRunsOneCallAtATime() {
    ActorCreationOptions durable = ActorCreationOptions.builder().setDurable(5).build();

    assertThat(durable.callsPerSnapshot()).isEqualTo(5);
    assertThat(durable.toBuilder().build()).isEqualTo(durable);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> durable.toBuilder().setMaxConcurrency(2).build())
        .withMessage(
            "maxConcurrency: 2 (expected: 1 for a durable actor, whose calls are repeated in order)");
  }

  @Test
  void namesTheActorInTheJobsNamespaceUnlessToldOtherwise() {
    ActorCreationOptions.Builder builder = ActorCreationOptions.builder().setName("a", "b");

    assertThat(builder.setName("c").build().namespace()).isNull();
    assertThat(ActorCreationOptions.builder().build()).isEqualTo(ActorCreationOptions.DEFAULT);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        refusal(b -> b.setDurable(0), "callsPerSnapshot: 0 (expected: >= 1)"),
        refusal(b -> b.setMaxRestarts(-2), "maxRestarts: -2 (expected: >= 0, or -1 for no limit)"),
        refusal(b -> b.setMaxTaskRetries(-2), "maxTaskRetries: -2 (expected: >= 0, or -1"),
        refusal(b -> b.setMaxConcurrency(0), "maxConcurrency: 0 (expected: >= 1)"),
        refusal(b -> b.setMaxPendingCalls(0), "maxPendingCalls: 0 (expected: >= 1, or -1"),
        refusal(b -> b.setName(""), "name: '' (expected: a name)"),
        refusal(b -> b.setName("a", ""), "namespace: '' (expected: a name)"),
        refusal(b -> b.setResource("", 1), "resource: '' (expected: a name)"),
        refusal(b -> b.setJvmOptions(List.of("")), "jvmOptions: '' (expected: a name)"));
  }

  private static Arguments refusal(Consumer<ActorCreationOptions.Builder> call, String message) {
    return Arguments.of(call, message);
  }

  // row 74
  @ParameterizedTest
  @MethodSource("refused")
  void refusesAtOnceWhatIsOutOfRange(Consumer<ActorCreationOptions.Builder> call, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> call.accept(ActorCreationOptions.builder()))
        .withMessageStartingWith(message);
  }
}

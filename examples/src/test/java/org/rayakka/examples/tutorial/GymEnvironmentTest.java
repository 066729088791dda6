package org.rayakka.examples.tutorial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GymEnvironmentTest {
  @Test
  void poleFallsWhenTheCartIsAlwaysPushedTheSameWay() {
    GymEnvironment environment = new GymEnvironment("CartPole-v0");
    int steps = 0;
    while (!environment.step(0).done()) {
      steps++;
    }

    assertThat(steps).isBetween(5, 20);
  }

  @Test
  void pushesMoveTheCartTheirWayAndAResetPutsItBack() {
    GymEnvironment environment = new GymEnvironment("CartPole-v0");

    assertThat(environment.step(1).observation().get(1)).isPositive();
    assertThat(environment.reset().get(1)).isZero();
    assertThat(environment.step(0).observation().get(1)).isNegative();
  }

  @Test
  void rejectsAWorldItDoesNotKnow() {
    assertThatThrownBy(() -> new GymEnvironment("Pong-v0"))
        .hasMessage("name: Pong-v0 (expected: CartPole-v0)");
  }
}

package org.rayakka.node.scheduling.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private final Deadlines<String> deadlines = new Deadlines<>();

  @Test
  void givesWhatIsDueTheEarliestFirst() {
    deadlines.add(30, "c");
    deadlines.add(10, "a");
    deadlines.add(20, "b");

    assertThat(deadlines.first()).isEqualTo(10);
    assertThat(deadlines.pollDue(20)).containsExactly("a", "b");
    assertThat(deadlines.first()).isEqualTo(30);
  }

  @Test
  void keepsThingsOfOneTimeApart() {
    long first = deadlines.add(10, "a");
    long second = deadlines.add(10, "b");

    deadlines.remove(first);

    assertThat(second).isNotEqualTo(first);
    assertThat(deadlines.pollDue(15)).containsExactly("b");
    assertThat(deadlines.first()).isEqualTo(Deadlines.NEVER);
  }
}

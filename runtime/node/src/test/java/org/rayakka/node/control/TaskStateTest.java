package org.rayakka.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskStateTest {
  @Test
  void hasTheNamesThatClientsKnow() {
    List<String> known =
        Arrays.stream(org.rayakka.api.state.TaskState.values()).map(Enum::name).toList();

    assertThat(Arrays.stream(TaskState.values()).map(Enum::name)).containsExactlyElementsOf(known);
  }
}

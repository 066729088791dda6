package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NodeProcessTest {
  @Test
  void leavesTheCollectorToAUserWhoChoosesOne() {
    assertThat(NodeProcess.collector(List.of("-Xlog:gc", "-XX:+UseStringDeduplication")))
        .contains("-XX:+UseG1GC");
    assertThat(NodeProcess.collector(List.of("-Xlog:gc", "-XX:+UseZGC"))).isEmpty();
  }
}

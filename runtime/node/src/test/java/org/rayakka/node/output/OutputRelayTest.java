package org.rayakka.node.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.JobId;

class OutputRelayTest {
  private static final JobId MINE = new JobId(1);
  private static final JobId OTHER = new JobId(2);

  private final OutputRelay relay = new OutputRelay();
  private final List<String> shown = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();

  private OutputRelay.Printer printer(String name) {
    return () -> asked.add(name);
  }

  private void print(JobId job, int length) {
    relay.printed(job, new UnsafeBuffer(new byte[length]), 0, length);
  }

  @Test
  void showsOutputToTheDriverOfItsJobOnly() {
    relay.driverConnected(MINE, (buffer, offset, length) -> shown.add("mine " + length));
    print(MINE, 3);
    print(OTHER, 4);
    assertThat(shown).containsExactly("mine 3");
    assertThat(relay.isWanted(MINE)).isTrue();
    assertThat(relay.isWanted(OTHER)).isFalse();
    relay.driverGone(MINE);
    print(MINE, 5);
    assertThat(shown).hasSize(1);
  }

  @Test
  void isFlushedWhenEachWorkerHasAnsweredOrIsGone() {
    OutputRelay.Printer first = printer("first");
    OutputRelay.Printer second = printer("second");
    relay.driverConnected(MINE, (buffer, offset, length) -> {});
    relay.workerConnected(MINE, first);
    relay.workerConnected(MINE, second);
    relay.flush(MINE, () -> shown.add("done"));
    assertThat(asked).containsExactlyInAnyOrder("first", "second");
    relay.flushed(MINE, first);
    assertThat(shown).isEmpty();
    relay.workerGone(MINE, second);
    assertThat(shown).containsExactly("done");
  }

  @Test
  void isFlushedAtOnceWithoutWorkers() {
    relay.flush(OTHER, () -> shown.add("nobody prints"));
    relay.driverConnected(MINE, (buffer, offset, length) -> {});
    relay.flush(MINE, () -> shown.add("nobody there"));
    assertThat(shown).containsExactly("nobody prints", "nobody there");
  }
}

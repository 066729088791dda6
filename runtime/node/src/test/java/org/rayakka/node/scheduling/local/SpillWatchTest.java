package org.rayakka.node.scheduling.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpillWatchTest {
  private static final long LOOK = SpillPolicy.INTERVAL_NS;

  private final SpillWatch watch = new SpillWatch();

  @Test
  void whatEndsWhileItCountsStays() {
    assertThat(watch.start()).isTrue();
    watch.ended(QueuedTasks.CLASS);
    watch.ended(QueuedTasks.CLASS);

    assertThat(watch.stop()).isNotNegative();
    assertThat(watch.excess(QueuedTasks.CLASS, 100, LOOK)).isEqualTo(90);
  }

  @Test
  void oneCountGoesOnAtATimeAndEachBeginsAnew() {
    assertThat(watch.start()).isTrue();
    assertThat(watch.start()).isFalse();
    watch.ended(QueuedTasks.CLASS);
    watch.stop();
    watch.ended(QueuedTasks.CLASS);

    assertThat(watch.start()).isTrue();
    assertThat(watch.excess(QueuedTasks.CLASS, 100, LOOK)).isEqualTo(100);
  }
}

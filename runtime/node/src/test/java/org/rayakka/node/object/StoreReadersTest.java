package org.rayakka.node.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoreReadersTest {
  private long now = Long.MAX_VALUE; // a clock's zero may be anywhere
  private final StoreReaders readers = new StoreReaders(() -> now);
  private final List<Boolean> asked = new ArrayList<>();

  @BeforeEach
  void join() {
    readers.joined(asked::add);
  }

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void asksTwiceASecondAtMost() {
    readers.letGo();
    pass(499);
    readers.letGo();
    readers.letGoBeforeSpilling();
    assertThat(asked).containsExactly(true);

    pass(1);
    readers.letGo();
    assertThat(asked).containsExactly(true, true);
  }

  @Test
  void asksLessAndLessOftenBeforeSpillingWhereNothingComesOfIt() {
    List<Long> times = new ArrayList<>();
    for (long millis = 0; millis < 40_000; millis += 100, pass(100)) {
      int before = asked.size();
      readers.letGoBeforeSpilling();
      if (asked.size() > before) {
        times.add(millis);
      }
    }

    assertThat(times)
        .containsExactly(0L, 1_000L, 3_000L, 7_000L, 15_000L, 23_000L, 31_000L, 39_000L);
    assertThat(asked).doesNotContain(true);
  }

  @Test
  void asksAgainSoonWhereSomethingCameOfIt() {
    readers.letGoBeforeSpilling();
    pass(1_000);
    readers.letGoBeforeSpilling();
    readers.haveLetGo();
    pass(500);
    readers.letGoBeforeSpilling();

    assertThat(asked).hasSize(3);
  }

  @Test
  void doesNotPutOffWhatIsUrgent() {
    readers.letGoBeforeSpilling();
    pass(1_000);
    readers.letGoBeforeSpilling();
    pass(500);
    readers.letGo();

    assertThat(asked).containsExactly(false, false, true);
  }
}

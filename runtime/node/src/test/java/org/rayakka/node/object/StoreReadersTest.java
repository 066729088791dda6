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
    readers.letGoBeforeSpilling(1);
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
      readers.letGoBeforeSpilling(1);
      if (asked.size() > before) {
        times.add(millis);
      }
    }

    assertThat(times)
        .containsExactly(0L, 1_000L, 3_000L, 7_000L, 15_000L, 23_000L, 31_000L, 39_000L);
    assertThat(asked).doesNotContain(true);
  }

  @Test
  void asksAtOnceWhereThatLedToMoreRoomThanWasSpilled() {
    readers.letGoBeforeSpilling(10);
    readers.haveLetGo(100);
    pass(20);
    readers.letGoBeforeSpilling(10);
    assertThat(asked).containsExactly(false, false);

    pass(20);
    readers.letGoBeforeSpilling(10); // The answer has not come yet.
    assertThat(asked).containsExactly(false, false);

    readers.haveLetGo(15);
    pass(20);
    readers.letGoBeforeSpilling(10);
    assertThat(asked).containsExactly(false, false);
  }

  @Test
  void takesUpItsHopeWhereSomethingWasLetGo() {
    readers.letGoBeforeSpilling(1);
    pass(1_000);
    readers.letGoBeforeSpilling(1);
    readers.haveLetGo(10);
    pass(100);
    readers.letGoBeforeSpilling(1);
    pass(500);
    readers.letGoBeforeSpilling(1);

    assertThat(asked).hasSize(4);
  }

  @Test
  void doesNotPutOffWhatIsUrgent() {
    readers.letGoBeforeSpilling(1);
    pass(1_000);
    readers.letGoBeforeSpilling(1);
    pass(500);
    readers.letGo();

    assertThat(asked).containsExactly(false, false, true);
  }
}

package org.rayakka.client.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.TaskId;
import org.rayakka.protocol.sbe.TaskKind;

class LaneTest {
  private final List<String> told = new ArrayList<>();
  private final Lane lane =
      new Lane(
          5,
          new Lane.LaneEvents() {
            @Override
            public void laneBlocked(Lane blocked, List<TaskId> returned, boolean tell) {
              told.add("blocked " + returned.size() + " " + tell);
            }

            @Override
            public void laneUnblocked(Lane unblocked) {
              told.add("unblocked");
            }
          });

  private QueuedTask task(int number) {
    return new QueuedTask(
        lane, new TaskId(1, number), FunctionId.NIL, TaskKind.TASK, 0, new long[0], new byte[0]);
  }

  private static @Nullable TaskId id(@Nullable QueuedTask task) {
    return task == null ? null : task.id();
  }

  @Test
  void givesItsTasksInOrderToOneRunner() {
    assertThat(lane.add(task(1))).isEqualTo(Lane.Added.NEEDS_RUNNER);
    assertThat(lane.add(task(2))).isEqualTo(Lane.Added.QUEUED);

    QueuedTask first = lane.next();
    assertThat(id(first)).isEqualTo(new TaskId(1, 1));
    assertThat(id(lane.next())).isEqualTo(new TaskId(1, 2));
    assertThat(lane.next()).isNull();

    assertThat(lane.add(task(3))).isEqualTo(Lane.Added.NEEDS_RUNNER);
  }

  @Test
  void handsBackFromTheTail() {
    for (int i = 1; i <= 4; i++) {
      lane.add(task(i));
    }
    lane.next();

    assertThat(lane.recall(2)).containsExactly(new TaskId(1, 4), new TaskId(1, 3));
    assertThat(lane.recall(9)).containsExactly(new TaskId(1, 2));
    assertThat(lane.recall(1)).isEmpty();
  }

  @Test
  void handsBackAllWhenItsTaskBlocksAndRefusesMore() {
    lane.add(task(1));
    lane.add(task(2));
    QueuedTask running = lane.next();

    lane.blocked();
    assertThat(lane.add(task(3))).isEqualTo(Lane.Added.REFUSED);
    lane.unblocked();

    assertThat(told).containsExactly("blocked 1 true", "unblocked");
    assertThat(lane.add(task(4))).isEqualTo(Lane.Added.QUEUED);
    assertThat(running).isNotNull();
    assertThat(id(lane.next())).isEqualTo(new TaskId(1, 4));
  }

  @Test
  void keepsAnActorsCallsWhenOneBlocks() {
    lane.reserveForActor();
    lane.add(task(1));
    lane.add(task(2));
    lane.next();

    lane.blocked();

    assertThat(told).containsExactly("blocked 0 true");
    assertThat(lane.add(task(3))).isEqualTo(Lane.Added.QUEUED);
    lane.unblocked();
    assertThat(id(lane.next())).isEqualTo(new TaskId(1, 2));
  }

  @Test
  void runsSeveralCallsOfAnActorThatAllowsIt() {
    lane.reserveForActor();
    lane.add(task(1));
    QueuedTask creation = lane.next();
    lane.add(task(2));
    lane.add(task(3));
    lane.add(task(4));
    lane.setActor(new ActorInstance(new ActorId(1, 1), "A", "instance", false), 3);
    if (creation != null) {
      lane.ended(creation);
    }

    assertThat(lane.wantsAnotherRunner()).isTrue();
    assertThat(lane.wantsAnotherRunner()).isTrue();
    assertThat(lane.wantsAnotherRunner()).isFalse();

    lane.next();
    lane.blocked();
    assertThat(told).containsExactly("blocked 0 true");
    lane.unblocked();
  }

  @Test
  void dropsAQueuedTaskThatIsCancelledAndInterruptsARunningOne() {
    lane.add(task(1));
    lane.add(task(2));
    lane.next();

    assertThat(id(lane.cancel(new TaskId(1, 2), -1))).isEqualTo(new TaskId(1, 2));
    assertThat(lane.cancel(new TaskId(1, 1), -1)).isNull();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(lane.cancel(new TaskId(1, 9), -1)).isNull();
    assertThat(lane.isDry()).isTrue();
  }
}

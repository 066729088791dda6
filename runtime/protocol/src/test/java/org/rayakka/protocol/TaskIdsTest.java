package org.rayakka.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.TaskId;

// row 178, and the deterministic ids of row 26
class TaskIdsTest {
  private static final JobId JOB = new JobId(3);
  private static final FunctionId FUNCTION = new FunctionId(5, 6);

  @Test
  void givesEqualIdsToEqualSubmissions() {
    TaskId parent = TaskIds.ofDriver(JOB, 0);
    assertThat(TaskIds.of(JOB, parent, 1, FUNCTION, ActorId.NIL, 0))
        .isEqualTo(TaskIds.of(JOB, parent, 1, FUNCTION, ActorId.NIL, 0));
  }

  @Test
  void tellsEveryFieldApart() {
    TaskId parent = TaskIds.ofDriver(JOB, 0);
    ActorId actor = new ActorId(1, 1);
    Set<TaskId> ids = new HashSet<>();
    ids.add(TaskIds.of(JOB, parent, 1, FUNCTION, ActorId.NIL, 0));
    ids.add(TaskIds.of(JOB, TaskIds.ofDriver(new JobId(4), 0), 1, FUNCTION, ActorId.NIL, 0));
    ids.add(TaskIds.of(JOB, parent, 2, FUNCTION, ActorId.NIL, 0));
    ids.add(TaskIds.of(JOB, parent, 1, new FunctionId(5, 7), ActorId.NIL, 0));
    ids.add(TaskIds.of(JOB, parent, 1, FUNCTION, actor, 0));
    ids.add(TaskIds.of(JOB, parent, 1, FUNCTION, actor, 1));
    assertThat(ids).hasSize(6);
  }

  @Test
  void doesNotCollideOverAMillionSubmissions() {
    TaskId parent = TaskIds.ofDriver(JOB, 0);
    Set<TaskId> ids = new HashSet<>();
    for (int i = 0; i < 1_000_000; i++) {
      ids.add(TaskIds.of(JOB, parent, i, FUNCTION, ActorId.NIL, 0));
    }
    assertThat(ids).hasSize(1_000_000);
  }

  @Test
  void givesTwoJobsOfOneSeedTheSameIds() {
    assertThat(TaskIds.ofDriver(new JobId(1), 42)).isEqualTo(TaskIds.ofDriver(new JobId(2), 42));
    assertThat(TaskIds.ofDriver(new JobId(1), 42)).isNotEqualTo(TaskIds.ofDriver(new JobId(1), 43));
    assertThat(TaskIds.ofDriver(new JobId(1), 0)).isNotEqualTo(TaskIds.ofDriver(new JobId(2), 0));
  }
}

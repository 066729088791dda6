package org.rayakka.node.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;

class EndedTasksTest {
  private static final JobId JOB = new JobId(1);

  @Test
  void forgetsATaskWithItsLastReturnValue() {
    EndedTasks ended = new EndedTasks();
    TaskId task = new TaskId(7, 9);
    ended.add(task, JOB, 100);
    for (int i = 1; i <= 100; i++) {
      ObjectId id = ObjectId.ofReturn(task, i);
      assertThat(ended.isReleased(id)).isFalse();
      assertThat(ended.release(id)).isTrue();
      assertThat(ended.release(id)).as("released twice").isFalse();
    }
    assertThat(ended.contains(task)).isFalse();
    assertThat(ended.size()).isZero();
  }

  @Test
  void refusesReturnValuesThatATaskDoesNotHave() {
    EndedTasks ended = new EndedTasks();
    TaskId task = new TaskId(1, 2);
    ended.add(task, JOB, 2);
    assertThat(ended.release(ObjectId.ofReturn(task, 3))).isFalse();
    assertThat(ended.release(ObjectId.ofPut(task, 1))).isFalse();
    assertThat(ended.size()).isEqualTo(1);
  }

  @Test
  void leavesTheReturnValuesOfAJobThatEnds() {
    EndedTasks ended = new EndedTasks();
    TaskId gone = new TaskId(1, 2);
    TaskId stays = new TaskId(3, 4);
    ended.add(gone, JOB, 2);
    ended.add(stays, new JobId(2), 1);
    List<ObjectId> left = new ArrayList<>();
    ended.forget(JOB, left::add);
    assertThat(left).containsExactly(ObjectId.ofReturn(gone, 1), ObjectId.ofReturn(gone, 2));
    assertThat(ended.contains(gone)).isFalse();
    assertThat(ended.contains(stays)).isTrue();
  }

  /// Against a map, with ids that collide often, so that deletion shifts across many chains.
  @Test
  void agreesWithAMap() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    EndedTasks ended = new EndedTasks();
    Map<TaskId, Set<Integer>> model = new HashMap<>();
    for (int step = 0; step < 200_000; step++) {
      TaskId task = new TaskId(random.nextInt(3) * 1024L, random.nextInt(3000));
      Set<Integer> held = model.get(task);
      if (held == null) {
        int returns = 1 + random.nextInt(3);
        ended.add(task, JOB, returns);
        Set<Integer> all = new HashSet<>();
        for (int i = 1; i <= returns; i++) {
          all.add(i);
        }
        model.put(task, all);
      } else {
        int index = 1 + random.nextInt(3);
        boolean wasHeld = held.remove(index);
        assertThat(ended.release(ObjectId.ofReturn(task, index)))
            .as("seed %d step %d", seed, step)
            .isEqualTo(wasHeld);
        if (held.isEmpty()) {
          model.remove(task);
        }
      }
      assertThat(ended.size()).as("seed %d step %d", seed, step).isEqualTo(model.size());
    }
    for (TaskId task : model.keySet()) {
      assertThat(ended.contains(task)).as("seed %d %s", seed, task).isTrue();
    }
  }
}

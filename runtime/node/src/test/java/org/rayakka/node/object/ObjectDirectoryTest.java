package org.rayakka.node.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.TaskSpecs;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.TaskKind;

class ObjectDirectoryTest {

  private final List<ObjectId> deletable = new ArrayList<>();
  private final List<TaskId> forgotten = new ArrayList<>();
  private final ObjectDirectory directory = new ObjectDirectory(100, forgotten::add);

  private static TaskId id(int number) {
    return new TaskId(0, number);
  }

  private static ObjectId result(int number) {
    return ObjectId.ofReturn(id(number), 1);
  }

  private void run(TaskSpec spec) {
    directory.submitted(spec);
    directory.ended(spec.taskId(), deletable::add);
  }

  /// Task 0, and further ones that each take the result of the one before; only the last one's
  /// result is referred to.
  private void runChain(int length) {
    run(TaskSpecs.task(id(0)));
    for (int i = 1; i < length; i++) {
      run(TaskSpecs.task(id(i), result(i - 1)));
      directory.released(result(i - 1));
    }
  }

  @Test
  void remembersWhatAResultWasMadeOf() {
    runChain(10);

    for (int i = 0; i < 10; i++) {
      assertThat(directory.isForgotten(id(i))).as("task %d", i).isFalse();
    }
    directory.released(result(9));
    assertThat(forgotten).hasSize(10).doesNotHaveDuplicates();
    assertThat(directory.isForgotten(id(0))).isTrue();
  }

  @Test
  void forgetsALongChainAtOnce() {
    ObjectDirectory endless = new ObjectDirectory(Integer.MAX_VALUE, forgotten::add);
    int length = 100_000;
    endless.submitted(TaskSpecs.task(id(0)));
    endless.ended(id(0), deletable::add);
    for (int i = 1; i < length; i++) {
      endless.submitted(TaskSpecs.task(id(i), result(i - 1)));
      endless.ended(id(i), deletable::add);
      endless.released(result(i - 1));
    }

    endless.released(result(length - 1));

    assertThat(forgotten).hasSize(length);
  }

  @Test
  void forgetsTheOldestBeyondItsBound() {
    runChain(150);

    assertThat(forgotten).hasSize(49).startsWith(id(0), id(1)).doesNotHaveDuplicates();
    directory.released(result(149));
    assertThat(forgotten).hasSize(150).doesNotHaveDuplicates();
  }

  @Test
  void whatRunsAgainNeedsItsArgumentsAgain() {
    runChain(2);
    TaskSpec first = TaskSpecs.task(id(0));
    TaskSpec second = TaskSpecs.task(id(1), result(0));

    assertThat(directory.isToRunAgain(second)).isTrue();
    assertThat(directory.isNeeded(result(0))).isTrue();
    assertThat(directory.isToRunAgain(first)).isTrue();
    directory.ended(id(0), deletable::add);
    assertThat(deletable).as("needed").isEmpty();
    directory.ended(id(1), deletable::add);

    assertThat(deletable).containsExactly(result(0));
    assertThat(directory.isForgotten(id(0))).as("may be lost once more").isFalse();
    directory.released(result(1));
    assertThat(forgotten).containsExactlyInAnyOrder(id(0), id(1));
  }

  @Test
  void doesNotRememberWhatActorsWereGiven() {
    run(TaskSpecs.task(id(0)));
    TaskSpec call = TaskSpecs.spec(id(1), "call", TaskKind.ACTOR_CALL, 1, result(0));
    directory.submitted(call);
    directory.released(result(0));
    assertThat(directory.isForgotten(id(0))).as("the call is pending").isFalse();

    directory.ended(id(1), deletable::add);

    assertThat(forgotten).containsExactly(id(0));
  }

  @Test
  void forgetsAJob() {
    runChain(10);
    directory.submitted(TaskSpecs.task(id(10), result(9)));

    directory.forget(new JobId(1));

    for (int i = 0; i <= 10; i++) {
      assertThat(directory.isForgotten(id(i))).as("task %d", i).isTrue();
    }
  }

  private static final class Model {
    final TaskSpec spec;
    final Set<Integer> held = new HashSet<>();
    boolean isPending = true;

    Model(TaskSpec spec) {
      this.spec = spec;
      for (int i = 1; i <= spec.numReturns(); i++) {
        held.add(i);
      }
    }

    boolean uses(TaskId maker) {
      for (ObjectId reference : spec.references()) {
        if (reference.taskId().equals(maker)) {
          return true;
        }
      }
      return false;
    }
  }

  /// Drops from the model what is neither pending nor held nor used by what is left.
  private static void prune(Map<TaskId, Model> model) {
    boolean hasChanged = true;
    while (hasChanged) {
      hasChanged =
          model
              .entrySet()
              .removeIf(entry ->
                  !entry.getValue().isPending
                      && entry.getValue().held.isEmpty()
                      && model.values().stream().noneMatch(task -> task.uses(entry.getKey())));
    }
  }

  /// Against a model that looks at all tasks in each step.
  @Test
  void agreesWithAModel() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    ObjectDirectory checked = new ObjectDirectory(Integer.MAX_VALUE, forgotten::add);
    Map<TaskId, Model> model = new LinkedHashMap<>();
    int tasks = 0;
    for (int step = 0; step < 5_000; step++) {
      List<Model> all = List.copyOf(model.values());
      Model some = all.isEmpty() ? null : all.get(random.nextInt(all.size()));
      int choice = random.nextInt(10);
      if (some == null || choice < 3) {
        List<ObjectId> arguments = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0 && !all.isEmpty(); i--) {
          Model maker = all.get(random.nextInt(all.size()));
          maker.held.stream().findAny().map(maker.spec::returnId).ifPresent(arguments::add);
        }
        TaskSpec spec =
            TaskSpecs.spec(
                id(tasks++),
                "task",
                TaskKind.TASK,
                1 + random.nextInt(2),
                arguments.toArray(ObjectId[]::new));
        checked.submitted(spec);
        model.put(spec.taskId(), new Model(spec));
      } else if (choice < 6 && some.isPending) {
        some.isPending = false;
        checked.ended(some.spec.taskId(), deletable::add);
      } else if (choice < 7 && !some.isPending) {
        some.isPending = true;
        assertThat(checked.isToRunAgain(some.spec)).as("seed %d step %d", seed, step).isTrue();
      } else if (!some.held.isEmpty()) {
        int index = some.held.iterator().next();
        some.held.remove(index);
        checked.released(some.spec.returnId(index));
      }
      prune(model);
      for (int i = 0; i < tasks; i++) {
        assertThat(checked.isForgotten(id(i)))
            .as("seed %d step %d task %d", seed, step, i)
            .isEqualTo(!model.containsKey(id(i)));
      }
    }
    assertThat(forgotten).doesNotHaveDuplicates().hasSize(tasks - model.size());
  }
}

package org.rayakka.api.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdTest {
  private static final TaskId TASK = new TaskId(0x0123_4567_89ab_cdefL, 0xfedc_ba98_7654_3210L);

  // row 40
  @Test
  void printsAnObjectIdAsFortyHexDigits() {
    assertThat(ObjectId.ofReturn(TASK, 1))
        .hasToString("ObjectID(0123456789abcdeffedcba987654321000000001)");
    assertThat(ObjectId.ofPut(TASK, 1))
        .hasToString("ObjectID(0123456789abcdeffedcba987654321080000001)");
    assertThat(ObjectId.BYTES).isEqualTo(20);
  }

  @Test
  void readsBackWhatItPrints() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 1_000; i++) {
      ObjectId object = new ObjectId(random.nextLong(), random.nextLong(), random.nextInt());
      assertThat(ObjectId.parse(object.toString())).as("seed %d", seed).isEqualTo(object);
      assertThat(ObjectId.parse(object.hex())).as("seed %d", seed).isEqualTo(object);
      TaskId task = object.taskId();
      assertThat(TaskId.parse(task.toString())).as("seed %d", seed).isEqualTo(task);
      ActorId actor = new ActorId(task.high(), task.low());
      assertThat(ActorId.parse(actor.toString())).as("seed %d", seed).isEqualTo(actor);
      NodeId node = new NodeId(task.high(), task.low());
      assertThat(NodeId.parse(node.toString())).as("seed %d", seed).isEqualTo(node);
      FunctionId function = new FunctionId(task.high(), task.low());
      assertThat(FunctionId.parse(function.toString())).as("seed %d", seed).isEqualTo(function);
      JobId job = new JobId(task.low());
      assertThat(JobId.parse(job.toString())).as("seed %d", seed).isEqualTo(job);
    }
  }

  @Test
  void keepsReturnsAndPutsOfOneTaskApart() {
    Set<ObjectId> ids = new HashSet<>();
    Set<Integer> hashes = new HashSet<>();
    for (int i = 1; i <= 1_000; i++) {
      ids.add(ObjectId.ofReturn(TASK, i));
      ids.add(ObjectId.ofPut(TASK, i));
    }
    ids.forEach(id -> hashes.add(id.hashCode()));

    assertThat(ids).hasSize(2_000).allMatch(id -> id.taskId().equals(TASK));
    assertThat(hashes).hasSizeGreaterThan(1_990);
    assertThat(ids.stream().filter(ObjectId::isPut)).hasSize(1_000);
  }

  @Test
  void comparesAsUnsignedBytesDo() {
    ObjectId low = new ObjectId(1, 0, 0);
    ObjectId high = new ObjectId(-1, 0, 0);

    assertThat(low).isLessThan(high);
    assertThat(ObjectId.ofReturn(TASK, 1)).isLessThan(ObjectId.ofPut(TASK, 1));
    assertThat(low.hex().compareTo(high.hex())).isNegative();
  }

  @Test
  void refusesAnIndexThatIsNotPositive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ObjectId.ofReturn(TASK, 0))
        .withMessage("return index: 0 (expected: >= 1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ObjectId.ofPut(TASK, -1))
        .withMessage("put index: -1 (expected: >= 1)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ObjectID()",
        "0123",
        "TaskID(0123456789abcdeffedcba987654321000000001)",
        "0123456789abcdeffedcba98765432100000000x",
        "ObjectID(0123456789abcdeffedcba987654321000000001",
      })
  void refusesATextThatIsNoObjectId(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ObjectId.parse(text))
        .withMessage("id: '" + text + "' (expected: 40 hex digits, or ObjectID(…) of them)");
  }
}

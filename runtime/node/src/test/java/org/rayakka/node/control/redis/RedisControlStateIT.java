package org.rayakka.node.control.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.ControlStateContract;
import org.rayakka.node.control.ErrorRow;
import org.rayakka.node.control.TaskState;
import redis.clients.jedis.Jedis;

/// The contract on one server, and what a person sees there.
class RedisControlStateIT extends ControlStateContract {
  @TempDir private static Path directory;
  private static TestRedis redis;

  @BeforeAll
  static void startRedis() throws Exception {
    redis = TestRedis.start(directory);
  }

  @AfterAll
  static void endRedis() {
    redis.close();
  }

  private static RedisSettings settings() {
    return RedisSettings.of(List.of(redis.address()), TestRedis.PASSWORD);
  }

  @Override
  protected ControlState open() {
    try (Jedis jedis = redis.connect()) {
      jedis.flushAll();
    }
    return RedisControlState.open(settings());
  }

  // The README shows these keys to users.
  @Test
  void showsItsRowsToAPersonAsTheReadmeSays() throws Exception {
    try (ControlState state = open();
        Jedis jedis = redis.connect()) {
      ObjectId object = ObjectId.ofReturn(task(1), 1);
      state.tasks().submitted(task(1), JOB, HERE, "the spec".getBytes(StandardCharsets.UTF_8));
      state.tasks().changed(task(1), JOB, TaskState.RUNNING, THERE, 1);
      state.objects().sealed(object, JOB, 800, HERE);
      state.functions().add(new FunctionId(1, 2), JOB, "com.example.Main", "work", new byte[3]);
      state.errors().add(new ErrorRow(JOB, task(1), 1_500, "task", "Main.work", "boom\n\tat Main"));
      get(state.flush());

      String key = "task:" + task(1).hex();
      assertThat(jedis.getrange(key, 0, 99).strip())
          .isEqualTo("RUNNING|" + THERE.hex() + "|1|" + JOB.hex());
      assertThat(jedis.getrange(key, 99, -1)).isEqualTo("\nthe spec");
      assertThat(jedis.hgetAll("object:" + object.hex()))
          .containsEntry("size", "800")
          .containsEntry("put", "no")
          .containsEntry("job", JOB.hex())
          .containsEntry(HERE.hex(), "held")
          .hasSize(4);
      assertThat(jedis.hgetAll("function:" + JOB.hex() + ":" + new FunctionId(1, 2).hex()))
          .containsEntry("class", "com.example.Main")
          .containsEntry("method", "work");
      assertThat(jedis.zrange("error:" + JOB.hex(), 0, -1).getFirst())
          .matches(
              "(?s)1500\\|[0-9a-z]{16}\\|task\\|"
                  + task(1).hex()
                  + "\\|Main.work\nboom\n\tat Main");
    }
  }

  @Test
  void sweepsRowsThatAnotherNodeWroteAfterTheirJobEnded() throws Exception {
    try (ControlState state = open();
        ControlState late = RedisControlState.open(settings())) {
      get(state.finishJob(JOB, System.currentTimeMillis()));
      late.tasks().submitted(task(1), JOB, HERE, new byte[10]);
      late.objects().sealed(ObjectId.ofReturn(task(1), 1), JOB, 1, HERE);
      get(late.flush());

      get(state.finishJob(OTHER_JOB, System.currentTimeMillis()));

      assertThat(get(state.tasks().list(10))).isEmpty();
      assertThat(get(state.objects().list(10))).isEmpty();
      try (Jedis jedis = redis.connect()) {
        assertThat(jedis.keys("*"))
            .containsExactlyInAnyOrder("jobs:ended", "job:" + JOB.hex(), "job:" + OTHER_JOB.hex());
        assertThat(jedis.ttl("job:" + JOB.hex())).isPositive();
      }
    }
  }

  @Test
  void seesTheRowsOfOtherNodes() throws Exception {
    try (ControlState here = open();
        ControlState there = RedisControlState.open(settings())) {
      ObjectId object = ObjectId.ofPut(task(1), 1);
      here.objects().sealed(object, JOB, 5, HERE);
      there.objects().sealed(object, JobId.NIL, 5, THERE);
      get(here.flush());
      get(there.flush());

      assertThat(get(here.objects().find(object)).orElseThrow().holders())
          .containsExactlyInAnyOrder(HERE, THERE);
      assertThat(get(here.jobs().next())).isNotEqualTo(get(there.jobs().next()));
    }
  }
}

package org.rayakka.node.control.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.ControlStateContract;
import redis.clients.jedis.Jedis;

/// The contract on a primary and twenty others.
class ShardedControlStateIT extends ControlStateContract {
  private static final int SHARDS = 20;

  @TempDir private static Path directory;
  private static final List<TestRedis> SERVERS = new ArrayList<>();

  @BeforeAll
  static void startServers() throws Exception {
    for (int i = 0; i <= SHARDS; i++) {
      SERVERS.add(TestRedis.begin(directory.resolve("redis-" + i)));
    }
    for (TestRedis server : SERVERS) {
      server.awaitAnswer();
    }
  }

  @AfterAll
  static void endServers() {
    SERVERS.forEach(TestRedis::close);
    SERVERS.clear();
  }

  @Override
  protected ControlState open() {
    for (TestRedis server : SERVERS) {
      try (Jedis jedis = server.connect()) {
        jedis.flushAll();
      }
    }
    return RedisControlState.open(
        RedisSettings.of(SERVERS.stream().map(TestRedis::address).toList(), TestRedis.PASSWORD));
  }

  // Row 9.
  @Test
  void spreadsTasksAndObjectsOverAllButThePrimary() throws Exception {
    try (ControlState state = open()) {
      for (int i = 0; i < 2_000; i++) {
        state.tasks().submitted(task(i), JOB, HERE, new byte[100]);
        state.objects().sealed(ObjectId.ofReturn(task(i), 1), JOB, 1, HERE);
      }
      get(state.jobs().next());
      get(state.flush());

      for (int i = 0; i <= SHARDS; i++) {
        try (Jedis jedis = SERVERS.get(i).connect()) {
          if (i == 0) {
            assertThat(jedis.keys("*")).containsExactly("jobs:next");
          } else {
            // Three keys of a task: a fair share would be 300.
            assertThat(jedis.dbSize()).isBetween(150L, 450L);
          }
        }
      }
      assertThat(get(state.tasks().find(task(1_999)))).isPresent();
      assertThat(state.pendingRows()).isZero();
    }
  }
}

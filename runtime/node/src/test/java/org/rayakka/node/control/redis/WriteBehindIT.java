package org.rayakka.node.control.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.control.Channel;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.ControlStateException;
import org.rayakka.node.control.ErrorRow;
import org.rayakka.node.control.Notification;
import org.rayakka.node.control.Notifications;
import org.rayakka.node.control.TaskRow;
import org.rayakka.node.control.TaskState;
import redis.clients.jedis.Jedis;

/// What writing behind promises: few commands, order, a bound, and no loss while the server is
/// away.
@Timeout(120)
class WriteBehindIT {
  private static final JobId JOB = new JobId(1);
  private static final NodeId NODE = new NodeId(1, 2);
  private static final Duration LONG = Duration.ofMinutes(5);

  @TempDir private Path directory;
  private TestRedis redis;

  @BeforeEach
  void startRedis() throws Exception {
    redis = TestRedis.start(directory);
  }

  @AfterEach
  void endRedis() {
    redis.close();
  }

  private RedisSettings settings() {
    return RedisSettings.of(List.of(redis.address()), TestRedis.PASSWORD);
  }

  private static TaskId task(int i) {
    return new TaskId(0x9E37_79B9_7F4A_7C15L * (i + 1), 0xC2B2_AE3D_27D4_EB4FL * (i + 1));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("waited for: %s", what).isNegative();
      LockSupport.parkNanos(1_000_000);
    }
  }

  private long calls(String command) {
    try (Jedis jedis = redis.connect()) {
      Matcher calls =
          Pattern.compile("cmdstat_" + command + ":calls=(\\d+)")
              .matcher(jedis.info("commandstats"));
      return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }
  }

  @Test
  void writesManyRowsInFewCommandsAndARowThatChangesOftenOnce() throws Exception {
    try (ControlState state = RedisControlState.open(settings().withWriteDelay(LONG))) {
      for (int i = 0; i < 1_000; i++) {
        state.tasks().submitted(task(i), JOB, NODE, new byte[50]);
        state.tasks().changed(task(i), JOB, TaskState.QUEUED, NODE, 0);
        state.tasks().changed(task(i), JOB, TaskState.RUNNING, NODE, 0);
        state.tasks().changed(task(i), JOB, TaskState.DONE, NODE, 0);
      }
      get(state.flush());

      assertThat(calls("mset")).isEqualTo(4); // 1,000 keys by 256
      assertThat(calls("set")).isZero();
      assertThat(get(state.tasks().find(task(999))).map(TaskRow::state)).contains(TaskState.DONE);
      assertThat(state.pendingRows()).isZero();
      assertThat(state.lag()).isZero();
    }
  }

  @Test
  void writesNothingOfWhatWasForgottenBefore() throws Exception {
    try (ControlState state = RedisControlState.open(settings().withWriteDelay(LONG))) {
      for (int i = 0; i < 1_000; i++) {
        state.tasks().submitted(task(i), JOB, NODE, new byte[50]);
        state.objects().sealed(ObjectId.ofReturn(task(i), 1), JOB, 5, NODE);
        state.tasks().changed(task(i), JOB, TaskState.DONE, NODE, 0);
        state.objects().forget(ObjectId.ofReturn(task(i), 1));
        state.tasks().forget(task(i));
      }
      get(state.flush());

      assertThat(calls("mset")).isZero();
      assertThat(calls("hset")).isZero();
      assertThat(calls("unlink")).isZero();
      assertThat(calls("publish")).isZero();
      assertThat(state.pendingRows()).isZero();
    }
  }

  @Test
  void leavesTheLastOfManyStatesWhateverBatchTheyFellInto() throws Exception {
    try (ControlState state =
        RedisControlState.open(settings().withWriteDelay(Duration.ofNanos(1)))) {
      state.tasks().submitted(task(0), JOB, NODE, new byte[1]);
      for (int attempt = 1; attempt <= 200_000; attempt++) {
        state.tasks().changed(task(0), JOB, TaskState.RUNNING, NODE, attempt);
      }
      get(state.flush());

      assertThat(get(state.tasks().find(task(0))).map(TaskRow::attempt)).contains(200_000);
    }
  }

  @Test
  void writesWithoutBeingAskedSoon() throws Exception {
    try (ControlState state = RedisControlState.open(settings())) {
      state.errors().add(new ErrorRow(JOB, TaskId.NIL, 1, "task", "f", "m")); // row 101
      await("the error to be listed", () -> errors(state) == 1);
    }
  }

  private static int errors(ControlState state) {
    try {
      return get(state.errors().list(JOB)).size();
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void acceptsNoNewWorkWhileTheServerIsAwayAndTheBufferFullAndLosesNothing() throws Exception {
    RedisSettings bounded = settings().withWaterMarks(1_000, 500, 1L << 30);
    try (ControlState state = RedisControlState.open(bounded)) {
      get(state.flush());
      redis.kill();

      int rows = 0;
      while (state.accepting()) {
        state.tasks().submitted(task(rows++), JOB, NODE, new byte[10]);
      }
      assertThat(rows).isEqualTo(1_000);
      state
          .tasks()
          .submitted(task(rows++), JOB, NODE, new byte[10]); // under way: taken all the same
      long before = state.lag().toNanos();
      await("the lag to grow", () -> state.lag().toNanos() > before);
      assertThat(state.accepting()).isFalse();
      CompletionStage<Void> flush = state.flush();

      redis.restart();
      get(flush);

      await("new work to be accepted", state::accepting);
      assertThat(get(state.tasks().list(10_000))).hasSize(rows);
      assertThat(state.lag()).isZero();
    }
  }

  @Test
  void countsBytesTowardsTheBound() throws Exception {
    RedisSettings bounded = settings().withWaterMarks(1_000_000, 500_000, 1 << 20);
    redis.kill();
    try (ControlState state =
        RedisControlState.open(bounded.withDeadlines(LONG, Duration.ofMillis(1)))) {
      int rows = 0;
      while (state.accepting()) {
        state.tasks().submitted(task(rows++), JOB, NODE, new byte[100_000]);
      }
      assertThat(rows).isEqualTo(11);
    }
  }

  @Test
  void losesNothingWhenTheServerIsKilledAgainAndAgainUnderLoad() throws Exception {
    int rows = 60_000;
    try (ControlState state = RedisControlState.open(settings())) {
      Thread load =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < rows; i++) {
                  state.tasks().submitted(task(i), JOB, NODE, new byte[200]);
                  state.objects().sealed(ObjectId.ofReturn(task(i), 1), JOB, i, NODE);
                  if (i % 3 == 0) {
                    state.tasks().changed(task(i / 2), JOB, TaskState.DONE, NODE, 0);
                  }
                  if (i % 20 == 0) {
                    LockSupport.parkNanos(100_000); // spreads the load over the restarts
                  }
                }
              });
      for (int i = 0; i < 4; i++) {
        long written = size();
        await("some rows to be written", () -> !load.isAlive() || size() > written + 1_000);
        redis.kill();
        redis.restart();
      }
      load.join();
      get(state.flush());

      assertThat(get(state.tasks().list(rows + 1))).hasSize(rows);
      assertThat(get(state.objects().list(rows + 1))).hasSize(rows);
      assertThat(get(state.tasks().find(task(300))).map(TaskRow::state)).contains(TaskState.DONE);
      assertThat(state.pendingRows()).isZero();
    }
  }

  private long size() {
    try (Jedis jedis = redis.connect()) {
      return jedis.dbSize();
    }
  }

  @Test
  void holdsRowsThatTheServerRefusesUntilItTakesThem() throws Exception {
    try (ControlState state = RedisControlState.open(settings());
        Jedis jedis = redis.connect()) {
      jedis.configSet("maxmemory", "1");
      state.tasks().submitted(task(0), JOB, NODE, new byte[10]);
      assertThatThrownBy(() -> state.flush().toCompletableFuture().get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(state.pendingRows()).isEqualTo(1);

      jedis.configSet("maxmemory", "0");
      get(state.flush());
      assertThat(get(state.tasks().find(task(0)))).isPresent();
    }
  }

  @Test
  void readsAgainWhenTheServerIsBackAndFailsAtItsDeadlineWhenNot() throws Exception {
    try (ControlState patient = RedisControlState.open(settings().withDeadlines(LONG, LONG));
        ControlState hasty =
            RedisControlState.open(
                settings().withDeadlines(Duration.ofMillis(200), Duration.ofMillis(100)))) {
      get(patient.jobs().next());
      get(hasty.jobs().next());
      redis.kill();
      CompletableFuture<JobId> waiting = patient.jobs().next().toCompletableFuture();
      assertThatThrownBy(() -> get(hasty.jobs().next()))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(ControlStateException.class)
          .hasMessageContaining("next job");
      assertThat(waiting).isNotDone();

      redis.restart();
      assertThat(get(waiting)).isEqualTo(new JobId(3));
    }
  }

  @Test
  void tellsSubscribersThatTheyMayHaveMissedSomething() throws Exception {
    BlockingQueue<Notification> told = new LinkedBlockingQueue<>();
    try (ControlState state = RedisControlState.open(settings());
        Notifications.Subscription subscription =
            state.notifications().subscribe(Channel.ERRORS, Runnable::run, told::add)) {
      get(subscription.active());
      redis.kill();
      redis.restart();

      assertThat(told.poll(30, TimeUnit.SECONDS))
          .isEqualTo(new Notification.Missed(Channel.ERRORS));
      ErrorRow error = new ErrorRow(JOB, TaskId.NIL, 1, "task", "f", "m");
      state.errors().add(error);
      assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo(new Notification.ErrorAdded(error));
    }
  }

  @Test
  void failsAFlushThatItsEndCutsShort() throws Exception {
    redis.kill();
    ControlState state =
        RedisControlState.open(settings().withDeadlines(LONG, Duration.ofMillis(50)));
    state.tasks().submitted(task(0), JOB, NODE, new byte[10]);
    CompletionStage<Void> before = state.flush();
    state.close();

    assertThatThrownBy(() -> get(before)).hasCauseInstanceOf(ControlStateException.class);
    assertThatThrownBy(() -> get(state.flush())).hasCauseInstanceOf(ControlStateException.class);
    assertThatThrownBy(() -> get(state.jobs().next()))
        .hasCauseInstanceOf(ControlStateException.class);
  }

  // Rows 7, 183: sanity, not a benchmark.
  @Test
  void keepsUpWithTensOfThousandsOfRowsEachSecond() throws Exception {
    int rows = 200_000;
    byte[] spec = new byte[300];
    try (ControlState state = RedisControlState.open(settings())) {
      long start = System.nanoTime();
      for (int i = 0; i < rows; i++) {
        state.tasks().submitted(task(i), JOB, NODE, spec);
        state.tasks().done(task(i), JOB, NODE, 8);
      }
      get(state.flush());
      long written = System.nanoTime() - start;

      assertThat(Duration.ofNanos(written)).isLessThan(Duration.ofSeconds(20));
      assertThat(size()).isEqualTo(rows);
    }
  }
}

package org.rayakka.node.control;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;

/// What every control state does: rows 7-10, 101, 173-174, 182-187.
@Timeout(60)
public abstract class ControlStateContract {
  protected static final JobId JOB = new JobId(7);
  protected static final JobId OTHER_JOB = new JobId(8);
  protected static final NodeId HERE = new NodeId(0x1111, 0x2222);
  protected static final NodeId THERE = new NodeId(0x3333, 0x4444);

  private ControlState state;

  /// A control state without rows.
  protected abstract ControlState open() throws Exception;

  @BeforeEach
  void openState() throws Exception {
    state = open();
  }

  @AfterEach
  void closeState() {
    state.close();
  }

  protected static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  protected static TaskId task(int i) {
    return new TaskId(0x9E37_79B9_7F4A_7C15L * (i + 1), 0xC2B2_AE3D_27D4_EB4FL * (i + 1));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void written() throws Exception {
    get(state.flush());
  }

  @Test
  void findsAFunctionByJobAndId() throws Exception {
    FunctionId id = new FunctionId(1, 2);
    state.functions().add(id, JOB, "com.example.Main", "work", new byte[] {0, -1, 13, 10});
    state.functions().add(id, OTHER_JOB, "com.example.Other", "work", new byte[0]);
    written();

    FunctionRow row = get(state.functions().find(JOB, id)).orElseThrow();
    assertThat(row.className()).isEqualTo("com.example.Main");
    assertThat(row.methodName()).isEqualTo("work");
    assertThat(row.descriptor()).containsExactly(0, -1, 13, 10);
    assertThat(row.job()).isEqualTo(JOB);
    assertThat(get(state.functions().find(JOB, new FunctionId(9, 9)))).isEmpty();
    assertThat(get(state.functions().list(10)))
        .extracting(FunctionRow::className)
        .containsExactlyInAnyOrder("com.example.Main", "com.example.Other");
    assertThat(get(state.functions().list(1))).hasSize(1);
  }

  @Test
  void keepsATasksSpecificationAndItsNewestState() throws Exception {
    TaskId id = task(1);
    state.tasks().submitted(id, JOB, HERE, bytes("spec|with\nanything"));
    written();
    assertThat(get(state.tasks().find(id)).orElseThrow().state()).isEqualTo(TaskState.WAITING);

    state.tasks().changed(id, JOB, TaskState.SCHEDULED, THERE, 0);
    state.tasks().changed(id, JOB, TaskState.RUNNING, THERE, 2);
    written();

    TaskRow row = get(state.tasks().find(id)).orElseThrow();
    assertThat(row.id()).isEqualTo(id);
    assertThat(row.job()).isEqualTo(JOB);
    assertThat(row.state()).isEqualTo(TaskState.RUNNING);
    assertThat(row.node()).isEqualTo(THERE);
    assertThat(row.attempt()).isEqualTo(2);
    assertThat(row.spec()).isEqualTo(bytes("spec|with\nanything"));
  }

  @Test
  void forgetsATaskWhetherItWasWrittenOrNot() throws Exception {
    state.tasks().submitted(task(1), JOB, HERE, bytes("written"));
    written();
    state.tasks().submitted(task(2), JOB, HERE, bytes("not written"));
    state.tasks().forget(task(1));
    state.tasks().forget(task(2));
    state.tasks().changed(task(1), JOB, TaskState.DONE, HERE, 0);
    written();

    assertThat(get(state.tasks().find(task(1)))).isEmpty();
    assertThat(get(state.tasks().find(task(2)))).isEmpty();
    assertThat(get(state.tasks().list(10))).isEmpty();
  }

  @Test
  void takesATaskAgainThatItJustForgot() throws Exception {
    state.tasks().submitted(task(1), JOB, HERE, bytes("first"));
    written();
    state.tasks().forget(task(1));
    state.tasks().submitted(task(1), JOB, THERE, bytes("second"));
    written();

    TaskRow row = get(state.tasks().find(task(1))).orElseThrow();
    assertThat(row.spec()).isEqualTo(bytes("second"));
    assertThat(row.node()).isEqualTo(THERE);
  }

  @Test
  void listsNoMoreThanTheLimitAndEachOnce() throws Exception {
    for (int i = 0; i < 3_000; i++) {
      state.tasks().submitted(task(i), JOB, HERE, bytes("spec " + i));
      state.objects().sealed(ObjectId.ofReturn(task(i), 1), JOB, i, HERE);
    }
    written();

    Set<TaskId> ids = new HashSet<>();
    get(state.tasks().list(10_000)).forEach(row -> assertThat(ids.add(row.id())).isTrue());
    assertThat(ids).hasSize(3_000);
    assertThat(get(state.tasks().list(1_234))).hasSize(1_234);
    assertThat(get(state.objects().list(10_000))).hasSize(3_000);
    assertThat(get(state.objects().list(5))).hasSize(5);
    assertThatThrownBy(() -> state.tasks().list(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit: 0 (expected: > 0)");
  }

  @Test
  void knowsWhichNodesHoldAnObject() throws Exception {
    ObjectId id = ObjectId.ofPut(task(1), 3);
    state.objects().sealed(id, JOB, 10_000_000, HERE);
    written();
    state.objects().sealed(id, JobId.NIL, 10_000_000, THERE);
    written();

    ObjectRow row = get(state.objects().find(id)).orElseThrow();
    assertThat(row.holders()).containsExactlyInAnyOrder(HERE, THERE);
    assertThat(row.size()).isEqualTo(10_000_000);
    assertThat(row.job()).isEqualTo(JOB);
    assertThat(row.isPut()).isTrue();
    assertThat(row.task()).isEqualTo(task(1));

    state.objects().removed(id, HERE);
    state.objects().removed(id, THERE);
    written();
    assertThat(get(state.objects().find(id)).orElseThrow().holders()).isEmpty();

    state.objects().sealed(id, JOB, 10_000_000, THERE);
    written();
    assertThat(get(state.objects().find(id)).orElseThrow().holders()).containsExactly(THERE);

    state.objects().forget(id);
    written();
    assertThat(get(state.objects().find(id))).isEmpty();
  }

  @Test
  void findsAFirstReturnValueInItsTasksRow() throws Exception {
    ObjectId id = ObjectId.ofReturn(task(1), 1);
    state.tasks().submitted(task(1), JOB, HERE, bytes("spec"));
    written();
    assertThat(get(state.objects().find(id))).isEmpty();

    state.tasks().done(task(1), JOB, HERE, 17);
    written();
    ObjectRow made = new ObjectRow(id, JOB, 17, Set.of(HERE));
    assertThat(get(state.objects().find(id))).contains(made);
    assertThat(get(state.objects().list(10))).containsExactly(made);
    assertThat(get(state.objects().find(ObjectId.ofReturn(task(1), 2)))).isEmpty();
    assertThat(get(state.tasks().find(task(1))).orElseThrow().state()).isEqualTo(TaskState.DONE);

    state.objects().sealed(id, JobId.NIL, 17, THERE);
    written();
    ObjectRow copied = new ObjectRow(id, JOB, 17, Set.of(HERE, THERE));
    assertThat(get(state.objects().find(id))).contains(copied);
    assertThat(get(state.objects().list(10))).containsExactly(copied);

    state.objects().forget(id);
    written();
    assertThat(get(state.objects().find(id))).contains(made);
    state.tasks().done(task(1), JOB, HERE, -1);
    written();
    assertThat(get(state.objects().list(10))).isEmpty();
    assertThat(get(state.tasks().find(task(1))).orElseThrow().spec()).isEqualTo(bytes("spec"));

    state.tasks().done(task(1), JOB, HERE, 17);
    state.tasks().changed(task(1), JOB, TaskState.RECONSTRUCTING, HERE, 1);
    written();
    assertThat(get(state.objects().find(id))).isEmpty();
    state.tasks().done(task(1), JOB, HERE, 17);
    state.tasks().forget(task(1));
    state.tasks().done(task(1), JOB, HERE, 17);
    written();
    assertThat(get(state.objects().find(id))).isEmpty();
  }

  @Test
  void keepsEachActorAsItWasPutLast() throws Exception {
    ActorRow alive = actor(1, JOB, ActorRow.State.ALIVE, false);
    state.actors().put(actor(1, JOB, ActorRow.State.PENDING, false));
    state.actors().put(alive);
    state.actors().put(actor(2, JOB, ActorRow.State.DEAD, true));
    written();

    assertThat(get(state.actors().find(alive.id()))).contains(alive);
    assertThat(get(state.actors().list(10))).hasSize(2).contains(alive);

    state.actors().forget(alive.id());
    written();
    assertThat(get(state.actors().find(alive.id()))).isEmpty();
  }

  private static ActorRow actor(int i, JobId job, ActorRow.State state, boolean isDetached) {
    return new ActorRow(
        new ActorId(i, i),
        job,
        state,
        HERE,
        "com.example.Counter",
        "zähler " + i,
        "",
        i,
        isDetached,
        state == ActorRow.State.DEAD ? "killed\nby its user" : "");
  }

  @Test
  void keepsNodesTheirLoadAndWhyTheyLeft() throws Exception {
    NodeRow head =
        new NodeRow(
            HERE,
            "10.0.0.1",
            "akka://ray@10.0.0.1:25520",
            4711,
            true,
            Map.of("CPU", 4.0, "odd,name=1%", 0.5),
            1_000,
            1_000,
            NodeLoad.NONE,
            "");
    state.nodes().register(head);
    state.nodes().heartbeat(HERE, 2_000, new NodeLoad(1, 2, 3, 4));
    written();

    NodeRow row = get(state.nodes().list()).getFirst();
    assertThat(row.resources()).isEqualTo(head.resources());
    assertThat(row.heartbeatMillis()).isEqualTo(2_000);
    assertThat(row.load()).isEqualTo(new NodeLoad(1, 2, 3, 4));
    assertThat(row.address()).isEqualTo(head.address());
    assertThat(row.isHead()).isTrue();
    assertThat(row.isAlive()).isTrue();

    state.nodes().left(HERE, 3_000, "unreachable");
    written();
    assertThat(get(state.nodes().list()).getFirst().isAlive()).isFalse();
    assertThat(get(state.nodes().find(HERE)).orElseThrow().leftReason()).isEqualTo("unreachable");
    assertThat(get(state.nodes().find(new NodeId(7, 7)))).isEmpty();
  }

  @Test
  void numbersJobsFromOneEachOnce() throws Exception {
    Set<JobId> ids = new HashSet<>();
    List<CompletionStage<JobId>> stages = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      stages.add(state.jobs().next());
    }
    for (CompletionStage<JobId> stage : stages) {
      ids.add(get(stage));
    }
    assertThat(ids).hasSize(100).contains(new JobId(1), new JobId(100));
  }

  @Test
  void listsAJobsErrorsOldestFirstAndNotAnothersOnes() throws Exception {
    List<ErrorRow> rows = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rows.add(
          new ErrorRow(
              JOB, i % 2 == 0 ? TaskId.NIL : task(i), 5_000, "task", "a|b", "no " + i + "\n at x"));
    }
    rows.add(rows.getLast()); // the same again counts again
    rows.forEach(state.errors()::add);
    state.errors().add(new ErrorRow(OTHER_JOB, TaskId.NIL, 1, "worker_died", "", ""));
    written();

    assertThat(get(state.errors().list(JOB))).isEqualTo(rows);
    assertThat(get(state.errors().list(OTHER_JOB))).hasSize(1);
    assertThat(get(state.errors().list(new JobId(99)))).isEmpty();
  }

  @Test
  void keepsTheNewestOfManyErrors() throws Exception {
    for (int i = 0; i < 1_500; i++) {
      state.errors().add(new ErrorRow(JOB, TaskId.NIL, i, "task", "f", "error " + i));
    }
    written();

    List<ErrorRow> kept = get(state.errors().list(JOB));
    assertThat(kept).hasSize(1_000);
    assertThat(kept.getFirst().message()).isEqualTo("error 500");
    assertThat(kept.getLast().message()).isEqualTo("error 1499");
  }

  @Test
  void removesAJobsRowsWhenItEndsAndNoOthers() throws Exception {
    for (JobId job : List.of(JOB, OTHER_JOB)) {
      int base = (int) job.value() * 1_000;
      state.jobs().started(new JobRow(job, "job", "", HERE, 1, 10, 0));
      state.functions().add(new FunctionId(1, 1), job, "C", "m", new byte[] {1});
      for (int i = 0; i < 50; i++) {
        state.tasks().submitted(task(base + i), job, HERE, bytes("spec"));
        state.tasks().done(task(base + i), job, HERE, 1);
        state.objects().sealed(ObjectId.ofReturn(task(base + i), 1), JobId.NIL, 1, THERE);
        state.objects().sealed(ObjectId.ofPut(task(base + i), 1), job, 1, HERE);
      }
      state.actors().put(actor(base, job, ActorRow.State.ALIVE, false));
      state.actors().put(actor(base + 1, job, ActorRow.State.ALIVE, true));
      state.errors().add(new ErrorRow(job, TaskId.NIL, 1, "task", "f", "m"));
    }

    get(state.finishJob(JOB, 20));

    assertThat(get(state.tasks().list(1_000))).hasSize(50).allMatch(r -> r.job().equals(OTHER_JOB));
    assertThat(get(state.objects().list(1_000)))
        .hasSize(100)
        .allMatch(r -> r.job().equals(OTHER_JOB));
    assertThat(get(state.functions().list(10)))
        .extracting(FunctionRow::job)
        .containsExactly(OTHER_JOB);
    assertThat(get(state.actors().list(10)))
        .extracting(ActorRow::isDetached, ActorRow::job)
        .containsExactlyInAnyOrder(
            tuple(true, JOB), tuple(true, OTHER_JOB), tuple(false, OTHER_JOB));
    assertThat(get(state.errors().list(JOB))).isEmpty();
    assertThat(get(state.errors().list(OTHER_JOB))).hasSize(1);
    assertThat(get(state.jobs().list()))
        .containsExactly(
            new JobRow(JOB, "job", "", HERE, 1, 10, 20),
            new JobRow(OTHER_JOB, "job", "", HERE, 1, 10, 0));
  }

  @Test
  void tellsSubscribersOfTheirChannelOnly() throws Exception {
    Map<Channel, BlockingQueue<Notification>> told = new EnumMap<>(Channel.class);
    List<Notifications.Subscription> subscriptions = new ArrayList<>();
    for (Channel channel : Channel.values()) {
      BlockingQueue<Notification> queue = new LinkedBlockingQueue<>();
      told.put(channel, queue);
      subscriptions.add(state.notifications().subscribe(channel, Runnable::run, queue::add));
      get(subscriptions.getLast().active());
    }
    ErrorRow error = new ErrorRow(JOB, task(1), 3, "task", "f", "a message\nof two lines");
    state.tasks().submitted(task(2), JOB, HERE, bytes("spec"));
    written();
    assertThat(told.values()).allMatch(BlockingQueue::isEmpty);

    state.tasks().done(task(2), JOB, HERE, 3);
    assertNext(told, new Notification.ObjectCreated(ObjectId.ofReturn(task(2), 1), HERE, 3));
    state.objects().sealed(ObjectId.ofReturn(task(1), 1), JOB, 17, HERE);
    state.functions().add(new FunctionId(3, 4), JOB, "C", "m", new byte[0]);
    state.actors().put(actor(5, JOB, ActorRow.State.ALIVE, false));
    state.errors().add(error);
    state.nodes().left(THERE, 1, "gone");

    assertNext(told, new Notification.ObjectCreated(ObjectId.ofReturn(task(1), 1), HERE, 17));
    assertNext(told, new Notification.FunctionExported(JOB, new FunctionId(3, 4)));
    assertNext(told, new Notification.ActorChanged(new ActorId(5, 5), ActorRow.State.ALIVE));
    assertNext(told, new Notification.ErrorAdded(error));
    assertNext(told, new Notification.NodeChanged(THERE, false));
    written();
    assertThat(told.values()).allMatch(BlockingQueue::isEmpty);

    subscriptions.forEach(Notifications.Subscription::close);
  }

  private static void assertNext(
      Map<Channel, BlockingQueue<Notification>> told, Notification expected) throws Exception {
    Channel channel =
        switch (expected) {
          case Notification.ObjectCreated _ -> Channel.OBJECTS;
          case Notification.FunctionExported _ -> Channel.FUNCTIONS;
          case Notification.ActorChanged _ -> Channel.ACTORS;
          case Notification.ErrorAdded _ -> Channel.ERRORS;
          case Notification.NodeChanged _ -> Channel.NODES;
          case Notification.Missed missed -> missed.channel();
        };
    assertThat(requireNonNull(told.get(channel)).poll(30, TimeUnit.SECONDS)).isEqualTo(expected);
  }
}

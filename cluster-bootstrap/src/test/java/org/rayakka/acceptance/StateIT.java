package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.AddressInfo;
import org.rayakka.api.NdArray;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.runtimecontext.ActorState;
import org.rayakka.api.state.FunctionInfo;
import org.rayakka.api.state.HeldObject;
import org.rayakka.api.state.JobInfo;
import org.rayakka.api.state.Listing;
import org.rayakka.api.state.MemoryInfo;
import org.rayakka.api.state.ObjectInfo;
import org.rayakka.api.state.StateQuery;
import org.rayakka.api.state.TaskInfo;
import org.rayakka.api.state.TaskState;
import org.rayakka.client.submission.NodeObserver;
import org.rayakka.client.submission.StateRows;

/// The tables of a cluster that runs, through the API and as an observer sees them.
@Timeout(60)
class StateIT {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static Path session = Path.of("");

  @BeforeAll
  static void start() {
    AddressInfo info = Ray.init(Cluster.options(2).setJobName("the job of StateIT").build());
    session = Path.of(info.sessionDirectory());
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
  }

  static class Counter {
    int call() {
      return 1;
    }
  }

  static int add(int a, int b) {
    return a + b;
  }

  static NdArray zeros(int length) {
    return NdArray.of(new double[length]);
  }

  private static TaskInfo task(ObjectRef<?> result) {
    Listing<TaskInfo> tasks =
        Ray.state().tasks(StateQuery.ALL.where("taskId", result.getId().taskId().hex()));
    assertThat(tasks.isCut()).isFalse();
    return tasks.rows().getFirst();
  }

  // rows 178, 180, 181, 183
  @Test
  void showsATaskWithAllThatItsSpecificationSays() throws Exception {
    ObjectRef<Integer> put = Ray.put(2);
    ObjectRef<Integer> sum = Ray.task(StateIT::add, 1, put).setName("a sum").remote();
    assertThat(sum.get()).isEqualTo(3);
    Await.until("the task DONE", SOON, () -> task(sum).state() == TaskState.DONE);

    TaskInfo task = task(sum);
    JobId job = Ray.getRuntimeContext().getCurrentJobId();

    assertThat(task.jobId()).isEqualTo(job);
    assertThat(task.nodeId()).isEqualTo(Ray.getRuntimeContext().getCurrentNodeId());
    assertThat(task.name()).isEqualTo("a sum");
    assertThat(task.kind()).isEqualTo("TASK");
    assertThat(task.parentTaskId()).isEqualTo(Ray.getRuntimeContext().getCurrentTaskId());
    assertThat(task.actorId()).isEqualTo(ActorId.NIL);
    assertThat(task.arguments()).hasSize(2);
    assertThat(task.arguments().get(0)).matches("value of \\d+ bytes");
    assertThat(task.arguments().get(1)).isEqualTo(put.getId().toString());
    assertThat(task.returnIds()).containsExactly(sum.getId());
    assertThat(task.resources()).containsExactlyEntriesOf(Map.of("CPU", 1.0));
    assertThat(Ray.state().functions())
        .filteredOn(function -> function.functionId().equals(task.functionId()))
        .singleElement()
        .satisfies((FunctionInfo function) -> {
          assertThat(function.className()).isEqualTo(StateIT.class.getName());
          assertThat(function.methodName()).isEqualTo("add");
          assertThat(function.jobId()).isEqualTo(job);
        });
  }

  // rows 174, 183, 187
  @Test
  void showsActorsNodesJobsAndObjects() throws Exception {
    ActorHandle<Counter> actor = Ray.actor(Counter::new).setName("counted").remote();
    ObjectRef<Integer> call = actor.task(Counter::call).remote();
    assertThat(call.get()).isEqualTo(1);
    ObjectRef<NdArray> put = Ray.put(zeros(1_000));

    Await.until(
        "the actor ALIVE",
        SOON,
        () ->
            Ray.state().actors(StateQuery.ALL.where("name", "counted")).stream()
                .anyMatch(info -> info.state() == ActorState.ALIVE));
    assertThat(task(call).actorId()).isEqualTo(actor.getId());
    assertThat(task(call).kind()).isEqualTo("ACTOR_CALL");
    assertThat(Ray.state().nodes())
        .singleElement()
        .satisfies(node -> assertThat(node.resources()).containsEntry("CPU", 2.0));
    assertThat(Ray.state().jobs())
        .filteredOn(job -> job.jobId().equals(Ray.getRuntimeContext().getCurrentJobId()))
        .singleElement()
        .satisfies((JobInfo job) -> {
          assertThat(job.name()).isEqualTo("the job of StateIT");
          assertThat(job.driverPid()).isEqualTo(Cluster.pid());
          assertThat(job.isRunning()).isTrue();
        });
    Await.until("the put", SOON, () -> Ray.state().objects().stream().anyMatch(isOf(put)));
    ObjectInfo object = Ray.state().objects().stream().filter(isOf(put)).findFirst().orElseThrow();
    assertThat(object.isPut()).isTrue();
    assertThat(object.size()).isGreaterThanOrEqualTo(8_000);
    assertThat(object.nodeIds()).containsExactly(Ray.getRuntimeContext().getCurrentNodeId());
  }

  private static Predicate<ObjectInfo> isOf(ObjectRef<?> ref) {
    return object -> object.objectId().equals(ref.getId());
  }

  // row 183
  @Test
  void saysWhenItShowsPartOfATableOnly() throws Exception {
    List<ObjectRef<Integer>> results =
        Cluster.range(0, 20).stream().map(i -> Ray.task(StateIT::add, i, i).remote()).toList();
    assertThat(Ray.get(results)).hasSize(20);
    StateQuery some = StateQuery.ALL.withLimit(5);
    Await.until("20 tasks", SOON, () -> Ray.state().tasks().size() >= 20);

    assertThat(Ray.state().tasks(some).size()).isEqualTo(5);
    assertThat(Ray.state().tasks(some).isCut()).isTrue();
    assertThat(Ray.state().tasks(some.where("kind", "TASK")).isCut()).isTrue();
    assertThat(Ray.state().nodes(some).isCut()).isFalse();
    assertThatThrownBy(() -> Ray.state().tasks(some.where("colour", "red")))
        .hasMessageContaining("colour")
        .hasMessageContaining("returnIds");
    assertThat(results).hasSize(20);
  }

  // row 195
  @Test
  void showsWhoHoldsWhatInMemory() throws Exception {
    ObjectRef<NdArray> ref = Ray.put(zeros(1_000_000));
    NdArray view = ref.get();
    Await.until("the object with its job", SOON, () -> !held(ref).jobId().equals(JobId.NIL));

    HeldObject object = held(ref);
    MemoryInfo memory = Ray.memory();

    assertThat(object.size()).isGreaterThanOrEqualTo(8_000_000);
    assertThat(object.place()).isEqualTo(HeldObject.Place.SEALED);
    assertThat(object.isPut()).isTrue();
    assertThat(object.pinnedByPids()).containsExactly(Cluster.pid());
    assertThat(object.jobId()).isEqualTo(Ray.getRuntimeContext().getCurrentJobId());
    assertThat(object.neededByTasks()).isZero();
    assertThat(memory.usedBytes()).isBetween(8_000_000L, memory.capacityBytes());
    assertThat(memory.pinnedBytes()).isGreaterThanOrEqualTo(8_000_000);
    assertThat(view.size()).isEqualTo(1_000_000);
  }

  private static HeldObject held(ObjectRef<?> ref) {
    return Ray.memory().objects().stream()
        .filter(object -> object.objectId().equals(ref.getId()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void tracesWhenAndWhereTasksRan() throws Exception {
    ObjectRef<Integer> sum = Ray.task(StateIT::add, 1, 2).remote();
    assertThat(sum.get()).isEqualTo(3);
    String id = sum.getId().taskId().hex();
    long now = System.currentTimeMillis() * 1000;

    try (NodeObserver observer = NodeObserver.open(session)) {
      Await.until("the event", SOON, () -> event(observer, id) != null);
      Map<String, @Nullable Object> event = event(observer, id);

      assertThat(event)
          .containsEntry("name", StateIT.class.getName() + ".add")
          .containsEntry("ph", "X");
      assertThat((Long) event.get("ts")).isBetween(now - 60_000_000, now + 1_000_000);
      assertThat(ProcessHandle.of(Long.parseLong(String.valueOf(event.get("pid"))))).isPresent();
    }
  }

  @SuppressWarnings("NullAway") // null: not there yet
  private static Map<String, @Nullable Object> event(NodeObserver observer, String task) {
    StateRows events = observer.list("timeline", StateQuery.ALL);
    return events.rows().stream()
        .filter(event -> String.valueOf(event.get("args")).contains(task))
        .findFirst()
        .orElse(null);
  }

  @Test
  void observesWithoutBeingAJob() {
    int jobs = Ray.state().jobs().size();
    try (NodeObserver observer = NodeObserver.open(session)) {
      assertThat(observer.list("jobs", StateQuery.ALL).rows()).hasSize(jobs);
      assertThatThrownBy(() -> observer.list("nonesuch", StateQuery.ALL))
          .hasMessageContaining("nonesuch")
          .hasMessageContaining("timeline");
    }
    assertThat(Ray.state().jobs().size()).isEqualTo(jobs);
  }
}

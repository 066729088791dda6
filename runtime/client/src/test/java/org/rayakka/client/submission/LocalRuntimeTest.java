package org.rayakka.client.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.WaitResult;
import org.rayakka.api.exception.RayActorException;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.options.DriverMode;
import org.rayakka.api.options.InitOptions;

// rows 28, 30
class LocalRuntimeTest {
  @BeforeEach
  void start() {
    Ray.init(InitOptions.builder().setDriverMode(DriverMode.LOCAL).build());
  }

  @AfterEach
  void stop() {
    Ray.shutdown();
  }

  static int add(int a, int b) {
    return a + b;
  }

  static int fail() {
    throw new IllegalStateException("broken");
  }

  static int clear(List<Integer> list) {
    list.clear();
    return list.size();
  }

  static long thread() {
    return Thread.currentThread().threadId();
  }

  static int nested(int n) {
    return n == 0 ? 0 : Ray.task(LocalRuntimeTest::nested, n - 1).remote().get() + 1;
  }

  static final class Counter {
    private int value;

    Counter(int start) {
      if (start < 0) {
        throw new IllegalArgumentException("start: " + start);
      }
      value = start;
    }

    int increment() {
      return ++value;
    }

    ActorId self() {
      return Ray.getRuntimeContext().getCurrentActorId();
    }

    int quit() {
      Ray.exitActor();
      return 1;
    }
  }

  @Test
  void runsEverythingInTheCallingThread() {
    ObjectRef<Integer> sum = Ray.task(LocalRuntimeTest::add, 1, Ray.put(2)).remote();

    assertThat(sum.get()).isEqualTo(3);
    assertThat(Ray.task(LocalRuntimeTest::thread).remote().get())
        .isEqualTo(Thread.currentThread().threadId());
    assertThat(Ray.task(LocalRuntimeTest::nested, 5).remote().get()).isEqualTo(5);
    assertThat(Ray.getRuntimeContext().isLocalMode()).isTrue();
  }

  @Test
  void copiesArgumentsAndPuts() {
    List<Integer> list = new ArrayList<>(List.of(1, 2, 3));
    ObjectRef<List<Integer>> put = Ray.put(list);

    assertThat(Ray.task(LocalRuntimeTest::clear, list).remote().get()).isZero();
    list.add(4);

    assertThat(list).containsExactly(1, 2, 3, 4);
    assertThat(put.get()).containsExactly(1, 2, 3);
  }

  @Test
  void throwsFromGetWhatATaskThrew() {
    ObjectRef<Integer> ref = Ray.task(LocalRuntimeTest::fail).remote();

    assertThatThrownBy(ref::get)
        .isInstanceOf(RayTaskException.class)
        .hasMessageContaining("LocalRuntimeTest.fail")
        .hasRootCauseMessage("broken");
    assertThat(Ray.errorInfo()).hasSize(1);
  }

  @Test
  void keepsActors() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 5).setName("counter").remote();

    assertThat(counter.task(Counter::increment).remote().get()).isEqualTo(6);
    assertThat(counter.task(Counter::increment).remote().get()).isEqualTo(7);
    assertThat(counter.task(Counter::self).remote().get()).isEqualTo(counter.getId());
    assertThat(Ray.getActor("counter")).contains(counter);
    counter.task(Counter::quit).remote();

    assertThatThrownBy(() -> counter.task(Counter::increment).remote().get())
        .isInstanceOf(RayActorException.class);
    assertThat(Ray.getActor("counter")).isEmpty();
  }

  @Test
  void remembersThatAConstructorFailed() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, -1).remote();

    assertThatThrownBy(() -> counter.task(Counter::increment).remote().get())
        .isInstanceOf(RayActorException.class)
        .hasRootCauseMessage("start: -1");
  }

  // rows 84, 88
  @Test
  void findsEverythingReady() {
    List<ObjectRef<Integer>> refs = List.of(Ray.put(1), Ray.put(2), Ray.put(3));

    WaitResult<Integer> result = Ray.wait(refs, 2);

    assertThat(result.getReady()).isEqualTo(refs.subList(0, 2));
    assertThat(result.getUnready()).isEqualTo(refs.subList(2, 3));
    assertThat(refs.getFirst().toFuture()).isCompletedWithValue(1);
  }
}

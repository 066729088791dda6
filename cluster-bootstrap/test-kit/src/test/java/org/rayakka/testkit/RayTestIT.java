package org.rayakka.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.rayakka.api.AddressInfo;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.RaySystemException;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.options.DriverMode;

/// The kit's own tests: classes with `@RayTest` that the test runs as JUnit would.
@Timeout(120)
class RayTestIT {
  private static final List<NodeId> NODES = new ArrayList<>();

  @TempDir private Path sessions;

  @BeforeEach
  void keepLogsOfCrashesHere() {
    System.setProperty("ray.session.directory", sessions.toString());
    NODES.clear();
  }

  @AfterEach
  void keepLogsOfCrashesElsewhere() {
    System.clearProperty("ray.session.directory");
  }

  private static NodeId node() {
    return Ray.getRuntimeContext().getCurrentNodeId();
  }

  private static EngineExecutionResults run(Class<?> type) {
    return EngineTestKit.engine("junit-jupiter").selectors(selectClass(type)).execute();
  }

  private static void allSucceed(Class<?> type, int tests) {
    run(type).testEvents().assertStatistics(all -> all.succeeded(tests).failed(0));
    assertThat(Ray.isInitialized()).isFalse();
  }

  @RayTest(
      numCpus = 3,
      numGpus = 2,
      resources = {"licence=2"})
  static class PerClass {
    @Test
    void first(AddressInfo address) {
      NODES.add(node());
      assertThat(address.redisAddress()).startsWith("127.0.0.1:");
    }

    @Test
    void second() {
      NODES.add(node());
      assertThat(Ray.getRuntimeContext().getAllNodeInfo().getFirst().resources())
          .containsEntry("CPU", 3.0)
          .containsEntry("GPU", 2.0)
          .containsEntry("licence", 2.0);
    }

    @Nested
    class Within {
      @Test
      void third() {
        NODES.add(node());
      }
    }
  }

  @Test
  void startsOneClusterForAClassAndThoseWithinIt() {
    allSucceed(PerClass.class, 3);
    assertThat(NODES).hasSize(3);
    assertThat(NODES.stream().distinct()).hasSize(1);
  }

  @RayTest(lifecycle = RayTest.Lifecycle.PER_METHOD, driverMode = DriverMode.SILENT)
  static class PerMethod {
    @Test
    void first() {
      NODES.add(node());
    }

    @Test
    void second() {
      NODES.add(node());
    }
  }

  @Test
  void startsAClusterForEachTestIfAsked() {
    allSucceed(PerMethod.class, 2);
    assertThat(NODES).doesNotHaveDuplicates().hasSize(2);
  }

  @RayTest
  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  static class Breaking {
    @Test
    @Order(1)
    void shutsDown() {
      Ray.shutdown();
    }

    @Test
    @Order(2)
    void killsTheNode() {
      ProcessHandle node =
          ProcessHandle.current()
              .children()
              .filter(child -> child.info().command().orElse("").endsWith("java"))
              .findFirst()
              .orElseThrow();
      node.destroyForcibly();
      node.onExit().join();
    }

    @Test
    @Order(3)
    void isNotConcerned() {
      assertThat(Ray.get(Ray.put(1))).isEqualTo(1);
    }
  }

  @Test
  void failsTheTestThatBreaksTheClusterAndNoOther() {
    EngineExecutionResults results = run(Breaking.class);
    results.testEvents().assertStatistics(all -> all.succeeded(1).failed(2));
    results
        .testEvents()
        .assertThatEvents()
        .haveExactly(
            1,
            event(
                test("shutsDown"),
                finishedWithFailure(message(text -> text.contains("it called Ray.shutdown()")))))
        .haveExactly(
            1,
            event(
                test("killsTheNode"),
                finishedWithFailure(
                    message(text -> text.contains("the test leaves a broken cluster")))));
    assertThat(Ray.isInitialized()).isFalse();
  }

  @RayTest(resources = "licence")
  static class Mistaken {
    @Test
    void never() {
      throw new RaySystemException("ran");
    }
  }

  @Test
  void saysWhatIsWrongWithTheAnnotation() {
    run(Mistaken.class)
        .containerEvents()
        .assertThatEvents()
        .haveExactly(
            1,
            event(
                finishedWithFailure(
                    message("@RayTest: resources: 'licence' (expected: name=amount)"))));
  }
}

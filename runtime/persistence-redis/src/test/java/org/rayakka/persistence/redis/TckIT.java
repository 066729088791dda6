package org.rayakka.persistence.redis;

import static org.assertj.core.api.Assertions.assertThat;

import akka.persistence.CapabilityFlag;
import akka.persistence.japi.journal.JavaJournalSpec;
import akka.persistence.japi.snapshot.JavaSnapshotStoreSpec;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.scalatest.Args;
import org.scalatest.Reporter;
import org.scalatest.Suite;
import org.scalatest.events.Event;
import org.scalatest.events.SuiteAborted;
import org.scalatest.events.TestFailed;
import org.scalatest.events.TestSucceeded;
import scala.Option;

/// Akka's own tests of a journal and of a snapshot store, each of them a test here.
@Timeout(120)
class TckIT {
  @TempDir private static Path folder;

  public static class Journal extends JavaJournalSpec {
    public Journal(Config config) {
      super(config);
    }

    @Override
    public CapabilityFlag supportsRejectingNonSerializableObjects() {
      return CapabilityFlag.on();
    }
  }

  public static class Snapshots extends JavaSnapshotStoreSpec {
    public Snapshots(Config config) {
      super(config);
    }
  }

  private record Result(String name, @Nullable Throwable failure) {}

  @TestFactory
  List<DynamicTest> journal() throws Exception {
    try (TestRedis server = TestRedis.start(folder.resolve("journal"))) {
      return run(new Journal(config(server)), 10);
    }
  }

  @TestFactory
  List<DynamicTest> snapshots() throws Exception {
    try (TestRedis server = TestRedis.start(folder.resolve("snapshots"))) {
      return run(new Snapshots(config(server)), 5);
    }
  }

  private static Config config(TestRedis server) {
    // What the tests store is Java's own serialisation.
    return ConfigFactory.parseString(
            "akka.actor { allow-java-serialization = on, warn-about-java-serializer-usage = off }")
        .withFallback(Configs.of(server));
  }

  private static List<DynamicTest> run(Suite suite, int atLeast) {
    List<Result> results = new ArrayList<>();
    Reporter reporter = event -> take(event, results);
    suite.run(
        Option.empty(),
        new Args(
            reporter,
            Args.apply$default$2(),
            Args.apply$default$3(),
            Args.apply$default$4(),
            Args.apply$default$5(),
            Args.apply$default$6(),
            Args.apply$default$7(),
            Args.apply$default$8(),
            Args.apply$default$9(),
            Args.apply$default$10()));
    assertThat(results).as("tests of the kit").hasSizeGreaterThanOrEqualTo(atLeast);
    return results.stream()
        .map(result ->
            DynamicTest.dynamicTest(
                result.name(),
                () -> {
                  Throwable failure = result.failure();
                  if (failure != null) {
                    throw failure;
                  }
                }))
        .toList();
  }

  private static void take(Event event, List<Result> results) {
    switch (event) {
      case TestSucceeded test -> results.add(new Result(test.testName(), null));
      case TestFailed test ->
          results.add(
              new Result(
                  test.testName(),
                  test.throwable().getOrElse(() -> new AssertionError(test.message()))));
      case SuiteAborted suite ->
          results.add(
              new Result(
                  suite.suiteName(),
                  suite.throwable().getOrElse(() -> new AssertionError(suite.message()))));
      default -> {
        // Notes and beginnings.
      }
    }
  }
}

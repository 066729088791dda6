package org.rayakka.api.exception;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;

class RayExceptionTest {
  private static final ActorId ACTOR = new ActorId(1, 2);

  static Stream<RayException> all() {
    return Stream.of(
        new ObjectFetchTimedOutException(ObjectId.ofPut(new TaskId(1, 2), 1), "60 s"),
        new ObjectStoreFullException("full"),
        new PendingCallsLimitExceededException("11 calls"),
        new RayActorException(ACTOR, "was killed"),
        new RayAlreadyInitializedException(),
        new RayIntentionalSystemExitException("exit"),
        new RayNotInitializedException(),
        new RaySerializationException("java.net.Socket", "Order.socket", "is open", null),
        new RaySystemException("node away", new IOException("pipe")),
        new RayTaskException("Job.step", "java.io.IOException", null, "at Job.step", null),
        new RayTimeoutException("20 ms"),
        new RayWorkerException("killed by signal 9"),
        new RuntimeEnvException("no such file"),
        new TaskCancelledException(new TaskId(1, 2), "by the driver"),
        new TaskUnschedulableException(Map.of("GPU", 8.0), "the largest node has 4"),
        new UnreconstructableException(ObjectId.ofPut(new TaskId(1, 2), 1), "was put"));
  }

  @Test
  void knowsAllItsKinds() {
    assertThat(all().map(Object::getClass).toList())
        .containsExactlyInAnyOrderElementsOf(
            List.<Class<?>>of(RayException.class.getPermittedSubclasses()));
  }

  @ParameterizedTest
  @MethodSource("all")
  void survivesSerialisation(RayException exception) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(exception);
    }
    RayException copy;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      copy = (RayException) in.readObject();
    }

    assertThat(copy).hasSameClassAs(exception).hasMessage(exception.getMessage());
    assertThat(copy.isRetryable()).isEqualTo(exception.isRetryable());
  }

  // row 99
  @Test
  void saysWhereAndHowAFunctionFailed() {
    RayTaskException exception =
        new RayTaskException(
            "shop.Job.step", "java.io.IOException", "disk", "at shop.Job.step(Job.java:7)", null);

    assertThat(exception)
        .hasMessage(
            """
            shop.Job.step failed: java.io.IOException: disk
            Remote stack trace:
            at shop.Job.step(Job.java:7)\
            """);
    assertThat(exception.functionName()).isEqualTo("shop.Job.step");
    assertThat(exception.causeClassName()).isEqualTo("java.io.IOException");
    assertThat(exception.remoteStackTrace()).isEqualTo("at shop.Job.step(Job.java:7)");
  }

  @Test
  void namesWhatItIsAbout() {
    assertThat(new RayActorException(ACTOR, "was killed"))
        .hasMessage("ActorID(00000000000000010000000000000002): was killed")
        .returns(ACTOR, RayActorException::actorId)
        .returns(false, RayException::isRetryable);
    assertThat(new RayActorException(ACTOR, "is coming back", true, null))
        .returns(true, RayException::isRetryable);
    assertThat(new RaySerializationException("java.lang.Thread", "", "is a thread", null))
        .hasMessage("java.lang.Thread: is a thread");
    assertThat(new RaySerializationException("java.lang.Thread", "Job.runner", "is bound", null))
        .hasMessage("java.lang.Thread at Job.runner: is bound")
        .returns("Job.runner", RaySerializationException::path);
    assertThat(new TaskUnschedulableException(Map.of("GPU", 8.0), "the largest node has 4"))
        .hasMessage("resources: {GPU=8.0} (the largest node has 4)");
  }
}

package org.rayakka.bootstrap;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class GuardedCommandTest {
  @TempDir private Path session;

  private final List<Process> started = new ArrayList<>();
  private final List<ProcessHandle> commands = new ArrayList<>();

  /// Whatever has failed: a command that goes on would keep the pipes of the test's JVM open.
  @AfterEach
  void endAll() throws IOException {
    for (Process guarded : started) {
      guarded.getOutputStream().close();
    }
    commands.forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void endsWithTheCommandsOwnExitValue() throws Exception {
    Process guarded = start("sh", "-c", "exit 7");

    assertThat(guarded.waitFor()).isEqualTo(7);
  }

  @Test
  void killsACommandThatIgnoresSignalsWhenThePipeCloses() throws Exception {
    Files.writeString(session.resolve("secret"), "s");
    Files.writeString(session.resolve("node.sock"), "");
    Process guarded = start("sh", "-c", "trap '' TERM HUP INT; echo $$; while :; do sleep 1; done");
    ProcessHandle command = commandOf(guarded);

    guarded.getOutputStream().close();

    assertThat(guarded.waitFor()).isEqualTo(128 + 9);
    awaitEnd(command);
    assertThat(session.resolve("secret")).doesNotExist();
    assertThat(session.resolve("node.sock")).doesNotExist();
  }

  // As often as it takes to come before the guard has done anything.
  @RepeatedTest(20)
  void handsARequestToEndOn() throws Exception {
    Process guarded = start("sh", "-c", "trap 'exit 3' TERM; echo $$; while :; do sleep 0.1; done");
    ProcessHandle command = commandOf(guarded);

    guarded.toHandle().destroy();

    assertThat(guarded.waitFor()).isEqualTo(3);
    awaitEnd(command);
  }

  @Test
  void leavesNoCommandWhenTheGuardItselfIsKilled() throws Exception {
    Process guarded = start("sh", "-c", "echo $$; while :; do sleep 1; done");
    ProcessHandle command = commandOf(guarded);
    awaitChildren(guarded, 2);

    guarded.destroyForcibly();

    awaitEnd(command);
  }

  @Test
  void givesTheCommandItsArgumentsAsTheyAre() throws Exception {
    Process guarded = start("printf", "%s\n", "a  b", "$HOME", "'c'");

    assertThat(guarded.inputReader().lines()).containsExactly("a  b", "$HOME", "'c'");
  }

  private Process start(String... command) throws IOException {
    Process guarded =
        new ProcessBuilder(GuardedCommand.of(session, List.of(command)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    started.add(guarded);
    return guarded;
  }

  /// The process that printed its id as its first line.
  private ProcessHandle commandOf(Process guarded) throws IOException {
    ProcessHandle command =
        ProcessHandle.of(Long.parseLong(guarded.inputReader().readLine())).orElseThrow();
    commands.add(command);
    return command;
  }

  /// The command may have spoken before the shell has started the one that watches over it.
  private static void awaitChildren(Process guarded, int count) throws InterruptedException {
    while (guarded.children().count() < count) {
      Thread.sleep(1);
    }
  }

  private static void awaitEnd(ProcessHandle process)
      throws InterruptedException, ExecutionException, TimeoutException {
    process.onExit().get(5, SECONDS);
  }
}

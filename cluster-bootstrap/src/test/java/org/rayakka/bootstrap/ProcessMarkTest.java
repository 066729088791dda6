package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessMarkTest {
  private final ProcessMark own = ProcessMark.of(ProcessHandle.current());

  @Test
  void findsItsProcessAgain() {
    assertThat(ProcessMark.parse(own.toString())).isEqualTo(own);
    assertThat(own.process()).contains(ProcessHandle.current());
  }

  @Test
  void takesNoOtherProcessOfTheSameIdForIt() {
    assertThat(new ProcessMark(own.pid(), own.start() + "1").process()).isEmpty();
  }

  @Test
  void findsNoneThatHasEnded() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    ProcessMark mark = ProcessMark.of(process.toHandle());
    assertThat(mark.process()).isPresent();

    process.destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(mark.process()).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void doesNotDependOnTheMachinesClock() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    assertThat(own.start()).isEqualTo(boot + "/" + behindName[19]);
  }

  @Test
  void refusesWhatIsNoMark() {
    assertThatThrownBy(() -> ProcessMark.parse("12"))
        .hasMessage("process: '12' (expected: its id and its start)");
    assertThatThrownBy(() -> ProcessMark.parse("x y")).isInstanceOf(NumberFormatException.class);
  }
}

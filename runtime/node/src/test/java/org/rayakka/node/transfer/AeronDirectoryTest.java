package org.rayakka.node.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AeronDirectoryTest {
  @TempDir private Path parent;

  @Test
  void onlyItsUserCanEnter() throws IOException {
    try (AeronDirectory directory = AeronDirectory.createIn(parent)) {
      assertThat(Files.getPosixFilePermissions(directory.driver().getParent()))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void removesWhatWasKilledWhileItStarted() throws Exception {
    Path left = folder(endedProcess());
    Path driver = Files.createDirectory(left.resolve("driver"));
    Path cnc = Files.write(driver.resolve("cnc.dat"), new byte[4096]);
    makeOld(left);
    AeronDirectory.removeLitter(parent);
    assertThat(cnc).doesNotExist();
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void removesWhatWasKilledBeforeItHadAFile() throws Exception {
    makeOld(folder(endedProcess()));
    AeronDirectory.removeLitter(parent);
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void removesWhatAProcessHasLeft() throws Exception {
    Path other = folder(1234);
    Files.write(
        Files.createDirectory(folder(123).resolve("driver")).resolve("cnc.dat"), new byte[9]);
    AeronDirectory.removeOf(123, parent);
    assertThat(parent).isDirectoryNotContaining(path -> !path.equals(other));
    assertThat(other).exists();
  }

  @Test
  void leavesWhatMayStillStart() throws Exception {
    Path young = folder(endedProcess());
    Path slow = folder(ProcessHandle.current().pid());
    makeOld(slow);
    AeronDirectory.removeLitter(parent);
    assertThat(young).exists();
    assertThat(slow).exists();
  }

  @Test
  void leavesADriverThatRuns() throws Exception {
    try (AeronDirectory directory = AeronDirectory.createIn(parent);
        MediaDriver driver =
            MediaDriver.launch(
                new MediaDriver.Context()
                    .threadingMode(ThreadingMode.SHARED)
                    .aeronDirectoryName(directory.driver().toString()))) {
      makeOld(directory.driver().resolve(".."));
      AeronDirectory.removeLitter(parent);
      assertThat(driver.context().aeronDirectory()).exists();
    }
  }

  @Test
  void leavesWhatItDoesNotUnderstand() throws Exception {
    Path strange = Files.createDirectory(parent.resolve("rayakka-aeron-of-another"));
    makeOld(strange);
    AeronDirectory.removeLitter(parent);
    assertThat(strange).exists();
  }

  private Path folder(long pid) throws IOException {
    return Files.createDirectory(parent.resolve("rayakka-aeron-" + pid + "-1"));
  }

  private static void makeOld(Path folder) throws IOException {
    Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minusSeconds(600)));
  }

  private static long endedProcess() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }
}

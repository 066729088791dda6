package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionFolderTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2026, 11, 23, 12, 0);

  @TempDir private Path root;

  @Test
  void isItsOwnersAlone() throws IOException {
    SessionFolder folder = SessionFolder.create(settings(root), NOON);

    assertThat(folder.path().getFileName().toString())
        .isEqualTo("session_2026-11-23_12-00-00-000_" + ProcessHandle.current().pid());
    assertThat(permissions(folder.path())).isEqualTo("rwx------");
    assertThat(permissions(folder.logs())).isEqualTo("rwx------");
    assertThat(permissions(folder.secretFile())).isEqualTo("rw-------");
    assertThat(folder.secret()).matches("[0-9a-f]{64}");
  }

  @Test
  void refusesAPathThatIsTooLongForASocket() {
    Path deep = root.resolve("a".repeat(60)).resolve("b".repeat(60));

    assertThatThrownBy(() -> SessionFolder.create(settings(deep), NOON))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ray.session.directory")
        .hasMessageContaining("node.sock");
  }

  @Test
  void keepsOnlyTheLogsOfACrash() throws IOException {
    SessionFolder folder = SessionFolder.create(settings(root), NOON);
    Path log = Files.writeString(folder.logs().resolve("node.log"), "last words");

    folder.removeAllButLogs();

    assertThat(folder.path()).isDirectoryContaining(entry -> entry.equals(folder.logs()));
    assertThat(folder.secretFile()).doesNotExist();
    assertThat(log).exists();
  }

  @Test
  void removesWhatIsPartlyGone() throws IOException {
    SessionFolder folder = SessionFolder.create(settings(root), NOON);
    Files.delete(folder.secretFile());

    folder.removeAll();
    folder.removeAll();

    assertThat(folder.path()).doesNotExist();
  }

  @Test
  void sweepsDeadSessionsAndNoOthers() throws IOException {
    SessionFolder alive = SessionFolder.create(settings(root), NOON);
    // Larger than any process id.
    Path older = dead("session_2026-11-21_12-00-00-000_4194999");
    Path newer = dead("session_2026-11-22_12-00-00-000_4194998");
    Path foreign = Files.createDirectory(root.resolve("something-else"));

    SessionFolder.sweep(root, 1);

    assertThat(alive.secretFile()).exists();
    assertThat(foreign).exists();
    assertThat(older).doesNotExist();
    assertThat(newer.resolve("secret")).doesNotExist();
    assertThat(newer.resolve("logs/node.log")).exists();
  }

  private Path dead(String name) throws IOException {
    Path folder = root.resolve(name);
    Files.createDirectories(folder.resolve("logs"));
    Files.writeString(folder.resolve("secret"), "s");
    Files.writeString(folder.resolve("logs/node.log"), "l");
    return folder;
  }

  private static RaySettings.Session settings(Path root) {
    return new RaySettings.Session(root.toString(), false, 1);
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}

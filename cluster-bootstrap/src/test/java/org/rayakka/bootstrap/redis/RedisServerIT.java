package org.rayakka.bootstrap.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.id.JobId;
import org.rayakka.node.control.redis.RedisControlState;
import org.rayakka.node.control.redis.RedisSettings;

/// Starts real servers.
@Timeout(60)
class RedisServerIT {
  @TempDir Path directory;

  @Test
  void answersAfterItsStartAndIsGoneAfterItsEnd() throws Exception {
    RedisServer server = RedisServer.start(RedisServerSettings.in(directory));
    long pid = server.pid();

    try (RedisControlState state = connect(server)) {
      assertThat(state.jobs().next().toCompletableFuture().get(10, TimeUnit.SECONDS))
          .isEqualTo(new JobId(1));
    } finally {
      server.close();
    }

    assertThat(ProcessHandle.of(pid))
        .matches(process -> process.isEmpty() || !process.get().isAlive());
    assertThat(server.ended().get(10, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void showsItsPasswordInNoCommandLineAndNoFileThatOthersRead() throws Exception {
    try (RedisServer server = RedisServer.start(RedisServerSettings.in(directory))) {
      String commandLine = Files.readString(Path.of("/proc/" + server.pid() + "/cmdline"), UTF_8);
      Path configuration = directory.resolve("redis-" + server.address().port() + ".conf");

      assertThat(commandLine).doesNotContain(server.password());
      assertThat(Files.readString(configuration)).contains(server.password());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(configuration)))
          .isEqualTo("rw-------");
      assertThat(RedisServerSettings.in(directory).toString()).doesNotContain("password");
    }
  }

  @Test
  void findsItsRowsAgainWhenItIsAppendOnly() throws Exception {
    RedisServerSettings settings = RedisServerSettings.in(directory).withAppendOnly(true);
    int port;
    try (RedisServer server = RedisServer.start(settings);
        RedisControlState state = connect(server)) {
      port = server.address().port();
      state.jobs().next().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    try (RedisServer server =
            RedisServer.start(settings.withAddress(RedisServerSettings.LOOPBACK, port));
        RedisControlState state = connect(server)) {
      assertThat(server.address().port()).isEqualTo(port);
      assertThat(state.jobs().next().toCompletableFuture().get(10, TimeUnit.SECONDS))
          .isEqualTo(new JobId(2));
    }
  }

  @Test
  void saysWhichPortIsTaken() throws Exception {
    try (RedisServer first = RedisServer.start(RedisServerSettings.in(directory))) {
      RedisServerSettings second =
          RedisServerSettings.in(Files.createDirectory(directory.resolve("second")))
              .withAddress(RedisServerSettings.LOOPBACK, first.address().port());

      assertThatThrownBy(() -> RedisServer.start(second))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("already in use")
          .hasMessageContaining(String.valueOf(first.address().port()));
    }
  }

  @Test
  void passesOnWhatAProgramPrintsThatDoesNotStartAndTakesTheNext() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("bin"));
    Path broken = folder.resolve("redis-server");
    Files.writeString(
        broken,
        "#!/bin/sh\necho 'error while loading shared libraries: libssl.so.3' >&2\nexit 127\n");
    Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwx------"));

    assertThat(RedisBinary.candidates(folder.toString(), directory)).first().isEqualTo(broken);
    try (RedisServer server =
        RedisServer.start(RedisServerSettings.in(directory), folder.toString())) {
      assertThat(server.pid()).isPositive();
    }
  }

  @Test
  void refusesAPasswordThatItsConfigurationCouldNotHold() {
    for (String password : List.of("", "two words", "line\nbreak", "quo\"te")) {
      assertThatThrownBy(() -> RedisServerSettings.in(directory).withPassword(password))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected");
    }
  }

  private static RedisControlState connect(RedisServer server) {
    return RedisControlState.open(RedisSettings.of(List.of(server.address()), server.password()));
  }
}

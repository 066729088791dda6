package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisPasswordTest {
  @TempDir private Path folder;

  @Test
  void isMadeOnceAndForItsOwnerAlone() throws IOException {
    RedisPassword password = at("", Map.of("XDG_CONFIG_HOME", folder.toString()));

    String made = password.readOrMake();

    assertThat(made).matches("[0-9a-f]{64}");
    assertThat(password.readOrMake()).isEqualTo(made);
    assertThat(password.read()).isEqualTo(made);
    assertThat(password.file()).isEqualTo(folder.resolve("rayakka/redis-password"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(password.file())))
        .isEqualTo("rw-------");
    assertThat(password.file().getParent()).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void isTakenFromTheEnvironmentFirst() throws IOException {
    RedisPassword password =
        at(folder.resolve("none").toString(), Map.of(RedisPassword.VARIABLE, "given"));

    assertThat(password.readOrMake()).isEqualTo("given");
    assertThat(password.file()).doesNotExist();
  }

  @Test
  void refusesToJoinWithoutOneAndWithOneThatOthersCanRead() throws IOException {
    Path file = folder.resolve("redis-password");

    assertThatThrownBy(() -> at(file.toString(), Map.of()).read())
        .hasMessageContaining(RedisPassword.VARIABLE)
        .hasMessageContaining(file.toString());

    Files.writeString(file, "secret");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> at(file.toString(), Map.of()).read())
        .hasMessageContaining("rw-r--r--")
        .hasMessageNotContaining("secret");
  }

  private static RedisPassword at(String file, Map<String, String> environment) {
    return new RedisPassword(new RaySettings.Redis(0, 0, Duration.ofSeconds(1), file), environment);
  }
}

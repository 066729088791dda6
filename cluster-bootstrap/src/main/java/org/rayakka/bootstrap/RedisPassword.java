package org.rayakka.bootstrap;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Where the password of a cluster's Redis is kept: in the environment, or in a file that its owner
/// alone may read. It is never on a command line, which every user of a machine can see.
///
/// All clusters of a user share the file, so that nodes of one machine, and of machines that share
/// the home folder, join without further ado. To others it is copied.
final class RedisPassword {
  /// The variable that is stronger than the file.
  static final String VARIABLE = "RAY_REDIS_PASSWORD";

  private static final int BYTES = 32;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Map<String, String> environment;
  private final Path file;

  /// That of a cluster.
  ///
  /// @param settings may name the file
  /// @param environment the process's
  RedisPassword(RaySettings.Redis settings, Map<String, String> environment) {
    this.environment = environment;
    this.file =
        settings.passwordFile().isEmpty()
            ? configFolder(environment).resolve("redis-password")
            : Path.of(settings.passwordFile()).toAbsolutePath();
  }

  private static Path configFolder(Map<String, String> environment) {
    String configured = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path folder =
        configured.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".config")
            : Path.of(configured);
    return folder.resolve("rayakka");
  }

  /// The file that holds it where no variable does.
  Path file() {
    return file;
  }

  /// The password, for a node that joins.
  ///
  /// @throws IOException if there is none
  String read() throws IOException {
    String password = environment.get(VARIABLE);
    if (password != null && !password.isEmpty()) {
      return password;
    }
    if (!Files.exists(file)) {
      throw new IOException(
          "redis password: neither in %s nor in %s (expected: that of the head; copy its file, mode 0600)"
              .formatted(VARIABLE, file));
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (!OWNER_ONLY.containsAll(permissions)) {
      throw new IOException(
          "%s: mode %s (expected: rw-------, as it holds a password)"
              .formatted(file, PosixFilePermissions.toString(permissions)));
    }
    return Files.readString(file).strip();
  }

  /// The password, for a head: made if there is none yet.
  ///
  /// @throws IOException if it cannot be read or written
  String readOrMake() throws IOException {
    if (environment.getOrDefault(VARIABLE, "").isEmpty() && !Files.exists(file)) {
      make();
    }
    return read();
  }

  /// Another process may do the same: the first to finish wins, and no one sees half a file.
  private void make() throws IOException {
    Path folder = Objects.requireNonNull(file.getParent());
    Files.createDirectories(folder);
    Path draft =
        Files.createTempFile(
            folder, "redis-password", null, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try {
      Files.writeString(draft, random() + "\n", StandardOpenOption.WRITE);
      Files.createLink(file, draft);
    } catch (FileAlreadyExistsException e) {
      // Made in the meantime.
    } finally {
      Files.delete(draft);
    }
  }

  private static String random() {
    byte[] password = new byte[BYTES];
    new SecureRandom().nextBytes(password);
    return HexFormat.of().formatHex(password);
  }
}

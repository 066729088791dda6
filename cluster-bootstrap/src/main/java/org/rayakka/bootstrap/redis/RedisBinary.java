package org.rayakka.bootstrap.redis;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/// Where a server program can be had: those on the path first, because they fit the machine, then
/// the one that came with us.
final class RedisBinary {
  private static final List<String> NAMES = List.of("redis-server", "valkey-server");

  private RedisBinary() {}

  /// The programs to try, best first.
  ///
  /// @param searchPath directories, as in the environment's `PATH`
  /// @param directory where ours is unpacked to
  static List<Path> candidates(@Nullable String searchPath, Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String name : NAMES) {
      for (String folder : (searchPath == null ? "" : searchPath).split(File.pathSeparator, -1)) {
        Path program = Path.of(folder.isEmpty() ? "." : folder, name);
        if (!folder.isEmpty() && Files.isRegularFile(program) && Files.isExecutable(program)) {
          found.add(program.toAbsolutePath());
          break;
        }
      }
    }
    Path ours = unpack(directory);
    if (ours != null) {
      found.add(ours);
    }
    return found;
  }

  /// Unpacks the program that came with us.
  ///
  /// @return null if there is none for this machine
  private static @Nullable Path unpack(Path directory) throws IOException {
    Map<OsArchitecture, String> resources = ExecutableProvider.newProvidedVersionsMap();
    String resource = resources.get(OsArchitecture.detectOSandArchitecture());
    if (resource == null) {
      return null;
    }
    String name = resource.substring(resource.lastIndexOf('/') + 1);
    Path program = directory.resolve(name);
    if (Files.isExecutable(program)) {
      return program;
    }
    try (InputStream in = ExecutableProvider.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        return null;
      }
      // Moved into place whole: another process may unpack the same at the same time.
      Path part = Files.createTempFile(directory, name, ".part");
      Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwx------"));
      Files.move(part, program, StandardCopyOption.ATOMIC_MOVE);
    }
    return program;
  }
}

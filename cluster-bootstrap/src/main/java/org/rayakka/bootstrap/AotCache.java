package org.rayakka.bootstrap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// The JVM's ahead-of-time caches, one for each kind of process: its classes loaded and linked, and
/// the profiles of its methods (JEP 483, JEP 515). They take a third off the start of a session,
/// and let the compiler begin with the methods that a session is known to need.
///
/// A cache is good for the very jars and the very JVM that it was made with, so its name has a hash
/// of both, and a new build makes a new one. A process whose cache is absent or stale starts
/// without.
public enum AotCache {
  /// Of node processes.
  NODE,
  /// Of worker processes.
  WORKER,
  /// Of the programs that the `ray` command runs.
  DRIVER;

  private static final int NAME_BYTES = 8;

  /// Options for the JVM that may use the cache.
  ///
  /// @param settings where caches are, and whether they count
  /// @param classPath the beginning of the process's class path: what the cache was made with
  /// @return options, none if there is no cache
  List<String> options(RaySettings.AotCaches settings, List<Path> classPath) {
    if (!settings.enabled()) {
      return List.of();
    }
    Path file = file(settings, classPath);
    // A stale cache is no reason to fail, nor to say so in the middle of the user's output.
    return Files.isReadable(file)
        ? List.of("-XX:AOTCache=" + file, "-Xlog:cds*=off", "-Xlog:aot*=off")
        : List.of();
  }

  /// Where the cache is, or would be.
  ///
  /// @param settings where caches are
  /// @param classPath the beginning of the process's class path
  /// @return the file
  Path file(RaySettings.AotCaches settings, List<Path> classPath) {
    return folder(settings)
        .resolve("%s-%s.aot".formatted(name().toLowerCase(Locale.ROOT), fingerprint(classPath)));
  }

  /// Where caches are.
  static Path folder(RaySettings.AotCaches settings) {
    if (!settings.directory().isEmpty()) {
      return Path.of(settings.directory()).toAbsolutePath();
    }
    String configured = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    if (!configured.isEmpty()) {
      return Path.of(configured, "rayakka").toAbsolutePath();
    }
    Path home = Path.of(System.getProperty("user.home"));
    boolean isMac = System.getProperty("os.name").startsWith("Mac");
    return home.resolve(isMac ? "Library/Caches" : ".cache").resolve("rayakka");
  }

  private static String fingerprint(List<Path> classPath) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      update(digest, System.getProperty("java.home"));
      update(digest, Runtime.version().toString());
      for (Path entry : classPath) {
        BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class);
        update(digest, entry.toString());
        update(digest, attributes.size() + " " + attributes.lastModifiedTime().toMillis());
      }
      return HexFormat.of().formatHex(digest.digest(), 0, NAME_BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static void update(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }
}

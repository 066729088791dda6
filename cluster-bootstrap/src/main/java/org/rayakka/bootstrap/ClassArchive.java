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

/// The JVM's archives of loaded classes (class-data sharing), one for each kind of process: they
/// take a third off the start of a session.
///
/// An archive is good for the very jars and the very JVM that it was made with, so its name has a
/// hash of both, and a new build makes a new one. A process whose archive is absent or stale starts
/// without. The JVM's newer ahead-of-time cache is hardly quicker, and is only written when a
/// process ends by itself and in its own time, which a worker does not.
public enum ClassArchive {
  /// Of node processes.
  NODE,
  /// Of worker processes.
  WORKER,
  /// Of the programs that the `ray` command runs.
  DRIVER;

  private static final int NAME_BYTES = 8;

  /// Options for the JVM that may use the archive.
  ///
  /// @param settings where archives are, and whether they count
  /// @param classPath the beginning of the process's class path: what the archive was made with
  /// @return options, none if there is no archive
  List<String> options(RaySettings.ClassArchives settings, List<Path> classPath) {
    if (!settings.enabled()) {
      return List.of();
    }
    Path file = file(settings, classPath);
    // A stale archive is no reason to fail, nor to say so in the middle of the user's output.
    return Files.isReadable(file)
        ? List.of(
            "-XX:SharedArchiveFile=" + file, "-Xshare:auto", "-Xlog:cds*=off", "-Xlog:aot*=off")
        : List.of();
  }

  /// Where the archive is, or would be.
  ///
  /// @param settings where archives are
  /// @param classPath the beginning of the process's class path
  /// @return the file
  Path file(RaySettings.ClassArchives settings, List<Path> classPath) {
    return folder(settings)
        .resolve("%s-%s.jsa".formatted(name().toLowerCase(Locale.ROOT), fingerprint(classPath)));
  }

  /// Where archives are.
  static Path folder(RaySettings.ClassArchives settings) {
    if (!settings.directory().isEmpty()) {
      return Path.of(settings.directory()).toAbsolutePath();
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

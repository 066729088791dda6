package org.rayakka.examples.microbenchmark;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The JDKs of this machine.
public final class Jdk {
  /// Where package managers and people put JDKs, each in a folder of its own.
  private static final List<Path> USUAL_PLACES =
      List.of(
          Path.of("/usr/lib/jvm"),
          Path.of("/opt"),
          Path.of(System.getProperty("user.home"), ".sdkman/candidates/java"),
          Path.of(System.getProperty("user.home"), ".jdks"),
          Path.of("/Library/Java/JavaVirtualMachines"));

  private Jdk() {}

  /// The home of a JDK of a major version, if one lies in a usual place.
  static Optional<Path> find(int majorVersion) {
    List<Path> homes = new ArrayList<>();
    for (Path place : USUAL_PLACES) {
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(place)) {
        for (Path folder : folders) {
          homes.add(folder);
          homes.add(folder.resolve("Contents/Home"));
        }
      } catch (IOException _) {
        // no such place on this machine
      }
    }
    return homes.stream().filter(home -> isVersion(home, majorVersion)).findFirst();
  }

  private static boolean isVersion(Path home, int majorVersion) {
    if (!Files.isExecutable(java(home))) {
      return false;
    }
    try {
      return Files.readString(home.resolve("release"))
          .contains("JAVA_VERSION=\"" + majorVersion + ".");
    } catch (IOException _) {
      return false;
    }
  }

  /// The command of a JDK that starts a JVM.
  ///
  /// @param home of the JDK
  /// @return its path
  public static Path java(Path home) {
    return home.resolve("bin").resolve("java");
  }
}

package org.rayakka.examples.microbenchmark;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Gets the peers' jars: once, into the user's cache folder.
final class MavenCentral {
  private MavenCentral() {}

  /// Downloads what is not in the cache.
  ///
  /// @param groupId of the artifact
  /// @param artifactId of the artifact
  /// @param version of the artifact
  /// @param progress told what takes time
  /// @return the jars of the artifact and of what it needs
  static List<Path> jars(String groupId, String artifactId, String version, PrintWriter progress)
      throws IOException, InterruptedException {
    Path libraries = cacheFolder().resolve(artifactId + "-" + version).resolve("lib");
    if (!Files.isDirectory(libraries)) {
      progress.println("downloading " + artifactId + " " + version + " into " + libraries);
      progress.flush();
      download(groupId, artifactId, version, libraries);
    }
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(libraries, "*.jar")) {
      files.forEach(jars::add);
    }
    return jars;
  }

  private static Path cacheFolder() {
    String base = System.getenv("XDG_CACHE_HOME");
    Path cache =
        base == null || base.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(base);
    return cache.resolve("rayakka");
  }

  private static void download(String groupId, String artifactId, String version, Path libraries)
      throws IOException, InterruptedException {
    Path folder = Objects.requireNonNull(libraries.getParent());
    Files.createDirectories(folder);
    Path partial = Files.createTempDirectory(folder, "download");
    Path pom = folder.resolve("pom.xml");
    Files.writeString(
        pom,
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>org.rayakka</groupId>
          <artifactId>peer</artifactId>
          <version>1</version>
          <packaging>pom</packaging>
          <dependencies>
            <dependency>
              <groupId>%s</groupId>
              <artifactId>%s</artifactId>
              <version>%s</version>
            </dependency>
          </dependencies>
        </project>
        """
            .formatted(groupId, artifactId, version));
    Process maven =
        new ProcessBuilder(
                "mvn",
                "-q",
                "-f",
                pom.toString(),
                "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies",
                "-DincludeScope=runtime",
                "-DoutputDirectory=" + partial)
            .inheritIO()
            .start();
    int status = maven.waitFor();
    if (status != 0) {
      throw new IOException("Maven's exit status: " + status + " (expected: 0)");
    }
    Files.move(partial, libraries, StandardCopyOption.ATOMIC_MOVE);
  }
}

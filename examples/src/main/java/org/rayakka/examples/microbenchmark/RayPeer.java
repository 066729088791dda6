package org.rayakka.examples.microbenchmark;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.rayakka.examples.microbenchmark.rows.MeasuringProcess;

/// The real Ray 1.0.1 from Maven Central, whose jar brings its native processes along, and this
/// benchmark compiled against it.
final class Peer {
  static final String VERSION = "1.0.1";

  /// It runs on this version of Java; on newer ones only with luck.
  private static final int JAVA_VERSION = 17;

  private static final String STORE_SIZE = "2 GiB";

  /// The benchmark's one source; {@code Side} is the file that differs.
  private static final List<String> SHARED_SOURCES =
      List.of("Effort", "MeasuringProcess", "ProcessTree", "Remote", "Row", "Rows", "Samples");

  /// Its serialiser looks into these.
  private static final List<String> OPENED =
      List.of(
          "java.base/java.lang",
          "java.base/java.util",
          "java.base/java.util.concurrent",
          "java.base/java.math",
          "java.base/java.net",
          "java.base/java.text",
          "java.base/java.io",
          "java.sql/java.sql");

  private final Path libraries;
  private final Path classes;
  private final Path javaHome;

  private Peer(Path libraries, Path classes, Path javaHome) {
    this.libraries = libraries;
    this.classes = classes;
    this.javaHome = javaHome;
  }

  /// Downloads what is not in the cache, and compiles.
  ///
  /// @param workFolder for what is needed during this run only
  /// @param progress told what takes time
  static Peer prepare(Path workFolder, PrintWriter progress)
      throws IOException, InterruptedException {
    Path libraries = cacheFolder().resolve("lib");
    if (!Files.isDirectory(libraries)) {
      progress.println("downloading Ray " + VERSION + " into " + libraries);
      progress.flush();
      download(libraries);
    }
    Optional<Path> found = Jdk.find(JAVA_VERSION);
    Path javaHome = found.orElseGet(() -> Path.of(System.getProperty("java.home")));
    if (found.isEmpty()) {
      progress.println("no JDK " + JAVA_VERSION + " was found for Ray: trying " + javaHome);
    }
    Path classes = compile(libraries, workFolder);
    return new Peer(libraries, classes, javaHome);
  }

  private static Path cacheFolder() {
    String base = System.getenv("XDG_CACHE_HOME");
    Path cache =
        base == null || base.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(base);
    return cache.resolve("rayakka").resolve("ray-" + VERSION);
  }

  private static void download(Path libraries) throws IOException, InterruptedException {
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
              <groupId>io.ray</groupId>
              <artifactId>ray-runtime</artifactId>
              <version>%s</version>
            </dependency>
          </dependencies>
        </project>
        """
            .formatted(VERSION));
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

  /// Compiles the benchmark with `org.rayakka.api` replaced by `io.ray.api`.
  private static Path compile(Path libraries, Path workFolder) throws IOException {
    Path sources = Files.createDirectories(workFolder.resolve("source"));
    Path classes = Files.createDirectories(workFolder.resolve("classes"));
    List<Path> files = new ArrayList<>();
    for (String name : SHARED_SOURCES) {
      Path file = sources.resolve(name + ".java");
      String ours = resource(MeasuringProcess.class, name + ".java");
      Files.writeString(file, ours.replace("org.rayakka.api", "io.ray.api"));
      files.add(file);
    }
    Path side = sources.resolve("Side.java");
    Files.writeString(side, resource(Peer.class, "Side.java.peer"));
    files.add(side);

    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IOException("this Java has no compiler (expected: a JDK, not a JRE)");
    }
    StringWriter complaints = new StringWriter();
    try (StandardJavaFileManager manager =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      Iterable<? extends JavaFileObject> units = manager.getJavaFileObjectsFromPaths(files);
      List<String> options =
          List.of(
              "--release",
              String.valueOf(JAVA_VERSION),
              "-nowarn",
              "-proc:none",
              "-cp",
              classPath(libraries),
              "-d",
              classes.toString());
      if (!compiler.getTask(complaints, manager, null, options, null, units).call()) {
        throw new IOException("the benchmark does not compile against Ray: " + complaints);
      }
    }
    return classes;
  }

  private static String resource(Class<?> beside, String name) throws IOException {
    try (InputStream in = beside.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String classPath(Path libraries) throws IOException {
    List<String> jars = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(libraries, "*.jar")) {
      files.forEach(jar -> jars.add(jar.toString()));
    }
    return String.join(File.pathSeparator, jars);
  }

  List<String> command() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Jdk.java(javaHome).toString());
    for (int i = 0; i < OPENED.size(); i++) {
      String opens = "--add-opens=" + OPENED.get(i) + "=ALL-UNNAMED";
      command.add(opens);
      command.add("-Dray.worker.jvm-parameters." + i + "=" + opens);
    }
    command.add("-Dray.node-ip=127.0.0.1");
    command.add("-Dray.logging.level=WARN");
    command.add("-Dray.object-store.size=" + STORE_SIZE);
    command.add("-cp");
    command.add(classes + File.pathSeparator + classPath(libraries));
    command.add(MeasuringProcess.class.getName());
    return command;
  }

  /// Ray starts its workers as plain `java`.
  Map<String, String> environment() {
    return Map.of(
        "PATH", javaHome.resolve("bin") + File.pathSeparator + System.getenv().get("PATH"));
  }
}

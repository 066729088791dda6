package org.rayakka.examples.microbenchmark;

import static java.util.stream.Collectors.joining;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
final class RayPeer {
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

  private final List<Path> libraries;
  private final Path classes;
  private final Path javaHome;

  /// Each process that starts Ray adds the session folder that Ray chose.
  private final Path sessions;

  private final PrintWriter progress;

  private RayPeer(
      List<Path> libraries, Path classes, Path javaHome, Path sessions, PrintWriter progress) {
    this.libraries = List.copyOf(libraries);
    this.classes = classes;
    this.sessions = sessions;
    this.progress = progress;
    this.javaHome = javaHome;
  }

  /// Downloads what is not in the cache, and compiles.
  ///
  /// @param workFolder for what is needed during this run only
  /// @param progress told what takes time
  static RayPeer prepare(Path workFolder, PrintWriter progress)
      throws IOException, InterruptedException {
    List<Path> libraries = MavenCentral.jars("io.ray", "ray-runtime", VERSION, progress);
    Optional<Path> found = Jdk.find(JAVA_VERSION);
    Path javaHome = found.orElseGet(() -> Path.of(System.getProperty("java.home")));
    if (found.isEmpty()) {
      progress.println("no JDK " + JAVA_VERSION + " was found for Ray: trying " + javaHome);
    }
    Path classes = compile(libraries, workFolder);
    return new RayPeer(libraries, classes, javaHome, workFolder.resolve("ray-sessions"), progress);
  }

  /// Compiles the benchmark with `org.rayakka.api` replaced by `io.ray.api`.
  private static Path compile(List<Path> libraries, Path workFolder) throws IOException {
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
    Files.writeString(side, resource(RayPeer.class, "Side.java.peer"));
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

  private static String classPath(List<Path> libraries) {
    return libraries.stream().map(Path::toString).collect(joining(File.pathSeparator));
  }

  List<String> command() {
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
    command.add("-Dbenchmark.sessions=" + sessions);
    command.add("-cp");
    command.add(classes + File.pathSeparator + classPath(libraries));
    command.add(MeasuringProcess.class.getName());
    return command;
  }

  /// Removes what the Rays that were started and have ended left in the place that Ray has for
  /// that.
  void removeSessions() {
    try {
      for (String folder : Files.readAllLines(sessions)) {
        Path session = Path.of(folder);
        Folders.delete(session);
        Path latest = session.resolveSibling("session_latest");
        if (Files.isSymbolicLink(latest) && Files.notExists(latest)) {
          Files.delete(latest);
        }
      }
      Files.delete(sessions);
    } catch (NoSuchFileException _) {
      // It did not come as far as a session.
    } catch (IOException e) {
      progress.println("left by Ray, and could not be removed: " + e.getMessage());
    }
  }

  /// Ray starts its workers as plain `java`.
  Map<String, String> environment() {
    return Map.of(
        "PATH", javaHome.resolve("bin") + File.pathSeparator + System.getenv().get("PATH"));
  }
}

package org.rayakka.bootstrap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `ray prepare`: runs a small session whose processes list the classes that they load, and makes
/// the {@link ClassArchive}s of them.
@Command(
    name = "prepare",
    description = "Makes the archives of classes that let sessions start quicker.",
    mixinStandardHelpOptions = true)
final class PrepareCommand implements Callable<Integer> {
  /// Archives of earlier builds to leave: another checkout may use them.
  private static final int MOST_ARCHIVES = 18;

  private static final long TIMEOUT_SECONDS = 120;

  @Option(
      names = "--driver-archive",
      paramLabel = "FILE",
      description = "Also leave a copy of the drivers' archive here.")
  private @Nullable Path driverArchive;

  @Override
  public Integer call() throws IOException, InterruptedException {
    RaySettings.ClassArchives settings = RaySettings.load(Map.of()).classArchives();
    RuntimeClassPath classPath = RuntimeClassPath.find();
    List<Path> driverPath = RuntimeClassPath.entries(System.getProperty("java.class.path"));
    for (Path entry : driverPath) {
      if (Files.isDirectory(entry)) {
        throw new CommandFailure(
            "%s: a folder of classes (expected: jars only, which an archive can be made of)"
                .formatted(entry));
      }
    }
    Files.createDirectories(ClassArchive.folder(settings));
    Path work = Files.createTempDirectory("ray-prepare-");
    try {
      train(work, driverPath);
      dump(
          work,
          "node",
          List.of(NodeProcess.COLLECTOR),
          classPath.node(),
          ClassArchive.NODE.file(settings, classPath.node()));
      dump(
          work,
          "worker",
          List.of(),
          classPath.worker(),
          ClassArchive.WORKER.file(settings, classPath.worker()));
      Path driver = ClassArchive.DRIVER.file(settings, driverPath);
      dump(work, "driver", List.of(), driverPath, driver);
      if (driverArchive != null) {
        Files.copy(driver, driverArchive, StandardCopyOption.REPLACE_EXISTING);
      }
      removeOldest(ClassArchive.folder(settings));
      return 0;
    } finally {
      SessionFolder.remove(work);
    }
  }

  /// Runs a session.
  private static void train(Path work, List<Path> driverPath)
      throws IOException, InterruptedException {
    List<String> command =
        JavaCommand.prefix(
            0,
            0,
            List.of(
                "-XX:DumpLoadedClassList=" + work.resolve("driver-%p.classes"),
                "-Dray.class-archives.enabled=false",
                "-Dray.node.num-cpus=2",
                "-Dray.node.num-workers=1",
                "-Dray.object-store.memory=64 MiB",
                "-Dray.node.jvm-options=" + listing(work, "node"),
                "-Dray.worker.jvm-options=" + listing(work, "worker")));
    command.addAll(
        List.of("-cp", RuntimeClassPath.join(driverPath), TrainingDriver.class.getName()));
    run(work, command);
  }

  private static String listing(Path work, String role) {
    return "[\"-XX:DumpLoadedClassList=%s\"]".formatted(work.resolve(role + "-%p.classes"));
  }

  /// Makes one archive, and puts it into place in one step.
  private static void dump(
      Path work, String role, List<String> options, List<Path> classPath, Path archive)
      throws IOException, InterruptedException {
    List<String> more = new ArrayList<>(options);
    more.add("-Xshare:dump");
    more.add("-XX:SharedClassListFile=" + classes(work, role));
    Path draft = work.resolve(role + ".jsa");
    more.add("-XX:SharedArchiveFile=" + draft);
    List<String> command = JavaCommand.prefix(0, 0, more);
    command.addAll(List.of("-cp", RuntimeClassPath.join(classPath)));
    run(work, command);
    Path sibling = archive.resolveSibling(archive.getFileName() + ".new");
    Files.move(draft, sibling, StandardCopyOption.REPLACE_EXISTING);
    Files.move(sibling, archive, StandardCopyOption.ATOMIC_MOVE);
  }

  /// The longest of the lists that the processes of a role wrote.
  private static Path classes(Path work, String role) throws IOException {
    try (Stream<Path> files = Files.list(work)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).matches(role + "-.*\\.classes"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow(() -> new CommandFailure("no process of the session was a " + role));
    }
  }

  private static void run(Path work, List<String> command)
      throws IOException, InterruptedException {
    Path output = work.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new CommandFailure(
          "%s: still running after %d s".formatted(command.getFirst(), TIMEOUT_SECONDS));
    }
    if (process.exitValue() != 0) {
      throw new CommandFailure(
          "%s ended with %d:%n%s"
              .formatted(
                  String.join(" ", command),
                  process.exitValue(),
                  Files.readString(output, StandardCharsets.UTF_8).strip()));
    }
  }

  private static void removeOldest(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> archives =
          files
              .filter(file -> file.toString().endsWith(".jsa"))
              .sorted(Comparator.comparingLong(file -> -file.toFile().lastModified()))
              .toList();
      archives.stream().skip(MOST_ARCHIVES).forEach(SessionFolder::remove);
    }
  }
}

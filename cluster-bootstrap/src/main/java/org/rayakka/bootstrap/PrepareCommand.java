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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `ray prepare`: runs a small session whose processes record what they load and which of their
/// methods are hot, and makes the {@link AotCache}s of that, and the {@link NodePatch} before.
@Command(
    name = "prepare",
    description = "Makes the ahead-of-time caches that let sessions start quicker.",
    mixinStandardHelpOptions = true)
final class PrepareCommand implements Callable<Integer> {
  /// Caches of earlier builds to leave: another checkout may use them.
  private static final int MOST_CACHES = 18;

  /// For each step; all of them take 45 s on two cores that have nothing else to do.
  private static final long TIMEOUT_SECONDS = 300;

  @Option(
      names = "--driver-cache",
      paramLabel = "FILE",
      description = "Also leave a copy of the drivers' cache here.")
  private @Nullable Path driverCache;

  @Override
  public Integer call() throws IOException, InterruptedException {
    RaySettings.AotCaches settings = RaySettings.load(Map.of()).aotCaches();
    RuntimeClassPath classPath = RuntimeClassPath.find();
    List<Path> driverPath = RuntimeClassPath.entries(System.getProperty("java.class.path"));
    for (Path entry : driverPath) {
      if (Files.isDirectory(entry)) {
        throw new CommandFailure(
            "%s: a folder of classes (expected: jars only, which a cache can be made of)"
                .formatted(entry));
      }
    }
    Files.createDirectories(AotCache.folder(settings));
    Path work = Files.createTempDirectory("ray-prepare-");
    try {
      Path nodeCache = AotCache.NODE.file(settings, classPath.node());
      Path patch = NodePatch.file(nodeCache);
      // A session that is starting may be using it.
      if (!Files.isReadable(patch)) {
        Path draft = work.resolve("patch.jar");
        NodePatch.write(draft, classPath.node());
        publish(draft, patch);
      }
      train(work, driverPath, patch);
      Path driver = AotCache.DRIVER.file(settings, driverPath);
      createAll(
          List.of(
              // The largest first.
              new Draft(
                  work,
                  "node",
                  NodeProcess.collector(List.of()),
                  NodePatch.before(patch, classPath.node()),
                  nodeCache),
              new Draft(
                  work,
                  "worker",
                  List.of(),
                  classPath.worker(),
                  AotCache.WORKER.file(settings, classPath.worker())),
              new Draft(work, "driver", List.of(), driverPath, driver)));
      if (driverCache != null) {
        Files.copy(driver, driverCache, StandardCopyOption.REPLACE_EXISTING);
      }
      removeOldest(AotCache.folder(settings));
      return 0;
    } finally {
      SessionFolder.remove(work);
    }
  }

  /// Runs a session.
  private static void train(Path work, List<Path> driverPath, Path patch)
      throws IOException, InterruptedException {
    List<String> command =
        JavaCommand.prefix(
            0,
            0,
            List.of(
                "-XX:AOTMode=record",
                "-XX:AOTConfiguration=" + work.resolve("driver.aotconf"),
                "-Dray.aot-caches.enabled=false",
                "-Dray.node.num-cpus=2",
                "-Dray.node.num-workers=1",
                "-Dray.object-store.memory=64 MiB",
                // Known to the second node, too.
                "-Dray.redis.password-file=" + work.resolve("redis-password"),
                // A JVM writes down what it has recorded before it ends, which takes seconds.
                "-Dray.node.stop-timeout=" + TIMEOUT_SECONDS + " s",
                "-Dray.node.jvm-options=" + recording(work, "node"),
                "-Dray.worker.jvm-options=" + recording(work, "worker")));
    command.addAll(
        List.of(
            "-cp",
            RuntimeClassPath.join(driverPath),
            TrainingMain.class.getName(),
            patch.toString()));
    run(work.resolve("training.output"), command);
  }

  private static String recording(Path work, String role) {
    return "[\"-XX:AOTMode=record\", \"-XX:AOTConfiguration=%s\"]"
        .formatted(work.resolve(role + "-%p.aotconf"));
  }

  /// Makes caches, as many at a time as there are processors: the JVM writes one with one thread.
  private static void createAll(List<Draft> drafts) throws IOException, InterruptedException {
    int threads = Math.min(drafts.size(), Runtime.getRuntime().availableProcessors());
    try (ExecutorService makers = Executors.newFixedThreadPool(threads)) {
      for (Future<Void> made : makers.invokeAll(drafts)) {
        made.get();
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case CommandFailure failure -> throw failure;
        case null, default -> throw new IllegalStateException("no cache", e);
      }
    }
  }

  /// A cache to be made.
  ///
  /// @param work where to make it
  /// @param role whose it is
  /// @param options of the processes of that role
  /// @param classPath of the same
  /// @param cache where it goes, in one step
  private record Draft(
      Path work, String role, List<String> options, List<Path> classPath, Path cache)
      implements Callable<Void> {
    @Override
    public @Nullable Void call() throws IOException, InterruptedException {
      Path draft = work.resolve(role + ".aot");
      List<String> more = new ArrayList<>(options);
      more.add("-XX:AOTMode=create");
      more.add("-XX:AOTConfiguration=" + recorded(work, role));
      more.add("-XX:AOTCache=" + draft);
      List<String> command = JavaCommand.prefix(0, 0, more);
      command.addAll(List.of("-cp", RuntimeClassPath.join(classPath)));
      run(work.resolve(role + ".output"), command);
      publish(draft, cache);
      return null;
    }
  }

  private static void publish(Path draft, Path file) throws IOException {
    Path sibling = file.resolveSibling(file.getFileName() + ".new");
    Files.move(draft, sibling, StandardCopyOption.REPLACE_EXISTING);
    Files.move(sibling, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /// The largest of what the processes of a role recorded.
  private static Path recorded(Path work, String role) throws IOException {
    try (Stream<Path> files = Files.list(work)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).matches(role + ".*\\.aotconf"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow(() -> new CommandFailure("no process of the session was a " + role));
    }
  }

  private static void run(Path output, List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new CommandFailure(
            "%s: still running after %d s".formatted(command.getFirst(), TIMEOUT_SECONDS));
      }
    } finally {
      process.destroyForcibly();
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
      List<Path> caches =
          files
              .filter(file -> file.toString().endsWith(".aot"))
              .sorted(Comparator.comparingLong(file -> -file.toFile().lastModified()))
              .toList();
      for (Path cache : caches.subList(Math.min(MOST_CACHES, caches.size()), caches.size())) {
        SessionFolder.remove(cache);
        Files.deleteIfExists(NodePatch.file(cache));
      }
    }
  }
}

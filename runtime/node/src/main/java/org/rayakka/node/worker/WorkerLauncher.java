package org.rayakka.node.worker;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Starts worker processes. Starting one takes some milliseconds: never on the event loop.
///
/// @param sessionDirectory the node's session folder; workers find its socket there
/// @param command the command line up to the class path: the JVM and its flags
/// @param mainClass the worker's main class; gets the session folder and the start-up token
/// @param classPath what every worker needs, before the job's own entries
public record WorkerLauncher(
    Path sessionDirectory, List<String> command, String mainClass, List<String> classPath) {

  /// What CUDA lets a process see. It is set for every worker: one that was given no GPU sees none,
  /// whatever the node sees.
  private static final String DEVICES = "CUDA_VISIBLE_DEVICES";

  /// One math thread per task by default: several that share the CPUs would fight over them.
  private static final List<String> MATH_THREADS =
      List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS");

  /// Copies its lists.
  public WorkerLauncher {
    command = List.copyOf(command);
    classPath = List.copyOf(classPath);
  }

  /// Starts a process.
  ///
  /// @param token what it names itself by when it connects
  /// @param jobClassPath the job's class path
  /// @param jvmOptions further options of its JVM
  /// @param devices the GPUs that it may use, as CUDA names them
  /// @return the process
  /// @throws IOException if the system starts none
  Process start(long token, List<String> jobClassPath, List<String> jvmOptions, String devices)
      throws IOException {
    // Ours first: the JVM's ahead-of-time caches are good for the beginning of a class path.
    Set<String> entries = new LinkedHashSet<>(classPath);
    entries.addAll(jobClassPath);
    List<String> line = new ArrayList<>(command);
    line.addAll(jvmOptions);
    line.add("-cp");
    line.add(String.join(File.pathSeparator, entries));
    line.add(mainClass);
    line.add(sessionDirectory.toString());
    line.add(Long.toString(token));
    Path logs = sessionDirectory.resolve("logs");
    Files.createDirectories(logs);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(logs.resolve("worker-" + token + ".out").toFile())
            .redirectError(logs.resolve("worker-" + token + ".err").toFile());
    for (String variable : MATH_THREADS) {
      builder.environment().putIfAbsent(variable, "1");
    }
    builder.environment().put(DEVICES, devices);
    return builder.start();
  }
}

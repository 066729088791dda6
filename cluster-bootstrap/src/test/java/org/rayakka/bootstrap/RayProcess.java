package org.rayakka.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The `ray` command as a process, as scripts/ray starts it.
final class RayProcess {
  private RayProcess() {}

  /// An option of `ray run`: the program looks for nodes of this machine where this process does.
  static String temporaryFolder() {
    return "-J-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir");
  }

  /// How it ended.
  record Ended(int status, String output, String error) {}

  /// Runs it to its end.
  ///
  /// @param folder where its output and its temporary files go
  static Ended run(Path folder, List<String> arguments) throws IOException, InterruptedException {
    int status = begin(folder, arguments).waitFor();
    return new Ended(
        status,
        Files.readString(folder.resolve("output")),
        Files.readString(folder.resolve("error")));
  }

  /// What starts it: a command line without arguments.
  ///
  /// @param temporary where its temporary files go
  static List<String> command(Path temporary) {
    List<String> options = new ArrayList<>();
    options.add("-XX:TieredStopAtLevel=1");
    options.add("-Djava.io.tmpdir=" + temporary);
    for (String name : List.of("ray.node.jvm-options", "ray.worker.jvm-options")) {
      String value = System.getProperty(name);
      if (value != null) {
        options.add("-D" + name + "=" + value);
      }
    }
    List<String> command = JavaCommand.prefix(0, 0, options);
    command.addAll(
        List.of(
            "-cp",
            RuntimeClassPath.join(RuntimeClassPath.entries(System.getProperty("java.class.path"))),
            RayCommand.class.getName()));
    return command;
  }

  /// Starts it, and waits for nothing.
  ///
  /// @param folder where its output and its temporary files go
  static Process begin(Path folder, List<String> arguments) throws IOException {
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    List<String> command = command(temporary);
    command.addAll(arguments);
    Path output = folder.resolve("output");
    Path error = folder.resolve("error");
    return new ProcessBuilder(command)
        .redirectOutput(output.toFile())
        .redirectError(error.toFile())
        .start();
  }
}

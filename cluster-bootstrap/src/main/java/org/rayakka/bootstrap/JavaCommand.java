package org.rayakka.bootstrap;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How the JVMs of a session are started: with the `java` that runs this one.
final class JavaCommand {
  /// What a JVM needs that maps the store and runs Agrona, Arrow and Fory. The parent pom's
  /// `rayakka.jvm.flags` are the same.
  static final List<String> FLAGS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
          // Bounds checks of every access: Agrona's and Arrow's own, beside the JVM's.
          "-Dagrona.disable.bounds.checks=true",
          "-Darrow.enable_unsafe_memory_access=true",
          "-Darrow.enable_null_check_for_get=false");

  /// What keeps a resting JVM small and still: compilers leave 10 to 15 MiB with the allocator,
  /// which gives them back only when asked; an archive of classes at the address that it was made
  /// for is shared by all JVMs of a machine, where a moved one is each JVM's own; and a JVM looks
  /// every 250 ms for monitors to let go, which six times a minute would do.
  private static final List<String> FOOTPRINT =
      List.of(
          "-XX:TrimNativeHeapInterval=10000",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:ArchiveRelocationMode=0",
          "-XX:AsyncDeflationInterval=10000");

  /// The only release that this one runs on.
  static final int RELEASE = 25;

  private JavaCommand() {}

  /// The program that runs a JVM like this one.
  ///
  /// @return its path
  static Path executable() {
    Path home = Path.of(System.getProperty("java.home"));
    Path java = home.resolve("bin").resolve("java");
    if (!Files.isExecutable(java)) {
      throw new IllegalStateException("%s: not found (expected: a complete JDK)".formatted(java));
    }
    return java;
  }

  /// The beginning of a command line: everything up to the class path.
  ///
  /// @param heapInitial in bytes; 0: the JVM's choice
  /// @param heapMaximum in bytes; 0: the JVM's choice
  /// @param options further ones, which override ours
  /// @return a list that may be added to
  static List<String> prefix(long heapInitial, long heapMaximum, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(executable().toString());
    command.addAll(FLAGS);
    command.addAll(FOOTPRINT);
    if (heapInitial > 0) {
      command.add("-Xms" + heapInitial);
    }
    if (heapMaximum > 0) {
      command.add("-Xmx" + heapMaximum);
    }
    command.addAll(options);
    return command;
  }
}

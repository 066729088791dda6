package org.rayakka.examples.microbenchmark.peers;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.rayakka.examples.microbenchmark.Jdk;

/// Further JVMs like this one.
public final class OwnJvm {
  private static final String AT = "@serves at ";
  private static final int STOP_SECONDS = 15;

  private OwnJvm() {}

  /// The command of a JVM with the flags and the class path of this one.
  ///
  /// @param main its main class
  /// @param more appended to the class path
  /// @return the command
  public static List<String> command(Class<?> main, List<Path> more) {
    List<String> command = new ArrayList<>();
    command.add(Jdk.java(Path.of(System.getProperty("java.home"))).toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    StringBuilder classPath = new StringBuilder(System.getProperty("java.class.path"));
    more.forEach(path -> classPath.append(File.pathSeparatorChar).append(path));
    command.add(classPath.toString());
    command.add(main.getName());
    return command;
  }

  /// Starts one that serves this process: it says where, and ends when its input does.
  static Process start(Class<?> main) throws IOException {
    return new ProcessBuilder(command(main, List.of())).redirectError(Redirect.INHERIT).start();
  }

  /// In the process that was started: says where it is, and waits until it is to end.
  static void serve(String where) throws IOException {
    System.out.println(AT + where);
    System.out.flush();
    while (System.in.read() >= 0) {
      // Whatever it is told, it goes on.
    }
  }

  /// Waits until the process has said where it is.
  static String where(BufferedReader said) throws IOException {
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith(AT)) {
        return line.substring(AT.length());
      }
      System.err.println(line);
    }
    throw new IOException("the other process ended before it said where it is");
  }

  /// Ends it, by force if it does not in time.
  static void stop(Process process) throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}

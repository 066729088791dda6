package org.rayakka.bootstrap;

import java.nio.file.Path;
import org.rayakka.client.execution.Worker;

/// The entry of a worker process: connects to its node, and runs what the node sends until the node
/// says stop or is gone.
public final class WorkerMain {
  private WorkerMain() {}

  /// Runs a worker.
  ///
  /// @param args the session's folder, and the number that the node knows this process by
  public static void main(String[] args) {
    if (args.length != 2) {
      System.err.println(
          "arguments: " + args.length + " (expected: session folder, start-up token)");
      System.exit(2);
    }
    Worker.Ending ending =
        Worker.run(Path.of(args[0]), Long.parseLong(args[1]), ClassLoader.getSystemClassLoader());
    switch (ending) {
      case STOPPED -> System.exit(0);
      // Nothing that this process could still do is of use to anybody: no shutdown hook of the
      // user's may keep it.
      case NODE_GONE -> Runtime.getRuntime().halt(1);
    }
  }
}

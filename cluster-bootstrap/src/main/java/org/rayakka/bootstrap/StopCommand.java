package org.rayakka.bootstrap;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.options.InitOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ray stop`: ends what `ray start` started here. A node is known by the process id and the start
/// time in its session's folder, never by a name.
@Command(
    name = "stop",
    description = {
      "Stops the nodes that `ray start` started on this machine for this user, with their workers"
          + " and their Redis. Nodes that programs started for themselves go on."
    },
    mixinStandardHelpOptions = true)
final class StopCommand implements Callable<Integer> {
  /// For the node's own deadline to pass first.
  private static final long MARGIN_MILLIS = 2_000;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"--redis-address", "--address"},
      paramLabel = "HOST:PORT",
      description = "Only nodes of this cluster.")
  private String address = InitOptions.AUTO;

  @Option(
      names = "--node-ip-address",
      paramLabel = "ADDRESS",
      description = "Only the node of this address.")
  private @Nullable String nodeIpAddress;

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    List<RunningSession> services = services();
    if (services.isEmpty()) {
      out.println("No node runs here that ray start started.");
      return 0;
    }
    // A head last: the others write their end into its tables.
    for (boolean isHead : List.of(false, true)) {
      List<Ending> endings = new ArrayList<>();
      for (RunningSession node : services) {
        if (node.isHead() == isHead) {
          node.folder().node().ifPresent(process -> endings.add(Ending.begin(node, process)));
        }
      }
      for (Ending ending : endings) {
        ending.await();
        out.printf(
            "Stopped the %s at %s, process %d.%n",
            isHead ? "head" : "node", ending.node.nodeIpAddress(), ending.node.pid());
      }
    }
    return 0;
  }

  private List<RunningSession> services() {
    try (Stream<Path> folders =
        Files.list(SessionFolder.root(RaySettings.load(Map.of()).session()))) {
      return folders
          .map(SessionFolder::new)
          .map(RunningSession::of)
          .flatMap(Optional::stream)
          .filter(node -> !node.isOwned() && node.isOf(address))
          .filter(node -> nodeIpAddress == null || nodeIpAddress.equals(node.nodeIpAddress()))
          .toList();
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
  }

  /// A node that has been told to end.
  ///
  /// @param node the node
  /// @param process its process
  /// @param children what it has started
  /// @param timeoutMillis after which it is killed
  private record Ending(
      RunningSession node,
      ProcessHandle process,
      List<ProcessHandle> children,
      long timeoutMillis) {
    static Ending begin(RunningSession node, ProcessHandle process) {
      // Its folder may go any time from now on.
      RaySettings settings = NodeLaunch.read(node.folder().settingsFile().toFile()).settings();
      Ending ending =
          new Ending(
              node,
              process,
              process.descendants().toList(),
              settings.node().stopTimeout().toMillis() + MARGIN_MILLIS);
      process.destroy();
      return ending;
    }

    void await() {
      CompletableFuture<ProcessHandle> end = process.onExit();
      try {
        end.get(timeoutMillis, TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException e) {
        process.destroyForcibly();
        end.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CommandFailure("interrupted while process %d ends".formatted(node.pid()));
      }
      for (ProcessHandle child : children) {
        child.destroyForcibly();
        child.onExit().join();
      }
      if (Files.exists(node.folder().socket())) {
        node.folder().removeAllButLogs();
      }
    }
  }
}

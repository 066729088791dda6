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
      List<NodeEnding> endings = new ArrayList<>();
      for (RunningSession node : services) {
        if (node.isHead() == isHead) {
          node.folder().node().ifPresent(process -> endings.add(NodeEnding.begin(node, process)));
        }
      }
      for (NodeEnding ending : endings) {
        ending.await();
        out.printf(
            "Stopped the %s at %s, process %d.%n",
            isHead ? "head" : "node", ending.node().nodeIpAddress(), ending.node().pid());
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
}

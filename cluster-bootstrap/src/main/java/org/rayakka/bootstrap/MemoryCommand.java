package org.rayakka.bootstrap;

import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.state.StateQuery;
import org.rayakka.client.submission.NodeObserver;
import org.rayakka.client.submission.StateRows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ray memory`: who holds what in a node's object store.
@Command(
    name = "memory",
    description = {
      "Shows how full the object store of a node is, and who holds its largest objects: the"
          + " processes that pin them, the job that refers to them, the tasks that need them."
    },
    mixinStandardHelpOptions = true)
final class MemoryCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private AttachedNode node = new AttachedNode();

  @Option(names = "--limit", paramLabel = "N", description = "Objects at most; 100 by default.")
  private int limit = 100;

  @Override
  public Integer call() {
    CommandSpec self = Objects.requireNonNull(spec);
    PrintWriter out = self.commandLine().getOut();
    try (NodeObserver observer = node.observe()) {
      Map<String, @Nullable Object> store =
          observer.list("store", StateQuery.ALL).rows().getFirst();
      out.printf(
          "%s of %s bytes used, %s of them pinned by processes; %s bytes spilled to disk%n",
          store.get("usedBytes"),
          store.get("capacityBytes"),
          store.get("pinnedBytes"),
          store.get("spilledBytes"));
      StateRows objects = observer.list("memory", StateQuery.ALL.withLimit(limit));
      TextTable.of(objects.rows()).lines().forEach(out::println);
      if (objects.isCut()) {
        self.commandLine().getErr().println("ray: there are more objects, all smaller");
      }
      return 0;
    } catch (RayException | IllegalArgumentException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
  }
}

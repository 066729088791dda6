package org.rayakka.bootstrap;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Objects;
import java.util.TreeMap;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ray list`: a table of the cluster.
@Command(
    name = "list",
    description = "Lists a table: tasks, objects, actors, nodes, jobs or functions.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  enum Format {
    TABLE,
    JSON
  }

  @Spec private @Nullable CommandSpec spec;
  @Mixin private AttachedNode node = new AttachedNode();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, the default, or json: an array of objects.")
  private Format format = Format.TABLE;

  @Option(names = "--limit", paramLabel = "N", description = "Rows at most; 100 by default.")
  private int limit = 100;

  @Option(
      names = "--filter",
      paramLabel = "COLUMN=TEXT",
      description = "Only rows whose column has this text, such as state=RUNNING; may be repeated.")
  private Map<String, String> filters = new TreeMap<>();

  @Parameters(index = "0", paramLabel = "TABLE", description = "The table.")
  private @Nullable String table;

  @Override
  public Integer call() {
    CommandSpec self = Objects.requireNonNull(spec);
    PrintWriter out = self.commandLine().getOut();
    StateRows listed;
    try (NodeObserver observer = node.observe()) {
      StateQuery query = StateQuery.ALL.withLimit(limit);
      for (Entry<String, String> filter : filters.entrySet()) {
        query = query.where(filter.getKey(), filter.getValue());
      }
      listed = observer.list(Objects.requireNonNull(table), query);
    } catch (RayException | IllegalArgumentException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
    if (format == Format.JSON) {
      out.println(listed.json());
    } else {
      List<Map<String, @Nullable Object>> rows = listed.rows();
      TextTable.of(rows).lines().forEach(out::println);
    }
    if (listed.isCut()) {
      self.commandLine().getErr().println("ray: there are more rows (--limit shows more)");
    }
    return 0;
  }
}

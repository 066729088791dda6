package org.rayakka.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/// `ray timeline`: when the newest tasks of a node ran, and in which process.
@Command(
    name = "timeline",
    description = {
      "Writes when and where the newest tasks of a node ran, up to 100,000, as a trace that"
          + " chrome://tracing and ui.perfetto.dev show."
    },
    mixinStandardHelpOptions = true)
final class TimelineCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private AttachedNode node = new AttachedNode();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The file to write; ray-timeline.json by default.")
  private Path file = Path.of("ray-timeline.json");

  @Override
  public Integer call() {
    try (NodeObserver observer = node.observe()) {
      StateRows events =
          observer.list("timeline", StateQuery.ALL.withLimit(StateQuery.LARGEST_LIMIT));
      Files.writeString(file, events.json() + System.lineSeparator());
      Objects.requireNonNull(spec).commandLine().getOut().println(file.toAbsolutePath());
      return 0;
    } catch (RayException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new CommandFailure("%s: cannot be written (%s)".formatted(file, e));
    }
  }
}

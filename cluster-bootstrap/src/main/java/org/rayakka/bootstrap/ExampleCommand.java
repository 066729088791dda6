package org.rayakka.bootstrap;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ray example`.
@Command(
    name = "example",
    description = "Runs an example; without a name, lists the examples.",
    mixinStandardHelpOptions = true)
final class ExampleCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "Which example.")
  private @Nullable String name;

  @Parameters(
      index = "1..*",
      paramLabel = "ARGUMENT",
      description = "The example's own arguments; --help shows them.")
  private List<String> arguments = List.of();

  @Override
  public Integer call() throws IOException {
    ExamplesIndex index = ExamplesIndex.read();
    String wanted = name;
    if (wanted != null) {
      return index.run(wanted, arguments);
    }
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    int width = index.programs().keySet().stream().mapToInt(String::length).max().orElse(1);
    index
        .programs()
        .forEach((example, program) ->
            out.printf("%-" + width + "s  %s%n", example, program.description()));
    out.flush();
    return 0;
  }
}

package org.rayakka.bootstrap;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ray microbenchmark`: the example of that name, under the name that Ray gives it.
@Command(
    name = "microbenchmark",
    description = "Measures tasks, actors and objects; --help shows its options.")
final class MicrobenchmarkCommand implements Callable<Integer> {
  // Options too: RayCommand says so.
  @Parameters(paramLabel = "ARGUMENT", description = "Its own arguments.")
  private List<String> arguments = List.of();

  @Override
  public Integer call() throws IOException {
    return ExamplesIndex.read().run("microbenchmark", arguments);
  }
}

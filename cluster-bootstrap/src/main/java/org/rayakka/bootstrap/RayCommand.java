package org.rayakka.bootstrap;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The `ray` command. Exit status: the program's own where one was run, else 0 for success, 1 for a
/// failure, 2 for a command line that cannot be understood.
@Command(
    name = "ray",
    description = "Runs programs on Rayakka: Ray on Akka.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.Provider.class,
    subcommands = {
      StartCommand.class,
      StopCommand.class,
      StatusCommand.class,
      RunCommand.class,
      ExampleCommand.class,
      MicrobenchmarkCommand.class,
      ListCommand.class,
      SummaryCommand.class,
      MemoryCommand.class,
      TimelineCommand.class,
      PrepareCommand.class,
      VersionCommand.class,
    })
public final class RayCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  /// Made by {@link #main}.
  public RayCommand() {}

  @Override
  public Integer call() {
    CommandSpec self = Objects.requireNonNull(spec);
    self.commandLine().usage(self.commandLine().getErr());
    return CommandLine.ExitCode.USAGE;
  }

  /// Runs the command line and exits with its status.
  ///
  /// @param args the arguments of `ray`
  public static void main(String[] args) {
    int status = commandLine().execute(args);
    System.exit(status);
  }

  /// The command line, for {@link #main} and tests.
  ///
  /// @return one that reports what the user can mend in one line, and anything else with its stack
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new RayCommand());
    // What follows a program's name is the program's.
    commandLine.setStopAtPositional(true);
    for (String table : List.of("list", "summary")) {
      Objects.requireNonNull(commandLine.getSubcommands().get(table))
          .setStopAtPositional(false)
          .setCaseInsensitiveEnumValuesAllowed(true);
    }
    Objects.requireNonNull(commandLine.getSubcommands().get("microbenchmark"))
        .setUnmatchedOptionsArePositionalParams(true);
    commandLine.setExecutionExceptionHandler((failure, failed, parsed) -> {
      if (failure instanceof CommandFailure) {
        failed.getErr().println("ray: " + failure.getMessage());
      } else {
        failure.printStackTrace(failed.getErr());
      }
      return CommandLine.ExitCode.SOFTWARE;
    });
    return commandLine;
  }
}

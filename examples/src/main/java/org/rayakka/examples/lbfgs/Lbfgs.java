package org.rayakka.examples.lbfgs;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.Ray;
import org.rayakka.api.options.InitOptions;
import org.rayakka.examples.lbfgs.Minimizer.Minimum;
import org.rayakka.examples.lbfgs.Minimizer.Stopping;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The `lbfgs` example: trains twice, with actors and serially, and compares.
@Command(
    name = "lbfgs",
    sortOptions = false,
    description =
        "Trains a softmax regression on handwritten digits with L-BFGS, the loss and its gradient"
            + " computed by actors that hold the data, and compares with the serial version.")
public final class Lbfgs implements Callable<Integer> {
  private static final long SEED = 1;

  @Option(
      names = "--actors",
      defaultValue = "10",
      description = "Actors that share the data" + " (default: ${DEFAULT-VALUE}).")
  private int actors = 10;

  @Option(
      names = "--iterations",
      defaultValue = "1000",
      description = "Most iterations" + " (default: ${DEFAULT-VALUE}).")
  private int iterations = 1000;

  @Option(
      names = "--tolerance",
      defaultValue = "1e-5",
      description =
          "Stop when no component of" + " the gradient is larger (default: ${DEFAULT-VALUE}).")
  private double tolerance = 1e-5;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Use MNIST, or a data set in its"
              + " format: train-images-idx3-ubyte.gz and the three other files in DIR (default: the digits"
              + " that come with this example, a fifth of them held out).")
  private @Nullable Path data;

  @Option(
      names = "--all",
      description =
          "Train on every bundled digit, the held-out fifth too; the"
              + " loss is then least at 0.0887.")
  private boolean all;

  @Option(
      names = "--minimizer",
      defaultValue = "BEST",
      description =
          "BEST, NATIVE (liblbfgsb) or"
              + " JAVA (default: ${DEFAULT-VALUE}: liblbfgsb where it is installed, else Java).")
  private Backend backend = Backend.BEST;

  @Option(names = "--serial", description = "Run the serial version only, without Ray.")
  private boolean serialOnly;

  @Option(
      names = "--redis-address",
      paramLabel = "HOST:PORT",
      description = "Attach to a running" + " cluster (default: start one on this machine).")
  private @Nullable String redisAddress;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  @Spec private @Nullable CommandSpec spec;

  /// Which code minimises.
  enum Backend {
    BEST,
    NATIVE,
    JAVA
  }

  /// What one version arrived at, and how long it took.
  private record Run(Minimum minimum, Duration time) {}

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Lbfgs()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = commandLine().getOut();
    Stopping stopping = stopping();
    Minimizer minimizer = minimizer();
    Digits digits = digits();
    List<Dataset> shards = shards(digits.training());
    out.printf(
        "%s: %,d to train on, %,d to test with, %,d pixels each%n",
        digits.name(),
        digits.training().size(),
        digits.test().size(),
        digits.training().features());
    out.printf("minimiser: %s%n", minimizer);

    SerialObjective serialObjective = new SerialObjective(shards);
    double[] start = start(serialObjective.dimension());
    if (serialOnly) {
      Run serial = run("serial", minimizer, serialObjective, start, stopping, true);
      report(serial, digits.test());
      return 0;
    }
    Run distributed = distributed(minimizer, shards, start, stopping);
    report(distributed, digits.test());
    Run serial = run("serial", minimizer, serialObjective, start, stopping, false);
    return compare(distributed, serial);
  }

  private Run distributed(
      Minimizer minimizer, List<Dataset> shards, double[] start, Stopping stopping) {
    InitOptions.Builder options = InitOptions.builder();
    if (redisAddress != null) {
      options.setRedisAddress(redisAddress);
    }
    Ray.init(options.build());
    try {
      DistributedObjective objective = new DistributedObjective(shards);
      objective.fullLoss(start); // the actors are up before the clock runs
      return run(shards.size() + " actors", minimizer, objective, start, stopping, true);
    } finally {
      Ray.shutdown();
    }
  }

  private Run run(
      String title,
      Minimizer minimizer,
      Objective objective,
      double[] start,
      Stopping stopping,
      boolean printIterations) {
    PrintWriter out = commandLine().getOut();
    out.printf("%n%s%n", title);
    long begin = System.nanoTime();
    Minimum minimum =
        minimizer.minimize(
            objective,
            start,
            stopping,
            (iteration, loss) -> {
              if (printIterations) {
                out.printf("iteration %4d  loss %.10f%n", iteration, loss);
                out.flush();
              }
            });
    Duration time = Duration.ofNanos(System.nanoTime() - begin);
    out.printf(
        "stopped: %s; %d iterations, %d evaluations, %,d ms%n",
        minimum.reason(), minimum.iterations(), minimum.evaluations(), time.toMillis());
    out.flush();
    return new Run(minimum, time);
  }

  private void report(Run run, Dataset test) {
    PrintWriter out = commandLine().getOut();
    out.printf("final loss %.10f%n", run.minimum().loss());
    out.printf(
        "accuracy on the test digits %.2f %%%n",
        100 * SoftmaxRegression.accuracy(test, run.minimum().theta()));
    out.flush();
  }

  private int compare(Run distributed, Run serial) {
    PrintWriter out = commandLine().getOut();
    double difference = Math.abs(distributed.minimum().loss() - serial.minimum().loss());
    out.printf("final loss %.10f, difference %.1e%n", serial.minimum().loss(), difference);
    out.printf(
        "the distributed version took %.2f times as long as the serial one%n",
        (double) distributed.time().toNanos() / serial.time().toNanos());
    out.flush();
    if (difference > 1e-9) {
      commandLine().getErr().println("the distributed and the serial version disagree");
      return 1;
    }
    return 0;
  }

  private Stopping stopping() {
    try {
      return new Stopping(tolerance, Stopping.DEFAULT_RELATIVE_DECREASE, iterations);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(commandLine(), e.getMessage());
    }
  }

  private List<Dataset> shards(Dataset training) {
    try {
      return training.shards(actors);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(commandLine(), "--actors: " + e.getMessage());
    }
  }

  private Minimizer minimizer() {
    return switch (backend) {
      case BEST -> Minimizer.best();
      case JAVA -> new JavaLbfgs();
      case NATIVE ->
          NativeLbfgs.load()
              .orElseThrow(() ->
                  new ParameterException(
                      commandLine(),
                      "--minimizer: liblbfgsb was not found (on Debian: apt install"
                          + " liblbfgsb0)"));
    };
  }

  private Digits digits() throws IOException {
    if (data == null) {
      Digits digits = Digits.bundled();
      return all ? new Digits(digits.name(), Digits.everyBundledDigit(), digits.test()) : digits;
    }
    if (all) {
      throw new ParameterException(
          commandLine(), "--all is about the bundled digits and cannot go with --data");
    }
    try {
      return Digits.mnist(data);
    } catch (NoSuchFileException e) {
      throw new ParameterException(commandLine(), "--data: there is no file " + e.getMessage(), e);
    }
  }

  /// The same start in every run: small random weights.
  private static double[] start(int dimension) {
    Random random = new Random(SEED);
    return DoubleStream.generate(() -> 1e-2 * random.nextGaussian()).limit(dimension).toArray();
  }

  private CommandLine commandLine() {
    return Objects.requireNonNull(spec, "set by picocli").commandLine();
  }
}

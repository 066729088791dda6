package org.rayakka.examples.lbfgs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.rayakka.testkit.LocalCluster.node;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.Ray;
import org.rayakka.examples.lbfgs.Minimizer.Minimum;
import org.rayakka.examples.lbfgs.Minimizer.Stopping;
import org.rayakka.testkit.LocalCluster;
import picocli.CommandLine;

/// Real actors against the same sums in this process (rows 158-160).
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class LbfgsIT {
  @Test
  void distributedFunctionsEqualTheSerialOnes() {
    List<Dataset> shards = Digits.bundled().training().shards(10);
    Objective serial = new SerialObjective(shards);
    double[] theta = new Random(3).doubles(serial.dimension(), -0.5, 0.5).toArray();
    double[] start = new double[serial.dimension()];
    Stopping stopping = new Stopping(1e-5, Stopping.DEFAULT_RELATIVE_DECREASE, 1000);

    Ray.init();
    try {
      Objective distributed = new DistributedObjective(shards);

      assertThat(distributed.fullLoss(theta)).isEqualTo(serial.fullLoss(theta));
      assertThat(distributed.fullGrad(theta)).containsExactly(serial.fullGrad(theta));

      Minimum found = new JavaLbfgs().minimize(distributed, start, stopping, (_, _) -> {});
      Minimum expected = new JavaLbfgs().minimize(serial, start, stopping, (_, _) -> {});
      assertThat(found.loss()).isCloseTo(expected.loss(), within(1e-9));
      assertThat(found.theta()).containsExactly(expected.theta(), within(1e-9));
    } finally {
      Ray.shutdown();
    }
  }

  @Test
  void commandTrainsAndReportsBothVersions() {
    assertThat(train("--actors", "3"))
        .contains("minimiser: the Java L-BFGS")
        .contains("\n3 actors")
        .contains("iteration   20  loss ")
        .contains("accuracy on the test digits 9")
        .contains("difference 0.0e+00");
  }

  // row 11
  @Test
  void givesTheSameNumbersOnThreeNodes() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(node(1), node(1), node(1))) {
      assertThat(train("--actors", "6", "--redis-address", cluster.address()))
          .contains("\n6 actors")
          .contains("accuracy on the test digits 9")
          .contains("difference 0.0e+00");
    }
  }

  private static String train(String... more) {
    StringWriter out = new StringWriter();
    List<String> arguments = new ArrayList<>(List.of("--minimizer", "java", "--iterations", "20"));
    arguments.addAll(List.of(more));

    int status =
        new CommandLine(new Lbfgs())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .execute(arguments.toArray(String[]::new));

    assertThat(status).as(out::toString).isZero();
    return out.toString();
  }
}

package org.rayakka.examples.lbfgs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rayakka.examples.lbfgs.Minimizer.Minimum;
import org.rayakka.examples.lbfgs.Minimizer.Stopping;

/// Both minimisers on functions whose minima are known; the native one where it is installed.
class MinimizerTest {
  private static final Stopping TIGHT = new Stopping(1e-9, 0, 1000);

  static Stream<Minimizer> minimizers() {
    return Stream.concat(Stream.of(new JavaLbfgs()), NativeLbfgs.load().stream());
  }

  /// Sum of `100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2`: a bent valley, least at (1, …, 1).
  private record Rosenbrock(int dimension) implements Objective {
    @Override
    public double fullLoss(double[] x) {
      double sum = 0;
      for (int i = 0; i + 1 < x.length; i++) {
        double bend = x[i + 1] - (x[i] * x[i]);
        sum += (100 * bend * bend) + ((1 - x[i]) * (1 - x[i]));
      }
      return sum;
    }

    @Override
    public double[] fullGrad(double[] x) {
      double[] gradient = new double[x.length];
      for (int i = 0; i + 1 < x.length; i++) {
        double bend = x[i + 1] - (x[i] * x[i]);
        gradient[i] += (-400 * x[i] * bend) - (2 * (1 - x[i]));
        gradient[i + 1] += 200 * bend;
      }
      return gradient;
    }
  }

  /// Sum of `10^(i mod 5) (x[i] - i)^2`: badly scaled, least at (0, 1, 2, …).
  private record Quadratic(int dimension) implements Objective {
    private static double weight(int i) {
      return Math.pow(10, i % 5);
    }

    @Override
    public double fullLoss(double[] x) {
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        sum += weight(i) * (x[i] - i) * (x[i] - i);
      }
      return sum;
    }

    @Override
    public double[] fullGrad(double[] x) {
      double[] gradient = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        gradient[i] = 2 * weight(i) * (x[i] - i);
      }
      return gradient;
    }
  }

  @ParameterizedTest
  @MethodSource("minimizers")
  void findsTheEndOfTheRosenbrockValley(Minimizer minimizer) {
    double[] start = new double[20];
    for (int i = 0; i < start.length; i++) {
      start[i] = i % 2 == 0 ? -1.2 : 1;
    }

    Minimum minimum = minimizer.minimize(new Rosenbrock(20), start, TIGHT, (_, _) -> {});

    assertThat(minimum.loss()).isLessThan(1e-12);
    for (double x : minimum.theta()) {
      assertThat(x).isCloseTo(1, within(1e-6));
    }
  }

  @ParameterizedTest
  @MethodSource("minimizers")
  void findsTheMinimumOfABadlyScaledQuadratic(Minimizer minimizer) {
    Minimum minimum = minimizer.minimize(new Quadratic(50), new double[50], TIGHT, (_, _) -> {});

    assertThat(minimum.loss()).isLessThan(1e-12);
    double[] theta = minimum.theta();
    for (int i = 0; i < theta.length; i++) {
      assertThat(theta[i]).isCloseTo(i, within(1e-6));
    }
  }

  @ParameterizedTest
  @MethodSource("minimizers")
  void leavesTheStartAloneAndReportsFallingLosses(Minimizer minimizer) {
    double[] start = {-1.2, 1};
    List<Double> losses = new ArrayList<>();

    Minimum minimum =
        minimizer.minimize(
            new Rosenbrock(2), start, new Stopping(1e-5, 0, 1000), (_, loss) -> losses.add(loss));

    assertThat(start).containsExactly(-1.2, 1);
    assertThat(losses).hasSize(minimum.iterations());
    assertThat(losses.getLast()).isEqualTo(minimum.loss());
    assertThat(losses.reversed()).isSorted();
  }

  @ParameterizedTest
  @MethodSource("minimizers")
  void stopsAtTheLimitOfIterations(Minimizer minimizer) {
    Minimum minimum =
        minimizer.minimize(new Rosenbrock(20), new double[20], new Stopping(0, 0, 3), (_, _) -> {});

    assertThat(minimum.iterations()).isEqualTo(3);
    assertThat(minimum.reason()).isEqualTo("the limit of iterations is reached");
  }

  @ParameterizedTest
  @MethodSource("minimizers")
  void endsWhenNoStepLowersTheLossAnyMore(Minimizer minimizer) {
    // Rounding keeps the gradient from ever being exactly 0 here, so only the line search can tell.
    Minimum minimum =
        minimizer.minimize(
            new Rosenbrock(20), new double[20], new Stopping(0, 0, 100_000), (_, _) -> {});

    assertThat(minimum.loss()).isLessThan(1e-12);
    assertThat(minimum.iterations()).isLessThan(1000);
  }

  @Test
  void bothFindTheSameMinimumForTheDigits() {
    Optional<NativeLbfgs> library = NativeLbfgs.load();
    assumeTrue(library.isPresent(), "liblbfgsb is not installed");
    Objective digits = new SerialObjective(Digits.bundled().training().shards(1));
    Stopping stopping = new Stopping(1e-7, 1e-14, 2000);
    double[] start = new double[digits.dimension()];

    Minimum java = new JavaLbfgs().minimize(digits, start, stopping, (_, _) -> {});
    Minimum fortran = library.get().minimize(digits, start, stopping, (_, _) -> {});

    assertThat(java.loss()).isCloseTo(fortran.loss(), within(1e-9));
  }

  @Test
  void rejectsSenselessStoppingRules() {
    assertThatThrownBy(() -> new Stopping(-1, 0, 1))
        .hasMessage("gradientTolerance: -1.0 (expected: >= 0)");
    assertThatThrownBy(() -> new Stopping(Double.NaN, 0, 1))
        .hasMessage("gradientTolerance: NaN (expected: >= 0)");
    assertThatThrownBy(() -> new Stopping(0, -1, 1))
        .hasMessage("relativeDecrease: -1.0 (expected: >= 0)");
    assertThatThrownBy(() -> new Stopping(0, 0, 0)).hasMessage("maxIterations: 0 (expected: > 0)");
  }
}

package org.rayakka.examples.lbfgs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rayakka.examples.lbfgs.Minimizer.Minimum;
import org.rayakka.examples.lbfgs.Minimizer.Stopping;

/// The model against finite differences and against figures of an independent implementation (scipy
/// 1.17 on the same 1,797 digits).
class SoftmaxRegressionTest {
  private static double[] someTheta(int dimension) {
    Random random = new Random(7);
    return random.doubles(dimension, -0.5, 0.5).toArray();
  }

  @Test
  void gradientIsTheSlopeOfTheLoss() {
    SerialObjective objective = new SerialObjective(List.of(Digits.bundled().test()));
    double[] theta = someTheta(objective.dimension());
    double[] gradient = objective.fullGrad(theta);

    for (int i = 0; i < theta.length; i += 37) {
      double step = 1e-5;
      double[] above = theta.clone();
      above[i] += step;
      double[] below = theta.clone();
      below[i] -= step;
      double slope = (objective.fullLoss(above) - objective.fullLoss(below)) / (2 * step);
      assertThat(gradient[i]).as("component %d", i).isCloseTo(slope, within(1e-8));
    }
  }

  @Test
  void lossIsLeastAtTheReferenceFigure() {
    Objective objective = new SerialObjective(List.of(Digits.everyBundledDigit()));

    Minimum minimum =
        new JavaLbfgs()
            .minimize(
                objective,
                new double[objective.dimension()],
                new Stopping(1e-7, 1e-14, 2000),
                (_, _) -> {});

    assertThat(minimum.loss()).isCloseTo(0.08866, within(5e-6));
  }

  @Test
  void recognisesDigitsItHasNotSeen() {
    Digits digits = Digits.bundled();
    Objective objective = new SerialObjective(List.of(digits.training()));

    Minimum minimum =
        new JavaLbfgs()
            .minimize(
                objective,
                new double[objective.dimension()],
                new Stopping(1e-5, Stopping.DEFAULT_RELATIVE_DECREASE, 1000),
                (_, _) -> {});

    assertThat(digits.training().size()).isEqualTo(1438);
    assertThat(digits.test().size()).isEqualTo(359);
    assertThat(SoftmaxRegression.accuracy(digits.test(), minimum.theta())).isGreaterThan(0.94);
  }

  @Test
  void lossOverShardsIsTheLossOverTheWhole() {
    Dataset training = Digits.bundled().training();
    Objective whole = new SerialObjective(training.shards(1));
    Objective pieces = new SerialObjective(training.shards(7));
    double[] theta = someTheta(whole.dimension());

    assertThat(pieces.fullLoss(theta)).isCloseTo(whole.fullLoss(theta), within(1e-12));
    assertThat(pieces.fullGrad(theta)).containsExactly(whole.fullGrad(theta), within(1e-12));
  }

  @Test
  void survivesScoresThatOverflowTheExponential() {
    Objective objective = new SerialObjective(List.of(Digits.bundled().test()));
    double[] theta = someTheta(objective.dimension());
    for (int i = 0; i < theta.length; i++) {
      theta[i] *= 1e4;
    }

    assertThat(objective.fullLoss(theta)).isFinite();
    for (double component : objective.fullGrad(theta)) {
      assertThat(component).isFinite();
    }
  }
}

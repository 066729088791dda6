package org.rayakka.examples.lbfgs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// L-BFGS in Java: the two-loop recursion with a line search that meets the strong Wolfe conditions
/// (Nocedal and Wright, "Numerical Optimization", second edition, algorithms 7.4, 7.5, 3.5 and
/// 3.6).
public final class JavaLbfgs implements Minimizer {
  /// Corrections remembered, as many as scipy's default.
  private static final int MEMORY = 10;

  private static final double SUFFICIENT_DECREASE = 1e-4;
  private static final double CURVATURE = 0.9;
  private static final int MAX_TRIALS = 30;

  /// One remembered step and the change of the gradient along it.
  private record Correction(Vector step, Vector change, double inverseProduct) {}

  /// A point on the line that is being searched.
  ///
  /// @param alpha its distance, in lengths of the direction
  /// @param slope the derivative along the line
  private record Trial(double alpha, Vector theta, double loss, Vector gradient, double slope) {}

  @Override
  public String toString() {
    return "the Java L-BFGS";
  }

  @Override
  public Minimum minimize(
      Objective objective, double[] start, Stopping stopping, Progress progress) {
    return new Search(objective, start).run(stopping, progress);
  }

  /// The state of one minimisation.
  private static final class Search {
    private final Objective objective;
    private final Deque<Correction> corrections = new ArrayDeque<>(MEMORY);
    private Vector theta;
    private double loss;
    private Vector gradient;
    private int evaluations;

    Search(Objective objective, double[] start) {
      this.objective = objective;
      theta = Vector.copyOf(start);
      loss = objective.fullLoss(theta.values());
      gradient = Vector.copyOf(objective.fullGrad(theta.values()));
      evaluations = 1;
    }

    Minimum run(Stopping stopping, Progress progress) {
      for (int iteration = 0; ; iteration++) {
        if (gradient.maxNorm() <= stopping.gradientTolerance()) {
          return stopped(iteration, "the gradient is within the tolerance");
        }
        if (iteration == stopping.maxIterations()) {
          return stopped(iteration, "the limit of iterations is reached");
        }
        Trial next = lineSearch(direction());
        if (next == null && !corrections.isEmpty()) {
          corrections.clear(); // what was remembered misleads: try steepest descent once
          next = lineSearch(direction());
        }
        if (next == null) {
          return stopped(iteration, "no step lowers the loss any more");
        }
        double decrease = loss - next.loss();
        double scale = Math.max(Math.max(Math.abs(loss), Math.abs(next.loss())), 1);
        accept(next);
        progress.iteration(iteration + 1, loss);
        if (decrease <= stopping.relativeDecrease() * scale) {
          return stopped(iteration + 1, "the loss no longer falls");
        }
      }
    }

    private Minimum stopped(int iterations, String reason) {
      return new Minimum(theta.values(), loss, iterations, evaluations, reason);
    }

    /// Algorithm 7.4: the gradient times the approximate inverse Hessian, downhill.
    private Vector direction() {
      Vector q = gradient;
      double[] alphas = new double[corrections.size()];
      int i = alphas.length;
      for (Iterator<Correction> newest = corrections.descendingIterator(); newest.hasNext(); ) {
        Correction c = newest.next();
        alphas[--i] = c.inverseProduct() * c.step().dot(q);
        q = q.plus(-alphas[i], c.change());
      }
      if (!corrections.isEmpty()) {
        Correction last = corrections.getLast();
        q = q.times(1 / (last.inverseProduct() * last.change().dot(last.change())));
      }
      for (Correction c : corrections) {
        double beta = c.inverseProduct() * c.change().dot(q);
        q = q.plus(alphas[i++] - beta, c.step());
      }
      return q.times(-1);
    }

    private void accept(Trial next) {
      Vector step = next.theta().plus(-1, theta);
      Vector change = next.gradient().plus(-1, gradient);
      double product = step.dot(change);
      if (product > Math.ulp(1.0) * change.dot(change)) {
        if (corrections.size() == MEMORY) {
          corrections.removeFirst();
        }
        corrections.addLast(new Correction(step, change, 1 / product));
      }
      theta = next.theta();
      loss = next.loss();
      gradient = next.gradient();
    }

    /// Algorithm 3.5: a point along the direction that meets the strong Wolfe conditions; if
    /// rounding leaves none, one that lowers the loss; null if none does.
    private @Nullable Trial lineSearch(Vector direction) {
      Trial origin = new Trial(0, theta, loss, gradient, gradient.dot(direction));
      if (!(origin.slope() < 0)) {
        return null;
      }
      double alpha = corrections.isEmpty() ? Math.min(1, 1 / direction.norm()) : 1;
      Trial previous = origin;
      for (int i = 0; i < MAX_TRIALS; i++) {
        Trial trial = trial(direction, alpha);
        if (!decreasesEnough(origin, trial) || (i > 0 && trial.loss() >= previous.loss())) {
          return zoom(origin, direction, previous, trial);
        }
        if (flatEnough(origin, trial)) {
          return trial;
        }
        if (trial.slope() >= 0) {
          return zoom(origin, direction, trial, previous);
        }
        previous = trial;
        alpha *= 2;
      }
      return previous;
    }

    /// Algorithm 3.6: narrows an interval that holds an acceptable point. `low` has the smaller
    /// loss.
    private @Nullable Trial zoom(Trial origin, Vector direction, Trial low, Trial high) {
      for (int i = 0; i < MAX_TRIALS && low.alpha() != high.alpha(); i++) {
        Trial trial = trial(direction, between(low, high));
        if (!decreasesEnough(origin, trial) || trial.loss() >= low.loss()) {
          high = trial;
        } else {
          if (flatEnough(origin, trial)) {
            return trial;
          }
          if (trial.slope() * (high.alpha() - low.alpha()) >= 0) {
            high = low;
          }
          low = trial;
        }
      }
      return low.loss() < origin.loss() ? low : null;
    }

    private Trial trial(Vector direction, double alpha) {
      Vector point = theta.plus(alpha, direction);
      double value = objective.fullLoss(point.values());
      Vector slopes = Vector.copyOf(objective.fullGrad(point.values()));
      evaluations++;
      return new Trial(alpha, point, value, slopes, slopes.dot(direction));
    }

    private static boolean decreasesEnough(Trial origin, Trial trial) {
      return trial.loss() <= origin.loss() + (SUFFICIENT_DECREASE * trial.alpha() * origin.slope());
    }

    private static boolean flatEnough(Trial origin, Trial trial) {
      return Math.abs(trial.slope()) <= -CURVATURE * origin.slope();
    }

    /// The minimum of the cubic through both ends, values and slopes (equation 3.59), kept a tenth
    /// of the interval away from them; the middle where there is no such cubic.
    private static double between(Trial a, Trial b) {
      double width = b.alpha() - a.alpha();
      double d1 = a.slope() + b.slope() - (3 * (a.loss() - b.loss()) / (a.alpha() - b.alpha()));
      double d2 = Math.signum(width) * Math.sqrt((d1 * d1) - (a.slope() * b.slope()));
      double fraction = 1 - ((b.slope() + d2 - d1) / (b.slope() - a.slope() + (2 * d2)));
      if (Double.isNaN(fraction)) {
        fraction = 0.5;
      }
      return a.alpha() + (Math.clamp(fraction, 0.1, 0.9) * width);
    }
  }
}

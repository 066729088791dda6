package org.rayakka.examples.lbfgs;

/// One piece of the training data, and the model's sums over it. It is an ordinary class: the
/// serial version calls it, and the distributed one makes an actor of it.
public final class Shard {
  private final Dataset data;

  public Shard(Dataset data) {
    this.data = data;
  }

  public double loss(double[] theta) {
    return SoftmaxRegression.lossSum(data, theta);
  }

  public double[] gradient(double[] theta) {
    return SoftmaxRegression.gradientSum(data, theta);
  }
}

package org.rayakka.examples.lbfgs;

import java.util.List;

/// The loss over all shards, computed one shard after the other in this thread.
final class SerialObjective implements Objective {
  private final List<Shard> shards;
  private final long images;
  private final int dimension;

  SerialObjective(List<Dataset> data) {
    shards = data.stream().map(Shard::new).toList();
    images = data.stream().mapToLong(Dataset::size).sum();
    dimension = SoftmaxRegression.dimension(data.getFirst().features());
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public double fullLoss(double[] theta) {
    List<Double> losses = shards.stream().map(shard -> shard.loss(theta)).toList();
    return SoftmaxRegression.loss(Sums.ofNumbers(losses), images, theta);
  }

  @Override
  public double[] fullGrad(double[] theta) {
    List<double[]> gradients = shards.stream().map(shard -> shard.gradient(theta)).toList();
    return SoftmaxRegression.gradient(Sums.ofArrays(gradients), images, theta);
  }
}

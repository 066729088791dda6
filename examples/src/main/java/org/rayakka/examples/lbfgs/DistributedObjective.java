package org.rayakka.examples.lbfgs;

import java.util.List;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;

/// The loss over all shards, each held and computed by an actor of its own.
///
/// Theta is put into the object store once per call and every actor is given its reference: a task
/// that was handed the array itself would carry a copy. To whoever calls it, this behaves exactly
/// as {@link SerialObjective} does.
final class DistributedObjective implements Objective {
  private final List<ActorHandle<Shard>> actors;
  private final long images;
  private final int dimension;

  DistributedObjective(List<Dataset> data) {
    actors = data.stream().map(shard -> Ray.actor(Shard::new, Ray.put(shard)).remote()).toList();
    images = data.stream().mapToLong(Dataset::size).sum();
    dimension = SoftmaxRegression.dimension(data.getFirst().features());
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public double fullLoss(double[] theta) {
    ObjectRef<double[]> thetaId = Ray.put(theta);
    List<ObjectRef<Double>> losses =
        actors.stream().map(actor -> actor.task(Shard::loss, thetaId).remote()).toList();
    return SoftmaxRegression.loss(Sums.ofNumbers(Ray.get(losses)), images, theta);
  }

  @Override
  public double[] fullGrad(double[] theta) {
    ObjectRef<double[]> thetaId = Ray.put(theta);
    List<ObjectRef<double[]>> gradients =
        actors.stream().map(actor -> actor.task(Shard::gradient, thetaId).remote()).toList();
    return SoftmaxRegression.gradient(Sums.ofArrays(Ray.get(gradients)), images, theta);
  }
}

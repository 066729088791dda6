package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rayakka.testkit.LocalCluster.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.WaitResult;
import org.rayakka.api.exception.UnreconstructableException;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.state.StateQuery;
import org.rayakka.testkit.LocalCluster;

/// What a lost node held is made again when somebody needs it.
@Timeout(180)
class ClusterReconstructionIT {
  /// Too large to travel with the word that a task ended.
  private static final int SIZE = 40_000;

  private static LocalCluster cluster;
  private static final List<ObjectRef<double[]>> made = new ArrayList<>();
  private static final List<ObjectRef<double[]>> chain = new ArrayList<>();
  private static final List<ObjectRef<Double>> waiting = new ArrayList<>();
  private static ObjectRef<double[]> lastOfReleased;
  private static ObjectRef<double[]> madeByActor;
  private static WaitResult<Double> early;

  /// Makes objects on a node, then loses it: first it is silent, then it is gone.
  @BeforeAll
  static void loseANode() throws Exception {
    cluster = LocalCluster.start(node(1), node(2).with("there", 10), node(1).with("third", 10));
    Ray.init(cluster.driverAt(0).build());
    for (int i = 0; i < 20; i++) {
      made.add(
          Ray.task(ClusterReconstructionIT::filled, (double) i).setResource("there", 1.0).remote());
    }
    chain.add(Ray.task(ClusterReconstructionIT::filled, 0.0).setResource("there", 1.0).remote());
    for (int i = 1; i < 10; i++) {
      chain.add(
          Ray.task(ClusterReconstructionIT::plus, chain.getLast(), 1.0)
              .setResource("there", 1.0)
              .remote());
    }
    List<ObjectId> released = new ArrayList<>();
    lastOfReleased = chainOfReleased(released);
    ActorHandle<Maker> maker =
        Ray.actor(Maker::new).setResource("there", 1.0).setMaxRestarts(1).remote();
    madeByActor = maker.task(Maker::make, 3.0).remote();
    awaitAll(made);
    awaitAll(chain);
    awaitAll(List.of(madeByActor, lastOfReleased));
    awaitReleased(released.getLast());
    cluster.add(node(2).with("there", 10));
    cluster.pause(1);
    for (ObjectRef<double[]> ref : made.subList(0, 5)) {
      waiting.add(Ray.task(ClusterReconstructionIT::first, ref).setResource("third", 1.0).remote());
    }
    early = Ray.wait(waiting, waiting.size(), 200);
    cluster.kill(1);
  }

  @AfterAll
  static void end() throws Exception {
    Ray.shutdown();
    cluster.close();
  }

  /// Each step drops the reference to the one before.
  ///
  /// @param released gets the ids of objects that nobody refers to
  private static ObjectRef<double[]> chainOfReleased(List<ObjectId> released) {
    ObjectRef<double[]> last =
        Ray.task(ClusterReconstructionIT::filled, 0.0).setResource("there", 1.0).remote();
    for (int i = 1; i < 10; i++) {
      released.add(last.getId());
      last = Ray.task(ClusterReconstructionIT::plus, last, 1.0).setResource("there", 1.0).remote();
    }
    return last;
  }

  private static void awaitReleased(ObjectId id) throws Exception {
    StateQuery query = StateQuery.ALL.where("objectId", id.hex());
    Await.until(
        id + " released",
        Duration.ofSeconds(30),
        () -> {
          System.gc();
          return Ray.state().objects(query).rows().isEmpty();
        });
  }

  static double[] filled(double value) {
    double[] array = new double[SIZE];
    Arrays.fill(array, value);
    return array;
  }

  static double[] plus(double[] before, double value) {
    return filled(before[0] + value);
  }

  static double first(double[] array) {
    return array[0];
  }

  static class Maker {
    double[] make(double value) {
      return filled(value);
    }
  }

  private static void awaitAll(List<ObjectRef<double[]>> refs) {
    for (ObjectRef<double[]> ref : refs) {
      // Whoever asks for its first element does so where it is.
      Ray.task(ClusterReconstructionIT::first, ref).setResource("there", 0.1).remote().get();
    }
  }

  // rows 191, 196
  @Test
  void resultsOfALostNodeAreMadeAgain() {
    for (int i = 5; i < made.size(); i++) {
      assertThat(made.get(i).get()[0]).isEqualTo(i);
    }
    assertThat(Ray.task(ClusterReconstructionIT::first, made.get(7)).remote().get()).isEqualTo(7);
  }

  // row 196
  @Test
  void whatTheyWereMadeOfIsMadeAgainFirst() {
    ObjectRef<Double> last =
        Ray.task(ClusterReconstructionIT::first, chain.getLast())
            .setResource("third", 1.0)
            .remote();

    assertThat(last.get()).isEqualTo(9);
    assertThat(chain.get(4).get()[0]).isEqualTo(4);
  }

  // row 196
  @Test
  void whatTheyWereMadeOfIsMadeAgainThoughNobodyRefersToIt() {
    assertThat(lastOfReleased.get()[0]).isEqualTo(9);
  }

  // row 192
  @Test
  void whoeverWaitsWhenTheNodeIsLostIsServedToo() {
    assertThat(early.getReady()).isEmpty();
    assertThat(Ray.get(waiting)).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0);
  }

  // row 197
  @Test
  void whatCannotBeMadeAgainIsAnErrorAndNoHang() {
    assertThatThrownBy(() -> Ray.get(madeByActor, Duration.ofSeconds(60)))
        .isInstanceOf(UnreconstructableException.class)
        .hasMessageContaining(madeByActor.getId().toString());
  }
}

package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rayakka.testkit.LocalCluster.node;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.AddressInfo;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.RaySystemException;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.options.SchedulingStrategy;
import org.rayakka.bootstrap.NodeProcess;
import org.rayakka.node.control.NodeRow;
import org.rayakka.testkit.LocalCluster;

/// Nodes that join one cluster, are lost to it, and drivers that attach to it.
@Timeout(180)
class MembershipIT {
  /// A silent node is noticed within ten seconds; the rest is the machine's load.
  private static final Duration NOTICED = Duration.ofSeconds(30);

  private static LocalCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = LocalCluster.start(node(1), node(2).with("special", 3));
  }

  @AfterAll
  static void end() throws Exception {
    cluster.close();
  }

  @AfterEach
  void detach() {
    Ray.shutdown();
  }

  static int square(int x) {
    return x * x;
  }

  // rows 38, 211, 217, 219
  @Test
  void eachNodeHasItsOwnAddressSessionAndResources() throws Exception {
    List<NodeRow> members = cluster.members();

    assertThat(members).extracting(NodeRow::host).containsExactly("127.0.0.1", "127.0.0.2");
    assertThat(members).extracting(NodeRow::isHead).containsExactly(true, false);
    assertThat(members.get(1).resources()).containsEntry("CPU", 2.0).containsEntry("special", 3.0);
    assertThat(cluster.process(0).session()).isNotEqualTo(cluster.process(1).session());
    assertThat(cluster.process(1).address())
        .containsEntry("redis-address", cluster.address())
        .containsEntry("node-ip-address", "127.0.0.2");
  }

  // rows 18, 19, 24
  @Test
  void driversAttachToTheNodeTheyNameAndStopNothing() {
    List<Long> before = ProcessHandle.current().children().map(ProcessHandle::pid).toList();
    for (int node = 0; node < 2; node++) {
      AddressInfo info = Ray.init(cluster.driverAt(node).build());

      assertThat(info.nodeIpAddress()).isEqualTo(cluster.ip(node));
      assertThat(info.redisAddress()).isEqualTo(cluster.address());
      assertThat(Ray.task(MembershipIT::square, 12).remote().get()).isEqualTo(144);
      assertThat(ProcessHandle.current().children().map(ProcessHandle::pid))
          .hasSameElementsAs(before);

      Ray.shutdown();
      assertThat(cluster.process(node).handle().isAlive()).isTrue();
    }
    assertThatThrownBy(() -> Ray.init(cluster.driverAt(7).build()))
        .isInstanceOf(RaySystemException.class)
        .hasMessageContaining("127.0.0.8")
        .hasMessageContaining(cluster.address());
  }

  // row 216
  @Test
  void refusesAnAddressThatIsTakenAndAPasswordThatIsWrong() throws Exception {
    Path wrong =
        Files.createTempFile(
            "ray-password",
            null,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(wrong, "wrong");

    assertThatThrownBy(() -> NodeProcess.start(cluster.config(1, node(1))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("node address: 127.0.0.2 is that of a live node");
    assertThatThrownBy(() ->
            NodeProcess.start(
                ConfigFactory.parseMap(Map.of("ray.redis.password-file", wrong.toString()))
                    .withFallback(cluster.config(5, node(1)))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("WRONGPASS")
        .hasMessageContaining(wrong.toString());
    Files.delete(wrong);
    assertThat(cluster.members()).hasSize(2);
  }

  static class Resident {
    NodeId node() {
      return Ray.getRuntimeContext().getCurrentNodeId();
    }
  }

  // rows 216, 219
  @Test
  void missesAKilledNodeAndTakesItsAddressAgain() throws Exception {
    int node = cluster.add(node(1));

    cluster.kill(node);
    cluster.replace(node, node(1));
    cluster.awaitMembers(3, NOTICED);
    NodeRow again = cluster.members().get(node);
    assertThat(again.pid()).isEqualTo(cluster.process(node).handle().pid());
    Ray.init(cluster.driverAt(0).build());

    cluster.process(node).close();
    // Whoever were placed there now would die with it: none of them may restart.
    List<ObjectRef<NodeId>> homes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      ActorHandle<Resident> resident =
          Ray.actor(Resident::new).setSchedulingStrategy(SchedulingStrategy.SPREAD).remote();
      homes.add(resident.task(Resident::node).remote());
    }

    assertThat(Ray.get(homes)).doesNotContain(again.id());
    cluster.awaitMembers(2, NOTICED);
  }

  @Test
  void aNodeThatWasGivenUpEndsWhenItReturns() throws Exception {
    int node = cluster.add(node(1));

    cluster.pause(node);
    cluster.awaitMembers(2, NOTICED);
    cluster.resume(node);

    assertThat(cluster.process(node).handle().onExit()).succeedsWithin(LocalCluster.PATIENCE);
  }
}

package org.rayakka.node;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.loop.EventLoop;
import org.rayakka.node.scheduling.global.GlobalScheduler;
import org.rayakka.node.scheduling.global.PlacementStrategy;
import org.rayakka.protocol.sbe.Placement;

/// What nodes send each other over Akka Remote survives it.
class WireFormatTest {
  private static EventLoop loop;
  private static ActorTestKit kit;

  @BeforeAll
  static void start() throws Exception {
    loop = EventLoop.start("wire-loop");
    kit =
        ActorTestKit.create(
            "wire",
            ConfigFactory.parseMap(
                    Map.of(
                        "akka.remote.artery.canonical.port",
                        0,
                        "ray.node.loop-dispatcher.event-loop",
                        loop.number()))
                .withFallback(ConfigFactory.parseResources("rayakka-node.conf"))
                .withFallback(ConfigFactory.load()));
  }

  @AfterAll
  static void end() {
    kit.shutdownTestKit();
    loop.close();
  }

  private static Object sent(Object message) throws Exception {
    Serialization serialization = SerializationExtension.get(kit.system());
    var serializer = serialization.serializerFor(message.getClass());
    assertThat(serializer.identifier()).isBetween(72_900, 72_999);
    return serialization
        .deserialize(
            serializer.toBinary(message),
            serializer.identifier(),
            Serializers.manifestFor(serializer, message))
        .get();
  }

  @Test
  void whatGoesToAndFromTheGlobalScheduler() throws Exception {
    NodeId node = new NodeId(1, -2);
    TestProbe<GlobalScheduler.Placements> probe = kit.createTestProbe();

    for (Object message :
        List.of(
            new GlobalScheduler.PlaceTasks(
                7,
                Map.of("CPU", 0.5, "größe", 2.0),
                new PlacementStrategy(Placement.PREFERRED_NODE, node, 5L << 32),
                3,
                node,
                12,
                probe.getRef()),
            new GlobalScheduler.ReportLoad(node, Map.of("CPU", 2.0), 9),
            new GlobalScheduler.NodeGone(node),
            new GlobalScheduler.Placements(7, Map.of(node, 3), ""),
            new GlobalScheduler.Placements(8, Map.of(), "nobody has as much: größe"))) {
      assertThat(sent(message)).isEqualTo(message);
    }
  }
}

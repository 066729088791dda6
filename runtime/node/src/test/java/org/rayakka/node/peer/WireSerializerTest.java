package org.rayakka.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.ExtendedActorSystem;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.javadsl.Adapter;
import java.io.NotSerializableException;
import java.nio.BufferUnderflowException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.peer.WireMessage.Acknowledge;
import org.rayakka.node.peer.WireMessage.Hello;
import org.rayakka.node.peer.WireMessage.Parcel;
import org.rayakka.node.peer.WireMessage.Part;

class WireSerializerTest {
  private static final NodeId NODE = new NodeId(-1, 2);
  private static final ActorTestKit KIT = ActorTestKit.create();

  private final WireSerializer serializer =
      new WireSerializer((ExtendedActorSystem) Adapter.toClassic(KIT.system()));

  @AfterAll
  static void end() {
    KIT.shutdownTestKit();
  }

  private Object sent(WireMessage message) throws NotSerializableException {
    return serializer.fromBinary(serializer.toBinary(message), serializer.manifest(message));
  }

  @Test
  void everyMessageComesBackAsItWas() throws Exception {
    TestProbe<Peers.Command> probe = KIT.createTestProbe();
    Hello hello = new Hello(NODE, probe.getRef());
    Acknowledge acknowledge = new Acknowledge(NODE, Long.MAX_VALUE);
    Parcel parcel = new Parcel(NODE, 5, new Part(6, true, new byte[] {1, 2, 3}));

    assertThat(sent(hello)).isEqualTo(hello);
    assertThat(sent(acknowledge)).isEqualTo(acknowledge);
    Parcel read = (Parcel) sent(parcel);
    assertThat(read.from()).isEqualTo(NODE);
    assertThat(read.acknowledged()).isEqualTo(5);
    assertThat(read.part().number()).isEqualTo(6);
    assertThat(read.part().isLast()).isTrue();
    assertThat(read.part().bytes()).containsExactly(1, 2, 3);
  }

  @Test
  void whatIsCutOffIsRefused() {
    byte[] bytes =
        serializer.toBinary(new Parcel(NODE, 5, new Part(6, true, new byte[] {1, 2, 3})));

    assertThatThrownBy(() -> serializer.fromBinary(Arrays.copyOf(bytes, bytes.length - 1), "P"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("3");
    assertThatThrownBy(() -> serializer.fromBinary(new byte[3], "A"))
        .isInstanceOf(BufferUnderflowException.class);
    assertThatThrownBy(() -> serializer.fromBinary(bytes, "X"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("X");
  }
}

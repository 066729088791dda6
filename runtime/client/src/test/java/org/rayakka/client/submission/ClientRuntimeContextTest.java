package org.rayakka.client.submission;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.ErrorInfo;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.options.DriverMode;
import org.rayakka.api.options.InitOptions;
import org.rayakka.api.runtimecontext.ActorInfo;
import org.rayakka.api.runtimecontext.ActorState;
import org.rayakka.api.runtimecontext.NodeInfo;
import org.rayakka.protocol.sbe.RequestKind;

@Timeout(30)
class ClientRuntimeContextTest {
  @TempDir private Path directory;
  private ScriptedNode node;
  private DriverRuntime driver;

  @BeforeEach
  void start() {
    node = ScriptedNode.start(directory);
    driver =
        DriverRuntime.connect(node, InitOptions.builder().setDriverMode(DriverMode.SILENT).build());
  }

  @AfterEach
  void stop() {
    driver.shutdown();
  }

  private void answerTable(String table, String json) {
    node.answer(request -> {
      assertThat(request.kind()).isEqualTo(RequestKind.LIST_STATE);
      assertThat(Payload.string(request.payload())).isEqualTo(table);
      return new Payload().putByte(0).putString(json).bytes();
    });
  }

  @Test
  void listsNodes() {
    NodeId id = new NodeId(1, 2);
    answerTable(
        "nodes",
        """
        [{"nodeId":"%s","hostname":"h","address":"10.0.0.1","alive":true,"resources":{"CPU":2.0}}]
        """
            .formatted(id.hex()));

    assertThat(driver.getRuntimeContext().getAllNodeInfo())
        .singleElement()
        .satisfies((NodeInfo info) -> {
          assertThat(info.nodeId()).isEqualTo(id);
          assertThat(info.isAlive()).isTrue();
          assertThat(info.resources()).containsEntry("CPU", 2.0);
        });
  }

  @Test
  void listsActorsByState() {
    String row =
        "{\"actorId\":\"%s\",\"jobId\":\"0000000000000007\",\"state\":\"%s\",\"className\":\"A\","
            + "\"name\":\"\",\"namespace\":\"\",\"nodeId\":\"\",\"numRestarts\":2}";
    answerTable(
        "actors",
        "["
            + row.formatted(new ActorId(1, 1).hex(), "ALIVE")
            + ","
            + row.formatted(new ActorId(1, 2).hex(), "PENDING_CREATION")
            + "]");

    assertThat(driver.getRuntimeContext().getAllActorInfo()).hasSize(2);
    assertThat(driver.getRuntimeContext().getAllActorInfo(null, ActorState.PENDING_CREATION))
        .extracting(ActorInfo::actorId)
        .containsExactly(new ActorId(1, 2));
  }

  // rows 101, 102
  @Test
  void listsErrors() {
    node.answer(request ->
        new Payload()
            .putInt(1)
            .putLong(1_000)
            .putLong(5)
            .putLong(6)
            .putString("task")
            .putString("Main.work")
            .putString("broken")
            .bytes());

    assertThat(driver.errorInfo())
        .singleElement()
        .satisfies((ErrorInfo error) -> {
          assertThat(error.type()).isEqualTo("task");
          assertThat(error.message()).isEqualTo("Main.work: broken");
        });
  }

  @Test
  void findsActorsByName() {
    node.answer(request -> {
      String name = Payload.string(request.payload());
      assertThat(Payload.string(request.payload())).isEqualTo("tests");
      return name.equals("known")
          ? new Payload().putLong(3).putLong(4).putString("A").putInt(-1).bytes()
          : new Payload().putLong(0).putLong(0).putString("").putInt(-1).bytes();
    });

    assertThat(driver.getActor("known", null))
        .hasValueSatisfying(handle -> assertThat(handle.getId()).isEqualTo(new ActorId(3, 4)));
    assertThat(driver.getActor("unknown", null)).isEmpty();
  }
}

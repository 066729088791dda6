package org.rayakka.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.TaskSpecs;
import org.rayakka.node.code.CodeFile;
import org.rayakka.node.code.CodeMessage;
import org.rayakka.node.control.ActorRow;
import org.rayakka.node.control.ErrorRow;
import org.rayakka.node.peer.PeerMessage.ActorChanged;
import org.rayakka.node.peer.PeerMessage.CancelTask;
import org.rayakka.node.peer.PeerMessage.Code;
import org.rayakka.node.peer.PeerMessage.DropObjects;
import org.rayakka.node.peer.PeerMessage.EndJob;
import org.rayakka.node.peer.PeerMessage.FlushOutput;
import org.rayakka.node.peer.PeerMessage.Function;
import org.rayakka.node.peer.PeerMessage.HostActor;
import org.rayakka.node.peer.PeerMessage.Introduce;
import org.rayakka.node.peer.PeerMessage.JobFacts;
import org.rayakka.node.peer.PeerMessage.KillActor;
import org.rayakka.node.peer.PeerMessage.LocateObjects;
import org.rayakka.node.peer.PeerMessage.ObjectReport;
import org.rayakka.node.peer.PeerMessage.ObjectsLocated;
import org.rayakka.node.peer.PeerMessage.Output;
import org.rayakka.node.peer.PeerMessage.OutputFlushed;
import org.rayakka.node.peer.PeerMessage.ReportError;
import org.rayakka.node.peer.PeerMessage.RunTasks;
import org.rayakka.node.peer.PeerMessage.TaskDone;
import org.rayakka.node.peer.PeerMessage.TasksDone;
import org.rayakka.node.peer.PeerMessage.Transfer;
import org.rayakka.node.transfer.TransferMessage;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.TaskKind;

class PeerCodecTest {
  private static final TaskId TASK = new TaskId(-1, 2);
  private static final ObjectId OBJECT = new ObjectId(3, -4, 5);
  private static final NodeId NODE = new NodeId(6, -7);

  static Stream<PeerMessage> messages() {
    return Stream.of(
        new Introduce(
            new JobFacts(new JobId(9), NODE, "namensräume", List.of("-Xmx1g", "-Da=b c"), true),
            List.of(new Function(new FunctionId(1, 2), new byte[] {1, 2, 3}))),
        new RunTasks(List.of(spec("eins"), spec("zwei"))),
        new TasksDone(
            List.of(
                new TaskDone(
                    TASK,
                    List.of(
                        ObjectReport.ofBytes(OBJECT, 17, new byte[] {8, 9}),
                        ObjectReport.ofHolders(OBJECT, 1L << 40, List.of(NODE, NodeId.NIL)))),
                new TaskDone(TASK, List.of()))),
        new CancelTask(TASK, true, false),
        new HostActor(spec("eins"), 3),
        new ActorChanged(new ActorId(1, 2), ActorRow.State.DEAD, 3, "so be it"),
        new KillActor(new ActorId(1, 2), true),
        new EndJob(new JobId(-1), ""),
        new ReportError(new ErrorRow(new JobId(1), TASK, 2, "task", "f", "größer")),
        new Output(new JobId(1), new byte[] {1, 2}),
        new FlushOutput(new JobId(1)),
        new OutputFlushed(new JobId(1)),
        new LocateObjects(List.of(OBJECT, OBJECT)),
        new ObjectsLocated(List.of(ObjectReport.ofBytes(OBJECT, 1, new byte[0]))),
        new DropObjects(List.of()),
        new Transfer(new TransferMessage.Prepare()),
        new Transfer(new TransferMessage.Ask(1, OBJECT, 2, "127.0.0.1:3", 4, 5)),
        new Transfer(new TransferMessage.Refuse(1, TransferMessage.Reason.BUSY, "too many \u20ac")),
        new Transfer(new TransferMessage.AskInstead(1, NODE)),
        new Transfer(new TransferMessage.Received(1)),
        new Transfer(new TransferMessage.Cancel(1)),
        new Code(new CodeMessage.Describe(new JobId(1))),
        new Code(
            new CodeMessage.Described(
                new JobId(1), List.of(new CodeFile("a b.jar", "0f".repeat(32), 1L << 33)))),
        new Code(new CodeMessage.NotDescribed(new JobId(1), "größer")),
        new Code(new CodeMessage.Read("0f".repeat(32), 1L << 33)),
        new Code(new CodeMessage.Piece("0f".repeat(32), 1, new byte[] {1, 2})),
        new Code(new CodeMessage.NoPiece("0f".repeat(32), "gone")));
  }

  static TaskSpec spec(String name) {
    return TaskSpecs.spec(TASK, name, TaskKind.TASK, 1);
  }

  // Task specifications and bytes have no equality, so the bytes are compared.
  @ParameterizedTest
  @MethodSource("messages")
  void everyMessageComesBackAsItWas(PeerMessage message) throws IOException {
    byte[] bytes = PeerCodec.encode(message);

    PeerMessage read = PeerCodec.decode(bytes);

    assertThat(read).hasSameClassAs(message);
    assertThat(PeerCodec.encode(read)).isEqualTo(bytes);
  }

  @Test
  void jobsAndTasksComeBackWithTheirParts() throws IOException {
    List<PeerMessage> read = new ArrayList<>();
    for (PeerMessage message : messages().limit(2).toList()) {
      read.add(PeerCodec.decode(PeerCodec.encode(message)));
    }

    Introduce introduced = (Introduce) read.get(0);
    assertThat(introduced.job().namespace()).isEqualTo("namensräume");
    assertThat(introduced.job().jvmOptions()).containsExactly("-Xmx1g", "-Da=b c");
    assertThat(introduced.functions().getFirst().descriptor()).containsExactly(1, 2, 3);
    assertThat(((RunTasks) read.get(1)).specs())
        .extracting(TaskSpec::taskName)
        .containsExactly("eins", "zwei");
  }

  @ParameterizedTest
  @MethodSource("messages")
  void whatIsCutOffIsRefused(PeerMessage message) {
    byte[] bytes = PeerCodec.encode(message);

    assertThatThrownBy(() -> PeerCodec.decode(Arrays.copyOf(bytes, bytes.length - 1)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void whatIsNoMessageIsRefused() {
    assertThatThrownBy(() -> PeerCodec.decode(new byte[] {99}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("99");
    assertThatThrownBy(() -> PeerCodec.decode(new byte[] {5, 127, -1, -1, -1}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("length");
  }
}

package org.rayakka.node.code;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.BehaviorTestKit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;

class CodeDeskTest {
  private static final JobId FIRST_JOB = new JobId(1);
  private static final JobId SECOND_JOB = new JobId(2);
  private static final NodeId FIRST_NODE = new NodeId(1, 1);
  private static final NodeId SECOND_NODE = new NodeId(2, 2);
  private static final byte[] BYTES = "a jar".getBytes(StandardCharsets.UTF_8);

  private record Told(NodeId node, CodeMessage message) {}

  @TempDir private Path folder;

  private final List<Told> told = new ArrayList<>();
  private final CompletableFuture<List<String>> first = new CompletableFuture<>();
  private final CompletableFuture<List<String>> second = new CompletableFuture<>();
  private BehaviorTestKit<CodeDesk.Command> desk;
  private CodeFile file;

  /// Two jobs of drivers at two nodes need one file, which is on its way from the first.
  @BeforeEach
  void startTwoGuests() throws Exception {
    file =
        new CodeFile(
            "user.jar",
            HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(BYTES)),
            BYTES.length);
    desk =
        BehaviorTestKit.create(
            CodeDesk.create(
                folder,
                List.of(),
                List.of(),
                (node, message) -> told.add(new Told(node, message))));
    desk.run(new CodeDesk.Need(FIRST_JOB, FIRST_NODE, first));
    desk.run(new CodeDesk.Need(SECOND_JOB, SECOND_NODE, second));
    says(FIRST_NODE, new CodeMessage.Described(FIRST_JOB, List.of(file)));
    says(SECOND_NODE, new CodeMessage.Described(SECOND_JOB, List.of(file)));
    assertThat(reads()).containsOnly(FIRST_NODE);
  }

  private void says(NodeId node, CodeMessage message) {
    desk.run(new CodeDesk.FromPeer(node, message));
  }

  /// Whom it has asked for pieces since the last time.
  private List<NodeId> reads() {
    List<NodeId> asked =
        told.stream()
            .filter(each -> each.message() instanceof CodeMessage.Read)
            .map(Told::node)
            .toList();
    told.clear();
    return asked;
  }

  @Test
  void getsAFileOnceForAllWhoNeedIt() throws Exception {
    says(FIRST_NODE, new CodeMessage.Piece(file.sha256(), 0, BYTES));

    assertThat(Files.readAllBytes(Path.of(first.get().getFirst()))).isEqualTo(BYTES);
    assertThat(second.get()).isEqualTo(first.get());
    assertThat(reads()).isEmpty();
  }

  @Test
  void getsItFromAnotherWhenANodeIsLost() throws Exception {
    desk.run(new CodeDesk.PeerLost(FIRST_NODE));

    assertThat(first).isCompletedExceptionally();
    assertThat(second).isNotDone();
    assertThat(reads()).containsOnly(SECOND_NODE);
    says(SECOND_NODE, new CodeMessage.Piece(file.sha256(), 0, BYTES));
    assertThat(Files.readAllBytes(Path.of(second.get().getFirst()))).isEqualTo(BYTES);
  }

  @Test
  void trustsTheHashAndNotTheNode() throws Exception {
    says(FIRST_NODE, new CodeMessage.Piece(file.sha256(), 0, new byte[BYTES.length]));

    assertThat(first).isCompletedExceptionally();
    assertThat(reads()).containsOnly(SECOND_NODE);
    // Too late, and from the wrong one.
    says(FIRST_NODE, new CodeMessage.Piece(file.sha256(), 0, BYTES));
    assertThat(second).isNotDone();
    says(SECOND_NODE, new CodeMessage.Piece(file.sha256(), 0, BYTES));
    assertThat(second).isCompleted();
  }

  @Test
  void describesAJobTwiceWithoutHarm() throws Exception {
    says(FIRST_NODE, new CodeMessage.Described(FIRST_JOB, List.of(file)));
    says(FIRST_NODE, new CodeMessage.Piece(file.sha256(), 0, BYTES));

    assertThat(first.get()).hasSize(1);
  }
}

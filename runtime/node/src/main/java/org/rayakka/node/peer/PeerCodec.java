package org.rayakka.node.peer;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.code.CodeFile;
import org.rayakka.node.code.CodeMessage;
import org.rayakka.node.code.CodeMessage.Describe;
import org.rayakka.node.code.CodeMessage.Described;
import org.rayakka.node.code.CodeMessage.NoPiece;
import org.rayakka.node.code.CodeMessage.NotDescribed;
import org.rayakka.node.code.CodeMessage.Piece;
import org.rayakka.node.code.CodeMessage.Read;
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
import org.rayakka.node.transfer.TransferMessage.Ask;
import org.rayakka.node.transfer.TransferMessage.AskInstead;
import org.rayakka.node.transfer.TransferMessage.Cancel;
import org.rayakka.node.transfer.TransferMessage.Prepare;
import org.rayakka.node.transfer.TransferMessage.Received;
import org.rayakka.node.transfer.TransferMessage.Refuse;
import org.rayakka.protocol.TaskSpec;

/// The bytes of a {@link PeerMessage}: a byte for the kind, then its parts in order, numbers big
/// endian, lists and strings behind their length. Nodes of one cluster run one version, so there is
/// no room for growth in it.
final class PeerCodec {
  private static final byte RUN_TASKS = 1;
  private static final byte TASKS_DONE = 2;
  private static final byte CANCEL_TASK = 3;
  private static final byte END_JOB = 4;
  private static final byte LOCATE_OBJECTS = 5;
  private static final byte OBJECTS_LOCATED = 6;
  private static final byte DROP_OBJECTS = 7;
  private static final byte TRANSFER_ASK = 8;
  private static final byte TRANSFER_REFUSE = 9;
  private static final byte TRANSFER_ASK_INSTEAD = 10;
  private static final byte TRANSFER_RECEIVED = 11;
  private static final byte TRANSFER_CANCEL = 12;
  private static final byte TRANSFER_PREPARE = 27;
  private static final byte HOST_ACTOR = 13;
  private static final byte ACTOR_CHANGED = 14;
  private static final byte KILL_ACTOR = 15;
  private static final byte INTRODUCE = 16;
  private static final byte REPORT_ERROR = 17;
  private static final byte OUTPUT = 18;
  private static final byte FLUSH_OUTPUT = 19;
  private static final byte OUTPUT_FLUSHED = 20;
  private static final byte CODE_DESCRIBE = 21;
  private static final byte CODE_DESCRIBED = 22;
  private static final byte CODE_NOT_DESCRIBED = 23;
  private static final byte CODE_READ = 24;
  private static final byte CODE_PIECE = 25;
  private static final byte CODE_NO_PIECE = 26;

  private PeerCodec() {}

  @FunctionalInterface
  private interface Writer<T> {
    void write(DataOutputStream out, T value) throws IOException;
  }

  @FunctionalInterface
  private interface Reader<T> {
    T read(DataInputStream in) throws IOException;
  }

  static byte[] encode(PeerMessage message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      write(out, message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static PeerMessage decode(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    PeerMessage message = read(in);
    if (in.available() != 0) {
      throw new IOException(in.available() + " bytes behind " + message + " (expected: none)");
    }
    return message;
  }

  private static void write(DataOutputStream out, PeerMessage message) throws IOException {
    switch (message) {
      case Introduce(var job, var functions) -> {
        out.writeByte(INTRODUCE);
        writeJob(out, job);
        writeList(out, functions, PeerCodec::writeFunction);
      }
      case RunTasks(var specs) -> {
        out.writeByte(RUN_TASKS);
        writeList(out, specs, (to, spec) -> writeBytes(to, spec.bytes()));
      }
      case TasksDone(var tasks) -> {
        out.writeByte(TASKS_DONE);
        writeList(out, tasks, PeerCodec::writeTaskDone);
      }
      case CancelTask(var taskId, var force, var recursive) -> {
        out.writeByte(CANCEL_TASK);
        writeTaskId(out, taskId);
        out.writeBoolean(force);
        out.writeBoolean(recursive);
      }
      case HostActor(var creation, var restarts) -> {
        out.writeByte(HOST_ACTOR);
        writeBytes(out, creation.bytes());
        out.writeInt(restarts);
      }
      case ActorChanged(var actorId, var state, var restarts, var reason) -> {
        out.writeByte(ACTOR_CHANGED);
        writeActorId(out, actorId);
        writeString(out, state.name());
        out.writeInt(restarts);
        writeString(out, reason);
      }
      case KillActor(var actorId, var noRestart) -> {
        out.writeByte(KILL_ACTOR);
        writeActorId(out, actorId);
        out.writeBoolean(noRestart);
      }
      case EndJob(var jobId, var namespace) -> {
        out.writeByte(END_JOB);
        out.writeLong(jobId.value());
        writeString(out, namespace);
      }
      case LocateObjects(var ids) -> {
        out.writeByte(LOCATE_OBJECTS);
        writeList(out, ids, PeerCodec::writeObjectId);
      }
      case ObjectsLocated(var objects) -> {
        out.writeByte(OBJECTS_LOCATED);
        writeList(out, objects, PeerCodec::writeReport);
      }
      case DropObjects(var ids) -> {
        out.writeByte(DROP_OBJECTS);
        writeList(out, ids, PeerCodec::writeObjectId);
      }
      case ReportError(var error) -> {
        out.writeByte(REPORT_ERROR);
        out.writeLong(error.job().value());
        writeTaskId(out, error.task());
        out.writeLong(error.timeMillis());
        writeString(out, error.type());
        writeString(out, error.function());
        writeString(out, error.message());
      }
      case Output(var jobId, var frame) -> {
        out.writeByte(OUTPUT);
        out.writeLong(jobId.value());
        writeBytes(out, frame);
      }
      case FlushOutput(var jobId) -> {
        out.writeByte(FLUSH_OUTPUT);
        out.writeLong(jobId.value());
      }
      case OutputFlushed(var jobId) -> {
        out.writeByte(OUTPUT_FLUSHED);
        out.writeLong(jobId.value());
      }
      case Transfer(var transfer) -> writeTransfer(out, transfer);
      case Code(var code) -> writeCode(out, code);
    }
  }

  private static PeerMessage read(DataInputStream in) throws IOException {
    byte kind = in.readByte();
    return switch (kind) {
      case INTRODUCE -> new Introduce(readJob(in), readList(in, PeerCodec::readFunction));
      case RUN_TASKS -> new RunTasks(readList(in, PeerCodec::readSpec));
      case TASKS_DONE -> new TasksDone(readList(in, PeerCodec::readTaskDone));
      case CANCEL_TASK -> new CancelTask(readTaskId(in), in.readBoolean(), in.readBoolean());
      case HOST_ACTOR -> new HostActor(readSpec(in), in.readInt());
      case ACTOR_CHANGED ->
          new ActorChanged(
              readActorId(in),
              ActorRow.State.valueOf(readString(in)),
              in.readInt(),
              readString(in));
      case KILL_ACTOR -> new KillActor(readActorId(in), in.readBoolean());
      case END_JOB -> new EndJob(new JobId(in.readLong()), readString(in));
      case LOCATE_OBJECTS -> new LocateObjects(readList(in, PeerCodec::readObjectId));
      case OBJECTS_LOCATED -> new ObjectsLocated(readList(in, PeerCodec::readReport));
      case DROP_OBJECTS -> new DropObjects(readList(in, PeerCodec::readObjectId));
      case REPORT_ERROR ->
          new ReportError(
              new ErrorRow(
                  new JobId(in.readLong()),
                  readTaskId(in),
                  in.readLong(),
                  readString(in),
                  readString(in),
                  readString(in)));
      case OUTPUT -> new Output(new JobId(in.readLong()), readBytes(in));
      case FLUSH_OUTPUT -> new FlushOutput(new JobId(in.readLong()));
      case OUTPUT_FLUSHED -> new OutputFlushed(new JobId(in.readLong()));
      case CODE_DESCRIBE,
          CODE_DESCRIBED,
          CODE_NOT_DESCRIBED,
          CODE_READ,
          CODE_PIECE,
          CODE_NO_PIECE ->
          new Code(readCode(kind, in));
      default -> new Transfer(readTransfer(kind, in));
    };
  }

  private static void writeTransfer(DataOutputStream out, TransferMessage message)
      throws IOException {
    switch (message) {
      case Prepare() -> out.writeByte(TRANSFER_PREPARE);
      case Ask(var transferId, var id, var offset, var endpoint, var nonce, var minBytes) -> {
        out.writeByte(TRANSFER_ASK);
        out.writeLong(transferId);
        writeObjectId(out, id);
        out.writeLong(offset);
        writeString(out, endpoint);
        out.writeLong(nonce);
        out.writeLong(minBytes);
      }
      case Refuse(var transferId, var reason, var detail) -> {
        out.writeByte(TRANSFER_REFUSE);
        out.writeLong(transferId);
        writeString(out, reason.name());
        writeString(out, detail);
      }
      case AskInstead(var transferId, var holder) -> {
        out.writeByte(TRANSFER_ASK_INSTEAD);
        out.writeLong(transferId);
        writeNodeId(out, holder);
      }
      case Received(var transferId) -> {
        out.writeByte(TRANSFER_RECEIVED);
        out.writeLong(transferId);
      }
      case Cancel(var transferId) -> {
        out.writeByte(TRANSFER_CANCEL);
        out.writeLong(transferId);
      }
    }
  }

  private static TransferMessage readTransfer(byte kind, DataInputStream in) throws IOException {
    return switch (kind) {
      case TRANSFER_ASK ->
          new Ask(
              in.readLong(),
              readObjectId(in),
              in.readLong(),
              readString(in),
              in.readLong(),
              in.readLong());
      case TRANSFER_REFUSE ->
          new Refuse(in.readLong(), TransferMessage.Reason.valueOf(readString(in)), readString(in));
      case TRANSFER_ASK_INSTEAD -> new AskInstead(in.readLong(), readNodeId(in));
      case TRANSFER_RECEIVED -> new Received(in.readLong());
      case TRANSFER_CANCEL -> new Cancel(in.readLong());
      case TRANSFER_PREPARE -> new Prepare();
      default -> throw new IOException("message kind: " + kind + " (expected: 1 to 27)");
    };
  }

  private static void writeCode(DataOutputStream out, CodeMessage message) throws IOException {
    switch (message) {
      case Describe(var jobId) -> {
        out.writeByte(CODE_DESCRIBE);
        out.writeLong(jobId.value());
      }
      case Described(var jobId, var files) -> {
        out.writeByte(CODE_DESCRIBED);
        out.writeLong(jobId.value());
        writeList(out, files, PeerCodec::writeCodeFile);
      }
      case NotDescribed(var jobId, var reason) -> {
        out.writeByte(CODE_NOT_DESCRIBED);
        out.writeLong(jobId.value());
        writeString(out, reason);
      }
      case Read(var sha256, var offset) -> {
        out.writeByte(CODE_READ);
        writeString(out, sha256);
        out.writeLong(offset);
      }
      case Piece(var sha256, var offset, var bytes) -> {
        out.writeByte(CODE_PIECE);
        writeString(out, sha256);
        out.writeLong(offset);
        writeBytes(out, bytes);
      }
      case NoPiece(var sha256, var reason) -> {
        out.writeByte(CODE_NO_PIECE);
        writeString(out, sha256);
        writeString(out, reason);
      }
    }
  }

  private static CodeMessage readCode(byte kind, DataInputStream in) throws IOException {
    return switch (kind) {
      case CODE_DESCRIBE -> new Describe(new JobId(in.readLong()));
      case CODE_DESCRIBED ->
          new Described(new JobId(in.readLong()), readList(in, PeerCodec::readCodeFile));
      case CODE_NOT_DESCRIBED -> new NotDescribed(new JobId(in.readLong()), readString(in));
      case CODE_READ -> new Read(readString(in), in.readLong());
      case CODE_PIECE -> new Piece(readString(in), in.readLong(), readBytes(in));
      default -> new NoPiece(readString(in), readString(in));
    };
  }

  private static void writeCodeFile(DataOutputStream out, CodeFile file) throws IOException {
    writeString(out, file.name());
    writeString(out, file.sha256());
    out.writeLong(file.size());
  }

  private static CodeFile readCodeFile(DataInputStream in) throws IOException {
    return new CodeFile(readString(in), readString(in), in.readLong());
  }

  private static void writeJob(DataOutputStream out, JobFacts job) throws IOException {
    out.writeLong(job.jobId().value());
    writeNodeId(out, job.driver());
    writeString(out, job.namespace());
    writeList(out, job.jvmOptions(), PeerCodec::writeString);
    out.writeBoolean(job.showsOutput());
  }

  private static JobFacts readJob(DataInputStream in) throws IOException {
    return new JobFacts(
        new JobId(in.readLong()),
        readNodeId(in),
        readString(in),
        readList(in, PeerCodec::readString),
        in.readBoolean());
  }

  private static void writeFunction(DataOutputStream out, Function function) throws IOException {
    out.writeLong(function.id().high());
    out.writeLong(function.id().low());
    writeBytes(out, function.descriptor());
  }

  private static Function readFunction(DataInputStream in) throws IOException {
    return new Function(new FunctionId(in.readLong(), in.readLong()), readBytes(in));
  }

  private static TaskSpec readSpec(DataInputStream in) throws IOException {
    byte[] bytes = readBytes(in);
    return TaskSpec.read(new UnsafeBuffer(bytes), 0, bytes.length);
  }

  private static void writeTaskDone(DataOutputStream out, TaskDone task) throws IOException {
    writeTaskId(out, task.taskId());
    writeList(out, task.returns(), PeerCodec::writeReport);
  }

  private static TaskDone readTaskDone(DataInputStream in) throws IOException {
    return new TaskDone(readTaskId(in), readList(in, PeerCodec::readReport));
  }

  private static void writeReport(DataOutputStream out, ObjectReport report) throws IOException {
    writeObjectId(out, report.id());
    out.writeLong(report.size());
    out.writeInt(report.typeTag());
    byte[] bytes = report.bytes();
    out.writeBoolean(bytes != null);
    if (bytes != null) {
      writeBytes(out, bytes);
    }
    writeList(out, report.holders(), PeerCodec::writeNodeId);
  }

  private static ObjectReport readReport(DataInputStream in) throws IOException {
    return new ObjectReport(
        readObjectId(in),
        in.readLong(),
        in.readInt(),
        in.readBoolean() ? readBytes(in) : null,
        readList(in, PeerCodec::readNodeId));
  }

  private static void writeObjectId(DataOutputStream out, ObjectId id) throws IOException {
    out.writeLong(id.high());
    out.writeLong(id.low());
    out.writeInt(id.index());
  }

  private static ObjectId readObjectId(DataInputStream in) throws IOException {
    return new ObjectId(in.readLong(), in.readLong(), in.readInt());
  }

  private static void writeTaskId(DataOutputStream out, TaskId id) throws IOException {
    out.writeLong(id.high());
    out.writeLong(id.low());
  }

  private static TaskId readTaskId(DataInputStream in) throws IOException {
    return new TaskId(in.readLong(), in.readLong());
  }

  private static void writeActorId(DataOutputStream out, ActorId id) throws IOException {
    out.writeLong(id.high());
    out.writeLong(id.low());
  }

  private static ActorId readActorId(DataInputStream in) throws IOException {
    return new ActorId(in.readLong(), in.readLong());
  }

  private static void writeNodeId(DataOutputStream out, NodeId id) throws IOException {
    out.writeLong(id.high());
    out.writeLong(id.low());
  }

  private static NodeId readNodeId(DataInputStream in) throws IOException {
    return new NodeId(in.readLong(), in.readLong());
  }

  private static void writeString(DataOutputStream out, String text) throws IOException {
    writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String readString(DataInputStream in) throws IOException {
    return new String(readBytes(in), StandardCharsets.UTF_8);
  }

  private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] readBytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[checked(in, in.readInt())];
    in.readFully(bytes);
    return bytes;
  }

  private static <T> void writeList(DataOutputStream out, List<T> list, Writer<T> writer)
      throws IOException {
    out.writeInt(list.size());
    for (T value : list) {
      writer.write(out, value);
    }
  }

  private static <T> List<T> readList(DataInputStream in, Reader<T> reader) throws IOException {
    int count = checked(in, in.readInt());
    List<T> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(reader.read(in));
    }
    return list;
  }

  /// Each element takes a byte at least, so more of them cannot be there.
  private static int checked(DataInputStream in, int count) throws IOException {
    if (count < 0 || count > in.available()) {
      throw new IOException("length: " + count + " (expected: 0 to " + in.available() + ")");
    }
    return count;
  }
}

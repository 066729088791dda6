package org.rayakka.node.peer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.code.CodeMessage;
import org.rayakka.node.control.ActorRow;
import org.rayakka.node.control.ErrorRow;
import org.rayakka.node.transfer.TransferMessage;
import org.rayakka.protocol.StandardTags;
import org.rayakka.protocol.TaskSpec;

/// What one node says to another. The node that a task was submitted at is the task's origin, and
/// owns what the task returns; the node that runs it for the origin has it as a guest.
public sealed interface PeerMessage {

  /// What comes next may be of this job, or have these functions; told once.
  ///
  /// @param job whose tasks and actors they are
  /// @param functions of its tasks
  record Introduce(JobFacts job, List<Function> functions) implements PeerMessage {
    /// Copies its list.
    public Introduce {
      functions = List.copyOf(functions);
    }
  }

  /// Origin to another node: run these for me, tasks or calls of actors that it hosts.
  ///
  /// @param specs the tasks, of one job
  record RunTasks(List<TaskSpec> specs) implements PeerMessage {
    /// Copies its list.
    public RunTasks {
      specs = List.copyOf(specs);
    }
  }

  /// To the origin: these have ended.
  ///
  /// @param tasks which, and what they returned
  record TasksDone(List<TaskDone> tasks) implements PeerMessage {
    /// Copies its list.
    public TasksDone {
      tasks = List.copyOf(tasks);
    }
  }

  /// Origin to where a task runs: stop it.
  ///
  /// @param taskId which
  /// @param force whether its process may be ended for it
  /// @param recursive whether what it has submitted is to be stopped too
  record CancelTask(TaskId taskId, boolean force, boolean recursive) implements PeerMessage {}

  /// Owner to another node: host this actor.
  ///
  /// @param creation the task that creates it
  /// @param restarts how often it was restarted before
  record HostActor(TaskSpec creation, int restarts) implements PeerMessage {}

  /// Host to owner: something has become of an actor.
  ///
  /// @param actorId which
  /// @param state what it is now
  /// @param restarts how often it was restarted
  /// @param reason why it is dead; else empty
  record ActorChanged(ActorId actorId, ActorRow.State state, int restarts, String reason)
      implements PeerMessage {}

  /// To a host: end this actor.
  ///
  /// @param actorId which
  /// @param noRestart whether it must not come back
  record KillActor(ActorId actorId, boolean noRestart) implements PeerMessage {}

  /// The driver's node to all: a job has ended.
  ///
  /// @param jobId which
  /// @param namespace of its named actors
  record EndJob(JobId jobId, String namespace) implements PeerMessage {}

  /// To the owner: where are these, as soon as they are somewhere?
  ///
  /// @param ids which
  record LocateObjects(List<ObjectId> ids) implements PeerMessage {
    /// Copies its list.
    public LocateObjects {
      ids = List.copyOf(ids);
    }
  }

  /// Answer to {@link LocateObjects}.
  ///
  /// @param objects where each is
  record ObjectsLocated(List<ObjectReport> objects) implements PeerMessage {
    /// Copies its list.
    public ObjectsLocated {
      objects = List.copyOf(objects);
    }
  }

  /// Owner to a holder: nobody needs these.
  ///
  /// @param ids which
  record DropObjects(List<ObjectId> ids) implements PeerMessage {
    /// Copies its list.
    public DropObjects {
      ids = List.copyOf(ids);
    }
  }

  /// To the driver's node: a task or an actor of its job has failed.
  ///
  /// @param error what is known of it
  record ReportError(ErrorRow error) implements PeerMessage {}

  /// To the driver's node: a worker has printed.
  ///
  /// @param jobId its job
  /// @param frame a `TaskOutput` frame
  @SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
  record Output(JobId jobId, byte[] frame) implements PeerMessage {}

  /// The driver's node asks for what was printed so far.
  ///
  /// @param jobId which job
  record FlushOutput(JobId jobId) implements PeerMessage {}

  /// Answer to {@link FlushOutput}, behind the output.
  ///
  /// @param jobId which job
  record OutputFlushed(JobId jobId) implements PeerMessage {}

  /// Something about moving an object.
  ///
  /// @param message what
  record Transfer(TransferMessage message) implements PeerMessage {}

  /// Something about the code of a job.
  ///
  /// @param message what
  record Code(CodeMessage message) implements PeerMessage {}

  /// What a node needs to run tasks of a job.
  ///
  /// @param jobId which
  /// @param driver the node that its driver is connected to
  /// @param namespace of its named actors
  /// @param jvmOptions further options of its workers' JVMs
  /// @param showsOutput whether its driver wants to see what its tasks print
  record JobFacts(
      JobId jobId, NodeId driver, String namespace, List<String> jvmOptions, boolean showsOutput) {
    /// Copies its list.
    public JobFacts {
      jvmOptions = List.copyOf(jvmOptions);
    }
  }

  /// A function.
  ///
  /// @param id which
  /// @param descriptor what its clients say it is
  @SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
  record Function(FunctionId id, byte[] descriptor) {}

  /// A task that has ended.
  ///
  /// @param taskId which
  /// @param returns what it returned, in order
  record TaskDone(TaskId taskId, List<ObjectReport> returns) {
    /// Copies its list.
    public TaskDone {
      returns = List.copyOf(returns);
    }
  }

  /// Where an object is: in this very message if it is small.
  ///
  /// @param id which
  /// @param size of its data, in bytes
  /// @param typeTag what its creator said it is; 0 if it is not sent along
  /// @param bytes its data; null if it is too large to be sent along
  /// @param holders nodes that hold it; if it is sent along, those that keep it besides
  @SuppressWarnings("ArrayRecordComponent") // sealed as they are, never compared
  record ObjectReport(
      ObjectId id, long size, int typeTag, byte @Nullable [] bytes, List<NodeId> holders) {
    /// Objects up to this size are sent along.
    public static final int MAX_INLINE_BYTES = 100 << 10;

    /// Copies its list.
    public ObjectReport {
      holders = List.copyOf(holders);
    }

    /// An object that is sent along.
    ///
    /// @param id which
    /// @param typeTag what its creator said it is
    /// @param bytes its data
    /// @return the report
    public static ObjectReport ofBytes(ObjectId id, int typeTag, byte[] bytes) {
      return new ObjectReport(id, bytes.length, typeTag, bytes, List.of());
    }

    /// The same, with a node that keeps a copy.
    ///
    /// @param node which
    /// @return a new report
    public ObjectReport keptBy(NodeId node) {
      return new ObjectReport(id, size, typeTag, bytes, List.of(node));
    }

    /// An object that others hold.
    ///
    /// @param id which
    /// @param size of its data, in bytes
    /// @param holders who
    /// @return the report
    public static ObjectReport ofHolders(ObjectId id, long size, List<NodeId> holders) {
      return new ObjectReport(id, size, 0, null, holders);
    }

    /// Whether its bytes are an error that stands in for the object for a while.
    ///
    /// @return false, too, if it has no bytes
    public boolean isPassing() {
      return typeTag == StandardTags.PASSING_ERROR;
    }
  }
}

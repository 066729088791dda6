package org.rayakka.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.protocol.sbe.ArgumentKind;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.Placement;
import org.rayakka.protocol.sbe.TaskKind;
import org.rayakka.protocol.sbe.TaskSpecDecoder;

/// Enough to run a task, or run it again: the submitter's bytes, unchanged, and those of their
/// fields that schedulers decide by, read once. Immutable.
public final class TaskSpec {
  private static final ObjectId[] NO_REFERENCES = {};
  private static final String[] NO_OPTIONS = {};

  private final byte[] bytes;
  private final JobId jobId;
  private final TaskId taskId;
  private final FunctionId functionId;
  private final ActorId actorId;
  private final TaskKind kind;
  private final byte priority;
  private final boolean retryExceptions;
  private final boolean detached;
  private final int numReturns;
  private final int maxRetries;
  private final int maxTaskRetries;
  private final int maxConcurrency;
  private final int maxPendingCalls;
  private final int timeoutMs;
  private final int cpu;
  private final int gpu;
  private final int callsPerSnapshot;
  private final Placement placement;
  private final NodeId placementNode;
  private final ObjectId[] references;
  private final Map<String, Long> resources;
  private final String taskName;
  private final String actorName;
  private final String actorNamespace;
  private final String[] jvmOptions;

  private TaskSpec(DirectBuffer buffer, int offset, int length) {
    bytes = new byte[length];
    buffer.getBytes(offset, bytes);
    UnsafeBuffer view = new UnsafeBuffer(bytes);
    TaskSpecDecoder decoder = new TaskSpecDecoder();
    decoder.wrapAndApplyHeader(view, 0, new MessageHeaderDecoder());
    jobId = new JobId(decoder.jobId());
    taskId = new TaskId(decoder.taskId().high(), decoder.taskId().low());
    functionId = new FunctionId(decoder.functionId().high(), decoder.functionId().low());
    kind = decoder.kind();
    actorId =
        kind == TaskKind.TASK
            ? ActorId.NIL
            : new ActorId(decoder.actorId().high(), decoder.actorId().low());
    priority = decoder.priority();
    retryExceptions = decoder.retryExceptions() != 0;
    detached = decoder.detached() != 0;
    numReturns = decoder.numReturns();
    maxRetries = decoder.maxRetries();
    maxTaskRetries = decoder.maxTaskRetries();
    maxConcurrency = decoder.maxConcurrency();
    maxPendingCalls = decoder.maxPendingCalls();
    timeoutMs = decoder.timeoutMs();
    cpu = decoder.cpu();
    gpu = decoder.gpu();
    callsPerSnapshot = decoder.callsPerSnapshot();
    placement = decoder.placement();
    placementNode =
        placement == Placement.ANY
            ? NodeId.NIL
            : new NodeId(decoder.placementNode().high(), decoder.placementNode().low());
    references = readReferences(decoder);
    resources = readResources(decoder);
    taskName = readString(decoder.taskNameLength(), decoder::getTaskName);
    actorName = readString(decoder.actorNameLength(), decoder::getActorName);
    actorNamespace = readString(decoder.actorNamespaceLength(), decoder::getActorNamespace);
    String options = readString(decoder.jvmOptionsLength(), decoder::getJvmOptions);
    jvmOptions = options.isEmpty() ? NO_OPTIONS : options.split("\n", -1);
  }

  /// Copies a specification out of a buffer.
  ///
  /// @param buffer where it stands
  /// @param offset where its message header begins
  /// @param length bytes of its message header and body
  /// @return the specification
  public static TaskSpec read(DirectBuffer buffer, int offset, int length) {
    return new TaskSpec(buffer, offset, length);
  }

  private static ObjectId[] readReferences(TaskSpecDecoder decoder) {
    TaskSpecDecoder.ArgumentsDecoder arguments = decoder.arguments();
    int left = arguments.count();
    ObjectId[] found = NO_REFERENCES;
    int count = 0;
    while (arguments.hasNext()) {
      arguments.next();
      if (arguments.kind() == ArgumentKind.REFERENCE) {
        if (count == 0) {
          found = new ObjectId[left];
        }
        var id = arguments.objectId();
        found[count] = new ObjectId(id.high(), id.low(), id.index());
        count++;
      }
      arguments.skipValue();
      left--;
    }
    return count == found.length ? found : Arrays.copyOf(found, count);
  }

  private static Map<String, Long> readResources(TaskSpecDecoder decoder) {
    TaskSpecDecoder.ResourcesDecoder group = decoder.resources();
    if (group.count() == 0) {
      return Map.of();
    }
    Map<String, Long> found = new TreeMap<>();
    while (group.hasNext()) {
      group.next();
      long amount = group.amount();
      byte[] name = new byte[group.resourceNameLength()];
      group.getResourceName(name, 0, name.length);
      found.put(new String(name, StandardCharsets.UTF_8), amount);
    }
    return Map.copyOf(found);
  }

  @FunctionalInterface
  private interface StringSource {
    int copy(byte[] target, int offset, int length);
  }

  private static String readString(int length, StringSource source) {
    byte[] text = new byte[length];
    source.copy(text, 0, length);
    return length == 0 ? "" : new String(text, StandardCharsets.UTF_8);
  }

  /// The submitter's bytes, from the message header on. Shared, never to be written to.
  ///
  /// @return the array itself
  public byte[] bytes() {
    return bytes;
  }

  /// The job it belongs to.
  ///
  /// @return its id
  public JobId jobId() {
    return jobId;
  }

  /// Its identity.
  ///
  /// @return its id
  public TaskId taskId() {
    return taskId;
  }

  /// Who submitted it: a task, an actor's call, or what stands for the driver.
  ///
  /// @return its id, read out of the bytes at each call
  public TaskId parentTaskId() {
    TaskSpecDecoder decoder = new TaskSpecDecoder();
    decoder.wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderDecoder());
    return new TaskId(decoder.parentTaskId().high(), decoder.parentTaskId().low());
  }

  /// What it runs.
  ///
  /// @return the function's id
  public FunctionId functionId() {
    return functionId;
  }

  /// The actor it creates or calls.
  ///
  /// @return its id, nil for a plain task
  public ActorId actorId() {
    return actorId;
  }

  /// Plain task, actor creation or actor call.
  ///
  /// @return which
  public TaskKind kind() {
    return kind;
  }

  /// Higher runs first.
  ///
  /// @return the priority, 0 for an ordinary task
  public byte priority() {
    return priority;
  }

  /// Whether a method that throws is run again, while retries last.
  ///
  /// @return true if so
  public boolean retryExceptions() {
    return retryExceptions;
  }

  /// Whether the actor that it creates outlives its job.
  ///
  /// @return true if so
  public boolean detached() {
    return detached;
  }

  /// How many objects it returns.
  ///
  /// @return the number, from 0
  public int numReturns() {
    return numReturns;
  }

  /// One of the objects that it returns.
  ///
  /// @param index which, from 1
  /// @return its id
  public ObjectId returnId(int index) {
    return ObjectId.ofReturn(taskId, index);
  }

  /// How often it is run again when its worker dies; for an actor creation, how often the actor is
  /// restarted.
  ///
  /// @return the number, -1 for no limit
  public int maxRetries() {
    return maxRetries;
  }

  /// Actor creation: how often a call in flight is run again when the actor restarts.
  ///
  /// @return the number, -1 for no limit
  public int maxTaskRetries() {
    return maxTaskRetries;
  }

  /// Actor creation: how many calls run at once.
  ///
  /// @return the number, from 1
  public int maxConcurrency() {
    return Math.max(1, maxConcurrency);
  }

  /// Actor creation: how many calls may wait.
  ///
  /// @return the number, -1 for no limit
  public int maxPendingCalls() {
    return maxPendingCalls;
  }

  /// Actor creation: after how many calls the state of a durable actor is saved.
  ///
  /// @return the number, 0 if the actor is not durable
  public int callsPerSnapshot() {
    return callsPerSnapshot;
  }

  /// How long it may take from its submission until it is cancelled.
  ///
  /// @return milliseconds, -1 for no limit
  public int timeoutMs() {
    return timeoutMs;
  }

  /// The CPUs it holds while it runs.
  ///
  /// @return units of {@link Protocol#RESOURCE_UNIT}
  public int cpu() {
    return cpu;
  }

  /// The GPUs it holds while it runs.
  ///
  /// @return units of {@link Protocol#RESOURCE_UNIT}
  public int gpu() {
    return gpu;
  }

  /// Which of the nodes that have its resources it asks for.
  ///
  /// @return how they are chosen
  public Placement placement() {
    return placement;
  }

  /// The node that its placement names.
  ///
  /// @return the node, nil for none
  public NodeId placementNode() {
    return placementNode;
  }

  /// The objects among its arguments. Shared, never to be written to.
  ///
  /// @return the array itself, in argument order
  public ObjectId[] references() {
    return references;
  }

  /// What it holds of custom resources while it runs.
  ///
  /// @return units of {@link Protocol#RESOURCE_UNIT} by name
  public Map<String, Long> resources() {
    return resources;
  }

  /// What errors and tables call it.
  ///
  /// @return the name the user gave, or the function's
  public String taskName() {
    return taskName;
  }

  /// Actor creation: the name under which it is found.
  ///
  /// @return the name, empty for none
  public String actorName() {
    return actorName;
  }

  /// Actor creation: the namespace of {@link #actorName}.
  ///
  /// @return the namespace, empty for the job's own
  public String actorNamespace() {
    return actorNamespace;
  }

  /// Actor creation: options for a JVM of its own. Shared, never to be written to.
  ///
  /// @return the array itself, empty for none
  public String[] jvmOptions() {
    return jvmOptions;
  }

  @Override
  public String toString() {
    return kind + " " + taskId + " " + taskName;
  }
}

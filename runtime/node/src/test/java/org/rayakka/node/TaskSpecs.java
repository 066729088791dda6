package org.rayakka.node;

import org.agrona.ExpandableArrayBuffer;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.ArgumentKind;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.TaskKind;
import org.rayakka.protocol.sbe.TaskSpecEncoder;

/// Task specifications for tests.
public final class TaskSpecs {
  private TaskSpecs() {}

  /// A plain task with one return value.
  public static TaskSpec task(TaskId id, ObjectId... references) {
    return spec(id, "task", TaskKind.TASK, 1, references);
  }

  /// A task of job 1.
  public static TaskSpec spec(
      TaskId id, String name, TaskKind kind, int numReturns, ObjectId... references) {
    ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    TaskSpecEncoder encoder = new TaskSpecEncoder();
    encoder
        .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
        .jobId(new JobId(1).value())
        .kind(kind)
        .numReturns(numReturns);
    encoder.taskId().high(id.high()).low(id.low());
    TaskSpecEncoder.ArgumentsEncoder arguments = encoder.argumentsCount(references.length);
    for (ObjectId reference : references) {
      arguments.next().kind(ArgumentKind.REFERENCE).typeTag(0);
      arguments.objectId().high(reference.high()).low(reference.low()).index(reference.index());
      arguments.putValue(new byte[0], 0, 0);
    }
    encoder.resourcesCount(0);
    encoder.taskName(name).actorName("").actorNamespace("").jvmOptions("");
    return TaskSpec.read(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength());
  }
}

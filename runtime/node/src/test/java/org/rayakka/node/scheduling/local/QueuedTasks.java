package org.rayakka.node.scheduling.local;

import java.util.Map;
import org.agrona.ExpandableArrayBuffer;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.scheduling.global.PlacementStrategy;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.ArgumentKind;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.TaskKind;
import org.rayakka.protocol.sbe.TaskSpecEncoder;

/// Tasks of one class for tests of the scheduler's parts.
final class QueuedTasks {
  static final SchedulingClass CLASS =
      new SchedulingClass(
          new JobId(1), 0, ResourceSet.of(1, 0, Map.of("special", 1.0)), PlacementStrategy.ANY);

  private QueuedTasks() {}

  static QueuedTask task(long number, ObjectId... references) {
    ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    TaskSpecEncoder encoder = new TaskSpecEncoder();
    encoder.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder()).jobId(1);
    encoder.taskId().high(1).low(number);
    encoder.kind(TaskKind.TASK).numReturns(1);
    TaskSpecEncoder.ArgumentsEncoder arguments = encoder.argumentsCount(references.length);
    for (ObjectId id : references) {
      arguments.next().kind(ArgumentKind.REFERENCE).typeTag(0);
      arguments.objectId().high(id.high()).low(id.low()).index(id.index());
      arguments.putValue(new byte[0], 0, 0);
    }
    encoder.resourcesCount(0);
    encoder.taskName("task").actorName("").actorNamespace("").jvmOptions("");
    int length = MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
    return new QueuedTask(TaskSpec.read(buffer, 0, length), CLASS, number, false);
  }
}

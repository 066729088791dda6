package org.rayakka.node.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.FunctionId;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.TaskOutcome;
import org.rayakka.protocol.sbe.TasksFinishedDecoder;
import org.rayakka.protocol.sbe.TasksFinishedEncoder;

class TimelineTest {
  private final Timeline timeline = new Timeline();

  private void end(long number) {
    UnsafeBuffer frame = new UnsafeBuffer(new byte[256]);
    TasksFinishedEncoder.TasksEncoder task =
        new TasksFinishedEncoder()
            .wrapAndApplyHeader(frame, 0, new MessageHeaderEncoder())
            .tasksCount(1)
            .next();
    task.lane(3).outcome(TaskOutcome.FAILED).startMicros(number).durationNanos(1_500);
    task.taskId().high(0).low(number);
    task.functionId().high(0).low(7);
    TasksFinishedDecoder decoder = new TasksFinishedDecoder();
    decoder.wrapAndApplyHeader(frame, 0, new MessageHeaderDecoder());
    timeline.add(42, decoder.tasks().next());
  }

  @Test
  void writesCompleteEventsInChromesFormat() {
    timeline.named(new FunctionId(0, 7), "A.f");
    end(5);

    assertThat(timeline.events(10))
        .isEqualTo(
            new Table.Listed(
                false,
                "[{\"name\":\"A.f\",\"cat\":\"task\",\"ph\":\"X\",\"ts\":5,\"dur\":1.5,\"pid\":42,"
                    + "\"tid\":3,\"args\":{\"taskId\":\"00000000000000000000000000000005\","
                    + "\"outcome\":\"FAILED\"}}]"));
  }

  @Test
  void keepsTheNewestAndSaysThatItDroppedOthers() {
    for (int i = 0; i <= Timeline.TASKS; i++) {
      end(i);
    }

    Table.Listed all = timeline.events(Timeline.TASKS);
    assertThat(all.isCut()).isTrue();
    assertThat(all.json().lines()).hasSize(Timeline.TASKS);
    assertThat(all.json()).contains("\"ts\":100000,").doesNotContain("\"ts\":0,");
    assertThat(timeline.events(2).json()).contains("\"ts\":99999,").doesNotContain("99998,");
  }
}

package org.rayakka.client.submission;

import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.id.JobId;
import org.rayakka.protocol.sbe.ExportFunctionEncoder;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;

/// Resolves functions, once per call site, and tells the node of each before its first use.
final class FunctionExporter {
  private final JobId job;
  private final NodeConnection connection;

  /// By the lambda's class, of which there is one per call site.
  private final ClassValue<Slot> functions =
      new ClassValue<>() {
        @Override
        protected Slot computeValue(Class<?> type) {
          return new Slot();
        }
      };

  /// Filled on first use, because finding out takes an instance, not only its class.
  private static final class Slot {
    private volatile @Nullable RemoteFunction function;
  }

  FunctionExporter(JobId job, NodeConnection connection) {
    this.job = job;
    this.connection = connection;
  }

  /// What a function is; the node knows it when this returns, or will before it reads any frame
  /// that is appended later.
  RemoteFunction resolve(RayFunc function) {
    Slot slot = functions.get(function.getClass());
    RemoteFunction known = slot.function;
    if (known == null) {
      known = RemoteFunction.of(job, function);
      slot.function = known;
    }
    if (!known.exported()) {
      export(known);
    }
    return known;
  }

  private void export(RemoteFunction function) {
    connection.gather((buffer, offset) -> encode(function, buffer, offset));
    // Only now, so that no thread appends a task in front of the function.
    function.setExported();
  }

  private int encode(RemoteFunction function, MutableDirectBuffer buffer, int offset) {
    ExportFunctionEncoder frame =
        new ExportFunctionEncoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder());
    frame.functionId().high(function.id().high()).low(function.id().low());
    frame.jobId(job.value());
    frame.putDescriptor(function.descriptor(), 0, function.descriptor().length);
    return MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength();
  }
}

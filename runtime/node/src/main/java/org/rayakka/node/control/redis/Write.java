package org.rayakka.node.control.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.control.TaskState;

/// What a caller hands to a shard's writer.
sealed interface Write {
  /// When it was handed over, by the state's clock.
  long nanos();

  /// Something that changes the row of one key; changes of the same key are merged.
  sealed interface Change extends Write {
    /// What tells the rows of a shard apart.
    Object key();

    /// What it holds in memory, about.
    default long bytes() {
      return PendingRow.OVERHEAD_BYTES;
    }

    /// The row that it begins, if no change of its key is pending.
    PendingRow begin(long sequence);
  }

  /// Something that changes a task's row.
  sealed interface TaskChange extends Change {
    @Override
    TaskId key();

    @Override
    default PendingRow begin(long sequence) {
      return new PendingRow.OfTask(sequence, nanos(), key());
    }
  }

  /// Something that changes an object's row.
  sealed interface ObjectChange extends Change {
    @Override
    ObjectId key();

    @Override
    default PendingRow begin(long sequence) {
      return new PendingRow.OfObject(sequence, nanos(), key());
    }
  }

  /// A task's specification arrives.
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record SubmitTask(long nanos, TaskId key, JobId job, NodeId node, byte[] spec)
      implements TaskChange {
    @Override
    public long bytes() {
      return PendingRow.OVERHEAD_BYTES + spec.length;
    }
  }

  /// A task goes to another state.
  record ChangeTask(long nanos, TaskId key, JobId job, TaskState state, NodeId node, int attempt)
      implements TaskChange {}

  /// A task is done, and its first return value is as large as that, or not here.
  record EndTask(long nanos, TaskId key, JobId job, NodeId node, long size) implements TaskChange {}

  /// A task goes.
  record ForgetTask(long nanos, TaskId key) implements TaskChange {}

  /// A node holds an object.
  record SealObject(long nanos, ObjectId key, JobId job, long size, NodeId node)
      implements ObjectChange {}

  /// A node holds an object no more.
  record RemoveObject(long nanos, ObjectId key, NodeId node) implements ObjectChange {}

  /// An object goes.
  record ForgetObject(long nanos, ObjectId key) implements ObjectChange {}

  /// Some fields of a hash.
  ///
  /// @param fields name and value in turns
  /// @param expireSeconds when the row goes by itself; 0 for never
  /// @param news published once the row is written
  record PutFields(
      long nanos, String key, List<byte[]> fields, long expireSeconds, @Nullable News news)
      implements Change {
    @Override
    public long bytes() {
      long sum = PendingRow.OVERHEAD_BYTES;
      for (byte[] field : fields) {
        sum += field.length;
      }
      return sum;
    }

    @Override
    public PendingRow begin(long sequence) {
      return new PendingRow.OfHash(sequence, nanos, key);
    }
  }

  /// A hash goes.
  record ForgetHash(long nanos, String key) implements Change {
    @Override
    public PendingRow begin(long sequence) {
      return new PendingRow.OfHash(sequence, nanos, key);
    }
  }

  /// A member of a sorted set. Members are unique, so that one written twice counts once.
  ///
  /// @param sortedSet the set's key
  /// @param score where in the set
  /// @param key the member
  /// @param keep how many of the set's members stay, those with the highest scores; 0 for all
  /// @param news published once the row is written
  record AddMember(
      long nanos, String sortedSet, long score, String key, int keep, @Nullable News news)
      implements Change {
    @Override
    public long bytes() {
      return PendingRow.OVERHEAD_BYTES + key.length();
    }

    @Override
    public PendingRow begin(long sequence) {
      return new PendingRow.OfMember(sequence, nanos, this);
    }
  }

  /// Asks to be told when all that came before is written.
  record Flush(long nanos, CompletableFuture<Void> done) implements Write {}

  /// What is published.
  ///
  /// @param channel Redis's name of the channel
  /// @param text one line, or the whole message if it does not share one with others
  /// @param isLine whether it may share a message with others, one on each line
  record News(String channel, String text, boolean isLine) {}
}

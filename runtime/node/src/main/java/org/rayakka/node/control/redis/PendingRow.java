package org.rayakka.node.control.redis;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.control.Channel;
import org.rayakka.node.control.TaskState;

/// A row that waits to be written: all changes of its key since it was written last, merged.
///
/// Owned by its shard's writer thread. Writing one twice leaves what writing it once leaves,
/// because a batch whose replies were lost is sent again.
abstract sealed class PendingRow {
  /// What a pending row takes beside its payload: the row, its key, its place in the map.
  static final long OVERHEAD_BYTES = 256;

  private static final String CREATED = Rows.channel(Channel.OBJECTS);

  final long sequence;
  final long nanos;
  long bytes = OVERHEAD_BYTES;

  private PendingRow(long sequence, long nanos) {
    this.sequence = sequence;
    this.nanos = nanos;
  }

  /// Merges a change.
  ///
  /// @return false if nothing is left to be written
  abstract boolean merge(Write.Change change);

  /// Adds the row to what is sent next.
  abstract void encode(Batch batch);

  private IllegalStateException mismatch(Write.Change change) {
    return new IllegalStateException(
        "change: " + change + " (expected: one of " + getClass() + ")");
  }

  static final class OfTask extends PendingRow {
    private static final byte[] NO_SPEC = {};

    private final TaskId id;
    private JobId job = JobId.NIL;
    private NodeId node = NodeId.NIL;
    private int attempt;
    private @Nullable TaskState state;
    private byte @Nullable [] spec;
    // Of the first return value, where the node holds it.
    private long size = -1;
    // Redis has not seen this task: forgetting it takes no command.
    private boolean isNew;
    private boolean isGone;

    OfTask(long sequence, long nanos, TaskId id) {
      super(sequence, nanos);
      this.id = id;
    }

    @Override
    boolean merge(Write.Change change) {
      switch (change) {
        case Write.SubmitTask submit -> {
          isNew = isNew || (state == null && !isGone);
          isGone = false;
          spec = submit.spec();
          bytes = OVERHEAD_BYTES + spec.length;
          set(submit.job(), TaskState.WAITING, submit.node(), 0);
        }
        case Write.ChangeTask to -> {
          if (!isGone) {
            set(to.job(), to.state(), to.node(), to.attempt());
          }
        }
        case Write.EndTask end -> {
          if (!isGone) {
            set(end.job(), TaskState.DONE, end.node(), 0);
            size = end.size();
          }
        }
        case Write.ForgetTask _ -> {
          if (isNew) {
            return false;
          }
          isGone = true;
          spec = null;
          state = null;
          bytes = OVERHEAD_BYTES;
        }
        default -> throw super.mismatch(change);
      }
      return true;
    }

    private void set(JobId newJob, TaskState newState, NodeId newNode, int newAttempt) {
      job = newJob;
      state = newState;
      node = newNode;
      attempt = newAttempt;
      size = -1;
    }

    @Override
    void encode(Batch batch) {
      if (isGone) {
        batch.unlink(Keys.task(id));
        return;
      }
      if (state == null) {
        return;
      }
      if (spec != null) {
        batch.set(Keys.task(id), TaskText.write(state, node, attempt, job, size, spec));
      } else {
        batch.setBegin(Keys.task(id), TaskText.write(state, node, attempt, job, size, NO_SPEC));
      }
      if (size >= 0) {
        batch.publishLine(CREATED, Rows.objectNews(ObjectId.ofReturn(id, 1), node, size));
      }
    }
  }

  static final class OfObject extends PendingRow {
    private final ObjectId id;
    private JobId job = JobId.NIL;
    private long size = -1;
    // Almost always one node, this one; a node that goes is taken out by another.
    private final Map<NodeId, Boolean> holders = new LinkedHashMap<>(2);
    private boolean isNew;
    private boolean isGone;

    OfObject(long sequence, long nanos, ObjectId id) {
      super(sequence, nanos);
      this.id = id;
    }

    @Override
    boolean merge(Write.Change change) {
      switch (change) {
        case Write.SealObject seal -> {
          // Only the node that makes an object knows that Redis has not seen it.
          isNew = isNew || (holders.isEmpty() && !isGone && !seal.job().equals(JobId.NIL));
          if (!seal.job().equals(JobId.NIL)) {
            job = seal.job();
          }
          size = seal.size();
          holders.put(seal.node(), true);
        }
        case Write.RemoveObject remove -> holders.put(remove.node(), false);
        case Write.ForgetObject _ -> {
          if (isNew) {
            return false;
          }
          isGone = true;
          job = JobId.NIL;
          size = -1;
          holders.clear();
        }
        default -> throw super.mismatch(change);
      }
      return true;
    }

    @Override
    void encode(Batch batch) {
      byte[] key = Keys.object(id);
      if (isGone) {
        batch.unlink(key);
        if (size < 0) {
          return;
        }
      }
      if (size >= 0) {
        batch.beginHash(key);
        batch.field(Rows.SIZE, Batch.text(size));
        batch.field(Rows.PUT, id.isPut() ? Rows.YES : Rows.NO);
        if (!job.equals(JobId.NIL)) {
          batch.field(Rows.JOB, Batch.text(job.hex()));
        }
        holders.forEach((node, holds) -> {
          if (holds) {
            batch.field(Keys.hex(node), Rows.HELD);
          }
        });
        batch.endHash();
      }
      holders.forEach((node, holds) -> {
        if (holds) {
          batch.publishLine(CREATED, Rows.objectNews(id, node, size));
        } else {
          batch.removeField(key, Keys.hex(node));
        }
      });
    }
  }

  static final class OfHash extends PendingRow {
    private final String key;
    private final Map<String, byte[]> fields = new LinkedHashMap<>();
    private long expireSeconds;
    private Write.@Nullable News news;
    private boolean isGone;

    OfHash(long sequence, long nanos, String key) {
      super(sequence, nanos);
      this.key = key;
    }

    @Override
    boolean merge(Write.Change change) {
      switch (change) {
        case Write.PutFields put -> {
          for (int i = 0; i < put.fields().size(); i += 2) {
            fields.put(Batch.string(put.fields().get(i)), put.fields().get(i + 1));
          }
          expireSeconds = Math.max(expireSeconds, put.expireSeconds());
          news = put.news() == null ? news : put.news();
          bytes = OVERHEAD_BYTES;
          fields.forEach((name, value) -> bytes += name.length() + value.length);
        }
        case Write.ForgetHash _ -> {
          isGone = true;
          fields.clear();
          news = null;
          expireSeconds = 0;
          bytes = OVERHEAD_BYTES;
        }
        default -> throw super.mismatch(change);
      }
      return true;
    }

    @Override
    void encode(Batch batch) {
      byte[] raw = Batch.text(key);
      if (isGone) {
        batch.unlink(raw);
      }
      if (!fields.isEmpty()) {
        batch.beginHash(raw);
        fields.forEach((name, value) -> batch.field(Batch.text(name), value));
        batch.endHash();
      }
      if (expireSeconds > 0) {
        batch.expire(raw, expireSeconds);
      }
      if (news != null) {
        batch.publish(news);
      }
    }
  }

  static final class OfMember extends PendingRow {
    private final Write.AddMember member;

    OfMember(long sequence, long nanos, Write.AddMember member) {
      super(sequence, nanos);
      this.member = member;
      bytes = member.bytes();
    }

    @Override
    boolean merge(Write.Change change) {
      return true; // the same member again
    }

    @Override
    void encode(Batch batch) {
      batch.add(member.sortedSet(), member.score(), member.key(), member.keep());
      if (member.news() != null) {
        batch.publish(member.news());
      }
    }
  }
}

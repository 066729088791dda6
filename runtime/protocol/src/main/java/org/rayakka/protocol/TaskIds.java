package org.rayakka.protocol;

import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.TaskId;

/// Derives the ids of tasks from what they are, so that a program run again, or a task run again to
/// rebuild a lost object, gives the same ids.
///
/// The hash is two lanes of the 64-bit finaliser of MurmurHash3 (`fmix64`, Austin Appleby, public
/// domain) over the words of the key. It spreads; it does not protect: nobody gains by forging an
/// id, because ids grant nothing.
public final class TaskIds {
  private static final long LANE_HIGH = 0x9E37_79B9_7F4A_7C15L;
  private static final long LANE_LOW = 0xC2B2_AE3D_27D4_EB4FL;

  private TaskIds() {}

  /// The id of a submission.
  ///
  /// @param job the job it belongs to
  /// @param parent the task that submits it
  /// @param parentCounter how many submissions the parent made before it
  /// @param function what it runs
  /// @param actor whose method it is, or {@link ActorId#NIL}
  /// @param actorCounter how many calls the handle made before it
  /// @return the id, never nil
  public static TaskId of(
      JobId job,
      TaskId parent,
      long parentCounter,
      FunctionId function,
      ActorId actor,
      long actorCounter) {
    long high = hash(LANE_HIGH, job, parent, parentCounter, function, actor, actorCounter);
    long low = hash(LANE_LOW, job, parent, parentCounter, function, actor, actorCounter);
    return new TaskId(high, low == 0 ? LANE_LOW : low);
  }

  /// The id of the task that stands for a driver.
  ///
  /// @param job the driver's job
  /// @param objectIdSeed the seed the driver gave, or 0: then its ids differ from those of every
  ///   other job
  /// @return the id, never nil
  public static TaskId ofDriver(JobId job, long objectIdSeed) {
    long key = objectIdSeed == 0 ? job.value() : ~objectIdSeed;
    long high = mix(LANE_HIGH, key);
    long low = mix(LANE_LOW, key);
    return new TaskId(high, low == 0 ? LANE_LOW : low);
  }

  private static long hash(
      long lane,
      JobId job,
      TaskId parent,
      long parentCounter,
      FunctionId function,
      ActorId actor,
      long actorCounter) {
    // A driver with a seed wants equal ids in two runs, which are two jobs: the parent stands for
    // the job already, because every task descends from its driver's.
    long h = parent.isNil() ? mix(lane, job.value()) : lane;
    h = mix(h, parent.high());
    h = mix(h, parent.low());
    h = mix(h, parentCounter);
    h = mix(h, function.high());
    h = mix(h, function.low());
    h = mix(h, actor.high());
    h = mix(h, actor.low());
    return mix(h, actorCounter);
  }

  private static long mix(long hash, long word) {
    long k = (hash + LANE_HIGH) ^ word;
    k ^= k >>> 33;
    k *= 0xFF51_AFD7_ED55_8CCDL;
    k ^= k >>> 33;
    k *= 0xC4CE_B9FE_1A85_EC53L;
    return k ^ (k >>> 33);
  }
}

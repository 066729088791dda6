package org.rayakka.node.control.redis;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;

/// Redis's keys. Every row is one key: its table, a colon, its id in hex.
final class Keys {
  static final String TASK = "task:";
  static final String OBJECT = "object:";
  static final String FUNCTION = "function:";
  static final String ACTOR = "actor:";
  static final String NODE = "node:";
  static final String JOB = "job:";
  static final String ERROR = "error:";

  /// The number of the newest job.
  static final String JOBS_NEXT = "jobs:next";

  /// The jobs that ended, by the time they did.
  static final String JOBS_ENDED = "jobs:ended";

  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final String FIRST_RETURN = "00000001";
  private static final int LONG_DIGITS = 16;
  private static final int INT_DIGITS = 8;

  /// Digits of an object's id.
  static final int OBJECT_DIGITS = (2 * LONG_DIGITS) + INT_DIGITS;

  private Keys() {}

  static byte[] task(TaskId id) {
    return key(TASK, id.high(), id.low());
  }

  static byte[] object(ObjectId id) {
    byte[] key = begin(OBJECT, OBJECT_DIGITS);
    put(key, OBJECT.length(), id);
    return key;
  }

  static byte[] hex(NodeId id) {
    return key("", id.high(), id.low());
  }

  /// The first return value of the task of a key.
  static String firstReturnOf(String taskKey) {
    return OBJECT + taskKey.substring(TASK.length()) + FIRST_RETURN;
  }

  /// The task of an object's key, if it is the task's first return value; else null.
  static @Nullable String taskOf(String objectKey) {
    return objectKey.endsWith(FIRST_RETURN)
        ? TASK + objectKey.substring(OBJECT.length(), objectKey.length() - FIRST_RETURN.length())
        : null;
  }

  static String function(JobId job, FunctionId id) {
    return FUNCTION + job.hex() + ":" + id.hex();
  }

  static String actor(ActorId id) {
    return ACTOR + id.hex();
  }

  static String node(NodeId id) {
    return NODE + id.hex();
  }

  static String job(JobId id) {
    return JOB + id.hex();
  }

  static String error(JobId id) {
    return ERROR + id.hex();
  }

  private static byte[] key(String prefix, long high, long low) {
    byte[] key = begin(prefix, 2 * LONG_DIGITS);
    put(key, put(key, prefix.length(), high), low);
    return key;
  }

  private static byte[] begin(String prefix, int digits) {
    byte[] key = new byte[prefix.length() + digits];
    for (int i = 0; i < prefix.length(); i++) {
      key[i] = (byte) prefix.charAt(i);
    }
    return key;
  }

  /// Writes an id in hex.
  ///
  /// @return where it ends
  static int put(byte[] text, int at, ObjectId id) {
    int index = put(text, put(text, at, id.high()), id.low());
    return put(text, index, id.index(), INT_DIGITS);
  }

  /// Writes half an id in hex.
  ///
  /// @return where it ends
  static int put(byte[] text, int at, long half) {
    return put(text, at, half, LONG_DIGITS);
  }

  private static int put(byte[] text, int at, long value, int digits) {
    long rest = value;
    for (int i = at + digits - 1; i >= at; i--) {
      text[i] = DIGITS[(int) (rest & 0xF)];
      rest >>>= 4;
    }
    return at + digits;
  }
}

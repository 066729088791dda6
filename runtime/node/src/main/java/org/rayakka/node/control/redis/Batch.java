package org.rayakka.node.control.redis;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/// What one round trip to a server writes: rows of many tables, sorted into few large commands.
///
/// The commands go out in one order: removals, plain rows, hashes, sorted sets, and last what is
/// published, so that whoever hears of a row finds it.
final class Batch {
  /// How many notifications share one message.
  private static final int LINES_PER_MESSAGE = 512;

  @SuppressWarnings("ArrayRecordComponent") // sent, never compared
  private record Call(Command command, byte[][] arguments) {}

  private static final class Members {
    final List<byte[]> arguments = new ArrayList<>();
    int keep;
  }

  private static final class Lines {
    final ByteArrayOutputStream text = new ByteArrayOutputStream();
    int count;
  }

  private final int rowsPerCommand;
  private final List<byte[]> removals = new ArrayList<>();
  private final List<byte[]> sets = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final List<byte[]> hash = new ArrayList<>();
  private final Map<String, Members> sortedSets = new LinkedHashMap<>();
  private final Map<String, Lines> lines = new LinkedHashMap<>();
  private final List<Call> publications = new ArrayList<>();

  Batch(int rowsPerCommand) {
    this.rowsPerCommand = rowsPerCommand;
  }

  static byte[] text(String value) {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] text(long value) {
    return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
  }

  static String string(byte[] text) {
    return new String(text, StandardCharsets.UTF_8);
  }

  void unlink(byte[] key) {
    removals.add(key);
  }

  void set(byte[] key, byte[] value) {
    sets.add(key);
    sets.add(value);
  }

  /// Writes over the first bytes of a row.
  void setBegin(byte[] key, byte[] begin) {
    calls.add(new Call(Command.SETRANGE, new byte[][] {key, text(0), begin}));
  }

  void beginHash(byte[] key) {
    hash.clear();
    hash.add(key);
  }

  void field(byte[] name, byte[] value) {
    hash.add(name);
    hash.add(value);
  }

  void endHash() {
    calls.add(new Call(Command.HSET, hash.toArray(byte[][]::new)));
  }

  void removeField(byte[] key, byte[] name) {
    calls.add(new Call(Command.HDEL, new byte[][] {key, name}));
  }

  void expire(byte[] key, long seconds) {
    calls.add(new Call(Command.EXPIRE, new byte[][] {key, text(seconds)}));
  }

  void add(String sortedSet, long score, String member, int keep) {
    Members members = sortedSets.computeIfAbsent(sortedSet, _ -> new Members());
    members.arguments.add(text(score));
    members.arguments.add(text(member));
    members.keep = keep;
  }

  void publish(Write.News news) {
    if (!news.isLine()) {
      publications.add(
          new Call(Command.PUBLISH, new byte[][] {text(news.channel()), text(news.text())}));
      return;
    }
    publishLine(news.channel(), text(news.text()));
  }

  void publishLine(String channel, byte[] line) {
    Lines shared = lines.computeIfAbsent(channel, _ -> new Lines());
    if (shared.count > 0) {
      shared.text.write('\n');
    }
    shared.text.writeBytes(line);
    if (++shared.count == LINES_PER_MESSAGE) {
      publishLines(channel, shared);
    }
  }

  private void publishLines(String channel, Lines shared) {
    publications.add(
        new Call(Command.PUBLISH, new byte[][] {text(channel), shared.text.toByteArray()}));
    shared.text.reset();
    shared.count = 0;
  }

  /// Sends everything and reads the replies.
  ///
  /// @throws JedisDataException if the server refused a command; others may have been done
  void write(Connection connection) {
    lines.forEach((channel, shared) -> {
      if (shared.count > 0) {
        publishLines(channel, shared);
      }
    });
    int replies = sendInChunks(connection, Command.UNLINK, removals, rowsPerCommand);
    replies += sendInChunks(connection, Command.MSET, sets, 2 * rowsPerCommand);
    for (Call call : calls) {
      connection.sendCommand(call.command(), call.arguments());
      replies++;
    }
    for (Map.Entry<String, Members> set : sortedSets.entrySet()) {
      replies += sendMembers(connection, text(set.getKey()), set.getValue());
    }
    for (Call publication : publications) {
      connection.sendCommand(publication.command(), publication.arguments());
      replies++;
    }
    for (Object reply : connection.getMany(replies)) {
      if (reply instanceof JedisDataException refusal) {
        throw refusal;
      }
    }
  }

  private static int sendInChunks(
      Connection connection, Command command, List<byte[]> arguments, int perCommand) {
    int commands = 0;
    for (int from = 0; from < arguments.size(); from += perCommand) {
      int to = Math.min(from + perCommand, arguments.size());
      connection.sendCommand(command, arguments.subList(from, to).toArray(byte[][]::new));
      commands++;
    }
    return commands;
  }

  private static int sendMembers(Connection connection, byte[] key, Members members) {
    List<byte[]> arguments = new ArrayList<>(members.arguments.size() + 1);
    arguments.add(key);
    arguments.addAll(members.arguments);
    connection.sendCommand(Command.ZADD, arguments.toArray(byte[][]::new));
    if (members.keep == 0) {
      return 1;
    }
    connection.sendCommand(Command.ZREMRANGEBYRANK, key, text(0), text(-1L - members.keep));
    return 2;
  }
}

package org.rayakka.node.control.redis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.control.ActorRow;
import org.rayakka.node.control.Channel;
import org.rayakka.node.control.ErrorRow;
import org.rayakka.node.control.FunctionRow;
import org.rayakka.node.control.JobRow;
import org.rayakka.node.control.NodeLoad;
import org.rayakka.node.control.NodeRow;
import org.rayakka.node.control.Notification;
import org.rayakka.node.control.ObjectRow;

/// How rows and notifications look in Redis, both ways. Text throughout, for people with
/// `redis-cli`, but for what a task or function is encoded as. Tasks are in {@link TaskText}.
///
/// Fields that are not there read as "none", so that a version that adds one can read older rows.
final class Rows {
  static final byte[] SIZE = Batch.text("size");
  static final byte[] PUT = Batch.text("put");
  static final byte[] JOB = Batch.text("job");
  static final byte[] YES = Batch.text("yes");
  static final byte[] NO = Batch.text("no");
  static final byte[] HELD = Batch.text("held");

  private static final int NODE_DIGITS = 2 * NodeId.BYTES;

  private Rows() {}

  // Channels

  static String channel(Channel channel) {
    return switch (channel) {
      case OBJECTS -> "object-created";
      case FUNCTIONS -> "function-exported";
      case ACTORS -> "actor-changed";
      case ERRORS -> "error";
      case NODES -> "node-changed";
    };
  }

  /// Takes a published message apart.
  static void read(Channel channel, String message, Consumer<Notification> listener) {
    if (channel == Channel.ERRORS) {
      int space = message.indexOf(' ');
      JobId job = JobId.parse(message.substring(0, space));
      listener.accept(new Notification.ErrorAdded(error(job, message.substring(space + 1))));
      return;
    }
    for (String line : message.split("\n", -1)) {
      String[] words = line.split(" ", -1);
      listener.accept(
          switch (channel) {
            case OBJECTS ->
                new Notification.ObjectCreated(
                    ObjectId.parse(words[0]), NodeId.parse(words[1]), Long.parseLong(words[2]));
            case FUNCTIONS ->
                new Notification.FunctionExported(
                    JobId.parse(words[0]), FunctionId.parse(words[1]));
            case ACTORS ->
                new Notification.ActorChanged(
                    ActorId.parse(words[0]), ActorRow.State.valueOf(words[1]));
            case NODES ->
                new Notification.NodeChanged(NodeId.parse(words[0]), words[1].equals("joined"));
            case ERRORS -> throw new IllegalStateException("channel: ERRORS (expected: lines)");
          });
    }
  }

  /// What is told of an object that a node holds. There is one for each small task, so it is put
  /// together without strings.
  static byte[] objectNews(ObjectId id, NodeId node, long size) {
    byte[] digits = Batch.text(size);
    byte[] line = new byte[Keys.OBJECT_DIGITS + 1 + NODE_DIGITS + 1 + digits.length];
    int at = Keys.put(line, 0, id);
    line[at++] = ' ';
    at = Keys.put(line, at, node.high());
    at = Keys.put(line, at, node.low());
    line[at++] = ' ';
    System.arraycopy(digits, 0, line, at, digits.length);
    return line;
  }

  static Write.News functionNews(JobId job, FunctionId id) {
    return new Write.News(channel(Channel.FUNCTIONS), job.hex() + " " + id.hex(), true);
  }

  static Write.News actorNews(ActorRow row) {
    return new Write.News(channel(Channel.ACTORS), row.id().hex() + " " + row.state(), true);
  }

  static Write.News nodeNews(NodeId node, boolean isAlive) {
    return new Write.News(
        channel(Channel.NODES), node.hex() + " " + (isAlive ? "joined" : "left"), true);
  }

  static Write.News errorNews(JobId job, String member) {
    return new Write.News(channel(Channel.ERRORS), job.hex() + " " + member, false);
  }

  // Objects

  /// Puts an object's row together.
  ///
  /// @param fields those of its own row; none if it has none
  /// @param maker the task whose first return value it is, if there is one
  static Optional<ObjectRow> object(
      ObjectId id, Map<String, String> fields, @Nullable TaskText maker) {
    boolean isInTask = maker != null && maker.size() >= 0;
    if (fields.isEmpty() && !isInTask) {
      return Optional.empty();
    }
    Set<NodeId> holders = new HashSet<>();
    fields.keySet().stream()
        .filter(name -> name.length() == NODE_DIGITS)
        .forEach(name -> holders.add(NodeId.parse(name)));
    if (maker == null || !isInTask) {
      return Optional.of(new ObjectRow(id, job(fields), number(fields, "size"), holders));
    }
    holders.add(maker.node());
    return Optional.of(new ObjectRow(id, maker.job(), maker.size(), holders));
  }

  // Functions

  static List<byte[]> fields(FunctionRow row) {
    return List.of(
        JOB,
        Batch.text(row.job().hex()),
        Batch.text("class"),
        Batch.text(row.className()),
        Batch.text("method"),
        Batch.text(row.methodName()),
        Batch.text("descriptor"),
        row.descriptor());
  }

  static FunctionRow function(FunctionId id, Map<byte[], byte[]> fields) {
    Map<String, String> texts = new LinkedHashMap<>();
    byte[] descriptor = new byte[0];
    for (Map.Entry<byte[], byte[]> field : fields.entrySet()) {
      String name = Batch.string(field.getKey());
      if (name.equals("descriptor")) {
        descriptor = field.getValue();
      } else {
        texts.put(name, Batch.string(field.getValue()));
      }
    }
    return new FunctionRow(id, job(texts), text(texts, "class"), text(texts, "method"), descriptor);
  }

  // Actors

  static List<byte[]> fields(ActorRow row) {
    return texts(
        "state", row.state().name(),
        "job", row.job().hex(),
        "node", row.node().hex(),
        "class", row.className(),
        "name", row.name(),
        "namespace", row.namespace(),
        "restarts", Integer.toString(row.restarts()),
        "detached", row.isDetached() ? "yes" : "no",
        "reason", row.reason());
  }

  static ActorRow actor(ActorId id, Map<String, String> fields) {
    return new ActorRow(
        id,
        job(fields),
        ActorRow.State.valueOf(fields.getOrDefault("state", ActorRow.State.DEAD.name())),
        NodeId.parse(fields.getOrDefault("node", NodeId.NIL.hex())),
        text(fields, "class"),
        text(fields, "name"),
        text(fields, "namespace"),
        (int) number(fields, "restarts"),
        text(fields, "detached").equals("yes"),
        text(fields, "reason"));
  }

  // Nodes

  static List<byte[]> fields(NodeRow row) {
    StringBuilder resources = new StringBuilder();
    new TreeMap<>(row.resources())
        .forEach((name, amount) ->
            resources
                .append(resources.isEmpty() ? "" : ",")
                .append(escape(name))
                .append('=')
                .append(amount));
    List<byte[]> fields =
        new ArrayList<>(
            texts(
                "host", row.host(),
                "address", row.address(),
                "pid", Long.toString(row.pid()),
                "head", row.isHead() ? "yes" : "no",
                "resources", resources.toString(),
                "started", Long.toString(row.startMillis()),
                "left", row.leftReason()));
    fields.addAll(fields(row.heartbeatMillis(), row.load()));
    return fields;
  }

  static List<byte[]> fields(long heartbeatMillis, NodeLoad load) {
    return texts(
        "heartbeat", Long.toString(heartbeatMillis),
        "waiting", Integer.toString(load.waitingTasks()),
        "running", Integer.toString(load.runningTasks()),
        "store-used", Long.toString(load.storeUsedBytes()),
        "store-capacity", Long.toString(load.storeCapacityBytes()));
  }

  static NodeRow node(NodeId id, Map<String, String> fields) {
    Map<String, Double> resources = new LinkedHashMap<>();
    for (String resource : text(fields, "resources").split(",", 0)) {
      int equals = resource.indexOf('=');
      if (equals > 0) {
        resources.put(
            unescape(resource.substring(0, equals)),
            Double.valueOf(resource.substring(equals + 1)));
      }
    }
    return new NodeRow(
        id,
        text(fields, "host"),
        text(fields, "address"),
        number(fields, "pid"),
        text(fields, "head").equals("yes"),
        resources,
        number(fields, "started"),
        number(fields, "heartbeat"),
        new NodeLoad(
            (int) number(fields, "waiting"),
            (int) number(fields, "running"),
            number(fields, "store-used"),
            number(fields, "store-capacity")),
        text(fields, "left"));
  }

  // Jobs

  static List<byte[]> fields(JobRow row) {
    return texts(
        "name", row.name(),
        "namespace", row.namespace(),
        "node", row.node().hex(),
        "pid", Long.toString(row.driverPid()),
        "started", Long.toString(row.startMillis()),
        "ended", Long.toString(row.endMillis()));
  }

  static JobRow job(JobId id, Map<String, String> fields) {
    return new JobRow(
        id,
        text(fields, "name"),
        text(fields, "namespace"),
        NodeId.parse(fields.getOrDefault("node", NodeId.NIL.hex())),
        number(fields, "pid"),
        number(fields, "started"),
        number(fields, "ended"));
  }

  // Errors

  /// An error's text: a line `time|number|type|task|function`, then the message. Equal times sort
  /// by the number.
  static String error(ErrorRow row, String unique) {
    return row.timeMillis()
        + "|"
        + unique
        + "|"
        + row.type().replace('|', ' ').replace('\n', ' ')
        + "|"
        + (row.task().isNil() ? "" : row.task().hex())
        + "|"
        + row.function().replace('\n', ' ')
        + "\n"
        + row.message();
  }

  static ErrorRow error(JobId job, String text) {
    int end = text.indexOf('\n');
    String[] parts = text.substring(0, end).split("\\|", 5);
    return new ErrorRow(
        job,
        parts[3].isEmpty() ? TaskId.NIL : TaskId.parse(parts[3]),
        Long.parseLong(parts[0]),
        parts[2],
        parts[4],
        text.substring(end + 1));
  }

  // Parts

  static List<byte[]> texts(String... namesAndValues) {
    List<byte[]> fields = new ArrayList<>(namesAndValues.length);
    for (String text : namesAndValues) {
      fields.add(Batch.text(text));
    }
    return fields;
  }

  private static JobId job(Map<String, String> fields) {
    return JobId.parse(fields.getOrDefault("job", JobId.NIL.hex()));
  }

  private static String text(Map<String, String> fields, String name) {
    return fields.getOrDefault(name, "");
  }

  private static long number(Map<String, String> fields, String name) {
    @Nullable String text = fields.get(name);
    return text == null ? 0 : Long.parseLong(text);
  }

  private static String escape(String name) {
    return name.replace("%", "%25").replace(",", "%2C").replace("=", "%3D");
  }

  private static String unescape(String name) {
    return name.replace("%3D", "=").replace("%2C", ",").replace("%25", "%");
  }
}

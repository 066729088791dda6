package org.rayakka.client.submission;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.StoreNode;
import org.rayakka.objectstore.StoreSettings;
import org.rayakka.protocol.FrameBuffer;
import org.rayakka.protocol.FrameReader;
import org.rayakka.protocol.TaskIds;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.CancelTaskEncoder;
import org.rayakka.protocol.sbe.ClientKind;
import org.rayakka.protocol.sbe.ErrorPublishedEncoder;
import org.rayakka.protocol.sbe.ExecuteTaskEncoder;
import org.rayakka.protocol.sbe.ExportFunctionDecoder;
import org.rayakka.protocol.sbe.GoodbyeDecoder;
import org.rayakka.protocol.sbe.HelloDecoder;
import org.rayakka.protocol.sbe.LaneBlockedDecoder;
import org.rayakka.protocol.sbe.LaneUnblockedDecoder;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.NeedObjectsDecoder;
import org.rayakka.protocol.sbe.ObjectsPutDecoder;
import org.rayakka.protocol.sbe.RecallTasksEncoder;
import org.rayakka.protocol.sbe.ReleaseObjectsDecoder;
import org.rayakka.protocol.sbe.ReplyEncoder;
import org.rayakka.protocol.sbe.RequestDecoder;
import org.rayakka.protocol.sbe.RequestKind;
import org.rayakka.protocol.sbe.StopWorkerEncoder;
import org.rayakka.protocol.sbe.TaskErrorDecoder;
import org.rayakka.protocol.sbe.TaskKind;
import org.rayakka.protocol.sbe.TaskOutcome;
import org.rayakka.protocol.sbe.TaskSpecDecoder;
import org.rayakka.protocol.sbe.TasksFinishedDecoder;
import org.rayakka.protocol.sbe.TasksRecalledDecoder;
import org.rayakka.protocol.sbe.WelcomeEncoder;

/// A node for tests of its clients: a real object store and a real socket, and the simplest of
/// schedulers, which gives each task a lane of its own, or all tasks one lane, as soon as its
/// arguments are sealed. It writes down what it is told.
public final class ScriptedNode implements LaunchedNode {
  private static final JobId JOB = new JobId(7);
  private static final String SECRET = "a test's secret";

  private final Path directory;
  private final ServerSocketChannel server;
  private final StoreNode store;
  private final List<Client> clients = new ArrayList<>();
  private final Map<TaskId, byte[]> functions = new LinkedHashMap<>();
  private final Deque<TaskSpec> waiting = new ArrayDeque<>();
  private final Map<ActorId, Integer> actorLanes = new HashMap<>();
  private final List<String> journal = new ArrayList<>();
  private final Map<TaskId, Integer> lanesOfTasks = new HashMap<>();
  private final Map<TaskId, TaskSpec> specs = new HashMap<>();
  private final Map<TaskId, Integer> attempts = new HashMap<>();
  private Function<Request, byte[]> answers = request -> new byte[0];
  private boolean oneLane;
  private boolean holdsTasks;
  private int nextLane = 1;
  private int released;
  private boolean closed;

  /// A request of a client.
  public record Request(RequestKind kind, ByteBuffer payload) {}

  private ScriptedNode(Path directory, long storeBytes) throws IOException {
    this.directory = directory;
    Files.writeString(directory.resolve(NodeSession.SECRET), SECRET);
    store = StoreNode.create(StoreSettings.ofCapacity(storeBytes).withPrefault(false));
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(directory.resolve(NodeSession.SOCKET)));
  }

  /// Starts a node.
  public static ScriptedNode start(Path directory) {
    try {
      ScriptedNode node = new ScriptedNode(directory, 256L << 20);
      Thread.ofPlatform().daemon().name("scripted-node").start(node::accept);
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Gives all plain tasks the same lane from now on.
  public synchronized void useOneLane() {
    oneLane = true;
  }

  /// Keeps tasks back until {@link #releaseTasks}.
  public synchronized void holdTasks() {
    holdsTasks = true;
  }

  public synchronized void releaseTasks() {
    holdsTasks = false;
    dispatch();
  }

  /// Sets the answers to requests.
  public synchronized void answer(Function<Request, byte[]> function) {
    answers = function;
  }

  /// Sees to what the store evicts nothing of.
  public ObjectStore view() {
    return store.client();
  }

  @Override
  public Path sessionDirectory() {
    return directory;
  }

  private void accept() {
    try {
      while (true) {
        Client client = new Client(server.accept());
        Thread.ofPlatform().daemon().name("scripted-node-client").start(client::read);
      }
    } catch (IOException e) {
      // closed
    }
  }

  /// Waits until what was written down fulfils a condition.
  public synchronized List<String> awaitJournal(Predicate<List<String>> condition) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    try {
      while (!condition.test(journal)) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError("the journal stays as it is: " + journal);
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return List.copyOf(journal);
  }

  public synchronized List<String> journal() {
    return List.copyOf(journal);
  }

  /// How many objects were released.
  public synchronized int released() {
    return released;
  }

  private synchronized void note(String entry) {
    journal.add(entry);
    notifyAll();
  }

  /// Publishes an error to the drivers.
  public synchronized void publishError(String function, String message) {
    for (Client client : clients) {
      if (client.kind == ClientKind.DRIVER) {
        client.send(buffer -> {
          ErrorPublishedEncoder frame =
              new ErrorPublishedEncoder()
                  .wrapAndApplyHeader(buffer.buffer(), buffer.begin(), new MessageHeaderEncoder())
                  .jobId(JOB.value())
                  .timeMillis(1);
          frame.taskId().high(1).low(2);
          byte[] text = utf8("task");
          frame.putErrorType(text, 0, text.length);
          text = utf8(function);
          frame.putFunctionName(text, 0, text.length);
          text = utf8(message);
          frame.putMessage(text, 0, text.length);
          return frame.encodedLength();
        });
      }
    }
  }

  /// Asks for unstarted tasks back.
  public synchronized void recall(int lane, int count) {
    worker()
        .send(buffer -> {
          RecallTasksEncoder frame =
              new RecallTasksEncoder()
                  .wrapAndApplyHeader(buffer.buffer(), buffer.begin(), new MessageHeaderEncoder())
                  .lane(lane)
                  .count(count);
          return frame.encodedLength();
        });
  }

  /// Cancels a task.
  public synchronized void cancel(TaskId task) {
    int lane = lanesOfTasks.getOrDefault(task, -1);
    worker()
        .send(buffer -> {
          CancelTaskEncoder frame =
              new CancelTaskEncoder()
                  .wrapAndApplyHeader(buffer.buffer(), buffer.begin(), new MessageHeaderEncoder())
                  .lane(lane)
                  .timeoutMs(-1);
          frame.taskId().high(task.high()).low(task.low());
          return frame.encodedLength();
        });
  }

  /// Ends the workers.
  public synchronized void stopWorkers() {
    worker()
        .send(buffer -> {
          new StopWorkerEncoder()
              .wrapAndApplyHeader(buffer.buffer(), buffer.begin(), new MessageHeaderEncoder());
          return StopWorkerEncoder.BLOCK_LENGTH;
        });
  }

  /// Closes the connections without a word, as a node that dies does.
  public synchronized void die() {
    for (Client client : clients) {
      client.close();
    }
  }

  private Client worker() {
    for (Client client : clients) {
      if (client.kind == ClientKind.WORKER) {
        return client;
      }
    }
    throw new IllegalStateException("no worker");
  }

  private boolean hasWorker() {
    return clients.stream().anyMatch(client -> client.kind == ClientKind.WORKER);
  }

  private synchronized void dispatch() {
    if (holdsTasks || !hasWorker()) {
      return;
    }
    for (TaskSpec spec : List.copyOf(waiting)) {
      boolean ready = true;
      for (ObjectId id : spec.references()) {
        ready &= store.client().contains(id);
      }
      if (ready) {
        waiting.remove(spec);
        execute(spec);
      }
    }
  }

  private void execute(TaskSpec spec) {
    int lane =
        switch (spec.kind()) {
          case ACTOR_CREATION -> actorLanes.computeIfAbsent(spec.actorId(), id -> nextLane++);
          case ACTOR_CALL -> actorLanes.getOrDefault(spec.actorId(), -1);
          default -> oneLane ? 0 : nextLane++;
        };
    lanesOfTasks.put(spec.taskId(), lane);
    int attempt = attempts.merge(spec.taskId(), 1, Integer::sum) - 1;
    UnsafeBuffer none = new UnsafeBuffer(new byte[0]);
    worker()
        .send(buffer -> {
          ExecuteTaskEncoder frame =
              new ExecuteTaskEncoder()
                  .wrapAndApplyHeader(buffer.buffer(), buffer.begin(), new MessageHeaderEncoder())
                  .lane(lane)
                  .attempt(attempt);
          frame.putGpuIds(none, 0, 0).putSpec(spec.bytes(), 0, spec.bytes().length);
          return frame.encodedLength();
        });
  }

  /// Encodes a frame into a buffer; returns the length of its body.
  private interface Body {
    int encode(FrameBuffer buffer);
  }

  /// One connection.
  private final class Client {
    private final SocketChannel channel;
    private final FrameReader reader = new FrameReader();
    private final FrameBuffer out = new FrameBuffer(4096);
    private @Nullable ClientKind kind;
    private int slot = -1;

    Client(SocketChannel channel) {
      this.channel = channel;
    }

    synchronized void send(Body body) {
      int length = body.encode(out);
      out.end(MessageHeaderEncoder.ENCODED_LENGTH + length);
      ByteBuffer bytes = out.bytes();
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException e) {
        note("broken " + kind);
      }
      out.clear();
    }

    void read() {
      try {
        while (true) {
          reader.read(channel, this::onFrame);
        }
      } catch (IOException e) {
        note("gone " + kind);
      }
    }

    void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void onFrame(MessageHeaderDecoder header, DirectBuffer buffer, int at, int length) {
      synchronized (ScriptedNode.this) {
        onBody(header, buffer, at, length);
      }
    }

    private void onBody(MessageHeaderDecoder header, DirectBuffer buffer, int at, int length) {
      int body = at + header.encodedLength();
      int block = header.blockLength();
      int version = header.version();
      switch (header.templateId()) {
        case HelloDecoder.TEMPLATE_ID ->
            onHello(new HelloDecoder().wrap(buffer, body, block, version));
        case TaskSpecDecoder.TEMPLATE_ID -> {
          TaskSpec spec = TaskSpec.read(buffer, at, length);
          specs.put(spec.taskId(), spec);
          waiting.add(spec);
          note("submitted " + spec.kind());
          dispatch();
        }
        case ExportFunctionDecoder.TEMPLATE_ID -> {
          ExportFunctionDecoder frame =
              new ExportFunctionDecoder().wrap(buffer, body, block, version);
          byte[] bytes = new byte[length];
          buffer.getBytes(at, bytes);
          functions.put(new TaskId(frame.functionId().high(), frame.functionId().low()), bytes);
          if (hasWorker()) {
            forward(worker(), bytes);
          }
          byte[] descriptor = new byte[frame.descriptorLength()];
          frame.getDescriptor(descriptor, 0, descriptor.length);
          RemoteFunction.Parsed parsed = RemoteFunction.Parsed.of(descriptor);
          note("exported " + RemoteFunction.displayName(parsed.className(), parsed.methodName()));
        }
        case TasksFinishedDecoder.TEMPLATE_ID -> {
          for (TasksFinishedDecoder.TasksDecoder task :
              new TasksFinishedDecoder().wrap(buffer, body, block, version).tasks()) {
            TaskId id = new TaskId(task.taskId().high(), task.taskId().low());
            note("finished " + task.outcome());
            TaskSpec spec = specs.get(id);
            if (task.outcome() == TaskOutcome.FAILED
                && spec != null
                && spec.retryExceptions()
                && attempts.getOrDefault(id, 0) <= spec.maxRetries()) {
              execute(spec);
            }
          }
          dispatch();
        }
        case LaneBlockedDecoder.TEMPLATE_ID -> {
          LaneBlockedDecoder frame = new LaneBlockedDecoder().wrap(buffer, body, block, version);
          List<TaskId> returned = new ArrayList<>();
          for (LaneBlockedDecoder.ReturnedDecoder task : frame.returned()) {
            returned.add(new TaskId(task.taskId().high(), task.taskId().low()));
          }
          note("blocked, returned " + returned.size());
          takeBack(returned);
        }
        case LaneUnblockedDecoder.TEMPLATE_ID -> note("unblocked");
        case TasksRecalledDecoder.TEMPLATE_ID -> {
          TasksRecalledDecoder frame =
              new TasksRecalledDecoder().wrap(buffer, body, block, version);
          List<TaskId> returned = new ArrayList<>();
          for (TasksRecalledDecoder.ReturnedDecoder task : frame.returned()) {
            returned.add(new TaskId(task.taskId().high(), task.taskId().low()));
          }
          note("recalled " + returned.size());
          takeBack(returned);
        }
        case NeedObjectsDecoder.TEMPLATE_ID ->
            note(
                "need "
                    + new NeedObjectsDecoder()
                        .wrap(buffer, body, block, version)
                        .objects()
                        .count());
        case ObjectsPutDecoder.TEMPLATE_ID ->
            note(
                "put "
                    + new ObjectsPutDecoder().wrap(buffer, body, block, version).objects().count());
        case ReleaseObjectsDecoder.TEMPLATE_ID -> {
          released +=
              new ReleaseObjectsDecoder().wrap(buffer, body, block, version).objects().count();
          note("released");
        }
        case TaskErrorDecoder.TEMPLATE_ID -> {
          TaskErrorDecoder frame = new TaskErrorDecoder().wrap(buffer, body, block, version);
          NodeSession.text(frame.errorTypeLength(), frame::getErrorType);
          note("error in " + NodeSession.text(frame.functionNameLength(), frame::getFunctionName));
        }
        case RequestDecoder.TEMPLATE_ID -> {
          RequestDecoder frame = new RequestDecoder().wrap(buffer, body, block, version);
          long correlation = frame.correlationId();
          RequestKind asked = frame.kind();
          byte[] payload = new byte[frame.payloadLength()];
          frame.getPayload(payload, 0, payload.length);
          note("asked " + asked);
          byte[] answer = answers.apply(new Request(asked, Payload.of(payload)));
          send(out -> {
            ReplyEncoder reply =
                new ReplyEncoder()
                    .wrapAndApplyHeader(out.buffer(), out.begin(), new MessageHeaderEncoder())
                    .correlationId(correlation)
                    .failed((short) 0);
            reply.putPayload(answer, 0, answer.length);
            return reply.encodedLength();
          });
        }
        case GoodbyeDecoder.TEMPLATE_ID -> note("goodbye");
        default -> note("frame " + header.templateId());
      }
    }

    private void takeBack(List<TaskId> returned) {
      for (TaskId id : returned) {
        TaskSpec spec = specs.get(id);
        if (spec != null) {
          attempts.merge(id, -1, Integer::sum);
          oneLane = false;
          waiting.add(spec);
        }
      }
      dispatch();
    }

    private void onHello(HelloDecoder hello) {
      kind = hello.kind();
      slot = store.openSlot(hello.pid());
      clients.add(this);
      TaskId root = TaskIds.ofDriver(JOB, hello.objectIdSeed());
      send(out -> {
        WelcomeEncoder frame =
            new WelcomeEncoder()
                .wrapAndApplyHeader(out.buffer(), out.begin(), new MessageHeaderEncoder())
                .jobId(JOB.value())
                .slot(slot)
                .storeCapacity(1)
                .sendsOutput((short) 0);
        frame.nodeId().high(3).low(4);
        frame.rootTaskId().high(root.high()).low(root.low());
        byte[] text = utf8(store.segmentPath().toString());
        frame.putSegmentPath(text, 0, text.length);
        text = utf8(directory.toString());
        frame.putSessionDirectory(text, 0, text.length);
        text = utf8("127.0.0.1:1");
        frame.putRedisAddress(text, 0, text.length);
        text = utf8("127.0.0.1");
        frame.putNodeAddress(text, 0, text.length);
        text = utf8("tests");
        frame.putJobNamespace(text, 0, text.length);
        return frame.encodedLength();
      });
      if (kind == ClientKind.WORKER) {
        for (byte[] function : functions.values()) {
          forward(this, function);
        }
        dispatch();
      }
    }

    private void forward(Client to, byte[] frame) {
      to.send(out -> {
        out.buffer().putBytes(out.begin(), frame);
        return frame.length - MessageHeaderEncoder.ENCODED_LENGTH;
      });
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// The spec of a task that was submitted.
  public synchronized @Nullable TaskSpec spec(TaskId id) {
    return specs.get(id);
  }

  /// How many plain tasks were submitted.
  public synchronized long submittedTasks() {
    return specs.values().stream().filter(spec -> spec.kind() == TaskKind.TASK).count();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    die();
    synchronized (this) {
      if (!closed) {
        closed = true;
        store.close();
      }
    }
  }
}

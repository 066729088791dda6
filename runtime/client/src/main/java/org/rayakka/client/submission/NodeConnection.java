package org.rayakka.client.submission;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RaySystemException;
import org.rayakka.api.exception.RayTimeoutException;
import org.rayakka.protocol.FrameBuffer;
import org.rayakka.protocol.FrameReader;
import org.rayakka.protocol.sbe.CollectGarbageDecoder;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.ReplyDecoder;
import org.rayakka.protocol.sbe.RequestEncoder;
import org.rayakka.protocol.sbe.RequestKind;

/// The one socket between this process and its node.
///
/// **Out.** Any thread appends frames to a shared buffer, under a lock that is held for a copy. Who
/// writes them to the socket: the first submission after a quiet time writes itself, so that a lone
/// task starts at once and a loop of submit and get never wakes another thread; those behind it
/// gather, and go out when somebody is about to block ({@link #flush}), when 16 KiB have gathered,
/// or with the next tick of the flusher thread, which parks when there is nothing to do. A full
/// socket holds the writer, and behind it all who append more than {@link #BACK_PRESSURE_BYTES}.
///
/// **In.** One thread at a time calls {@link #read}: a driver's reader thread, or whichever lane of
/// a worker has the reading role.
///
/// The channel is not blocking, because interrupting a thread inside a blocking channel operation
/// closes the channel, and user code interrupts threads. Both directions wait in selectors, which
/// an interrupt only wakes.
public final class NodeConnection implements AutoCloseable {
  private static final int FLUSH_BYTES = 16 * 1024;
  private static final int BACK_PRESSURE_BYTES = 1024 * 1024;

  /// How long frames gather while the flusher is active.
  private static final long TICK_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  /// Ticks without a frame after which the flusher parks: about 2 ms.
  private static final int IDLE_TICKS = 20;

  /// The longest that a frame which nobody waits for stays in the buffer.
  private static final long LAZY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final SocketChannel channel;
  private final Selector readable;
  private final Selector writable;
  private final FrameReader reader = new FrameReader();
  private final Thread flusher;

  private final ReentrantLock appendLock = new ReentrantLock();
  private FrameBuffer filling = new FrameBuffer(2 * FLUSH_BYTES); // guarded by appendLock
  private volatile int buffered; // length of filling; written under appendLock

  private final ReentrantLock writeLock = new ReentrantLock();
  private FrameBuffer writing = new FrameBuffer(2 * FLUSH_BYTES); // guarded by writeLock

  private final Map<Long, CompletableFuture<byte[]>> requests = new ConcurrentHashMap<>();
  private final RequestedCollection collection = new RequestedCollection(); // the reading thread's
  private final AtomicLong correlation = new AtomicLong();
  private final List<byte[]> early = new ArrayList<>(); // the reading thread's
  private final ReplyDecoder reply = new ReplyDecoder(); // the reading thread's
  private final CollectGarbageDecoder collectGarbage =
      new CollectGarbageDecoder(); // the reading thread's

  private volatile boolean quiet = true;
  private volatile boolean flusherActive;
  private volatile @Nullable Runnable lazySource;
  private volatile boolean lazyWork;
  private volatile @Nullable String failure;

  private NodeConnection(SocketChannel channel, String name) throws IOException {
    this.channel = channel;
    channel.configureBlocking(false);
    readable = Selector.open();
    writable = Selector.open();
    channel.register(readable, SelectionKey.OP_READ);
    channel.register(writable, SelectionKey.OP_WRITE);
    flusher = Thread.ofPlatform().name("ray-flusher-" + name).daemon().unstarted(this::runFlusher);
  }

  /// Encodes one frame.
  @FunctionalInterface
  public interface Encoder {
    /// Writes a message header and body.
    ///
    /// @param buffer grows as it is written to
    /// @param offset where the message header goes
    /// @return how many bytes it wrote
    int encode(MutableDirectBuffer buffer, int offset);
  }

  /// Connects to the node of a session.
  ///
  /// @param socket the node's socket
  /// @param name of the client, for its threads
  /// @throws IOException if nobody listens there
  public static NodeConnection open(Path socket, String name) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      NodeConnection connection = new NodeConnection(channel, name);
      connection.flusher.start();
      return connection;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// Sets what adds the frames that are sent lazily, when it was announced by {@link
  /// #announceLazyWork}. Called by the flusher.
  void onLazyFlush(Runnable source) {
    lazySource = source;
  }

  /// Says that the source set by {@link #onLazyFlush} has something to send within some 20 ms.
  void announceLazyWork() {
    if (!lazyWork) {
      lazyWork = true;
      if (!flusherActive) {
        LockSupport.unpark(flusher);
      }
    }
  }

  /// Appends a frame that is encoded already. It is sent soon; see the class comment.
  ///
  /// @param source where its message header begins
  /// @param offset in the source
  /// @param length bytes of its message header and body
  /// @throws RayException if the connection is lost
  public void append(DirectBuffer source, int offset, int length) {
    int waiting;
    appendLock.lock();
    try {
      checkOpen();
      filling.append(source, offset, length);
      waiting = filling.length();
      buffered = waiting;
    } finally {
      appendLock.unlock();
    }
    appended(waiting);
  }

  /// Appends a frame. It is sent soon; see the class comment.
  ///
  /// @param encoder writes it; called at once, under the lock: it must not call back
  /// @throws RayException if the connection is lost
  public void append(Encoder encoder) {
    appended(gather(encoder));
  }

  /// Appends a frame that goes with the next flush, whoever makes it.
  ///
  /// @param encoder writes it; called at once, under the lock: it must not call back
  /// @return bytes that wait now
  /// @throws RayException if the connection is lost
  public int gather(Encoder encoder) {
    appendLock.lock();
    try {
      checkOpen();
      int length = encoder.encode(filling.buffer(), filling.begin());
      filling.end(length);
      buffered = filling.length();
      return buffered;
    } finally {
      appendLock.unlock();
    }
  }

  private void appended(int waiting) {
    if (waiting >= FLUSH_BYTES) {
      if (waiting >= BACK_PRESSURE_BYTES) {
        write();
      } else if (writeLock.tryLock()) {
        try {
          writeHeld();
        } finally {
          writeLock.unlock();
        }
      }
      wakeFlusher();
    } else if (quiet && !flusherActive) {
      quiet = false;
      write();
    } else {
      wakeFlusher();
    }
  }

  private void wakeFlusher() {
    if (!flusherActive && buffered > 0) {
      flusherActive = true;
      LockSupport.unpark(flusher);
    }
  }

  /// Writes everything appended so far. Called by a thread that is about to wait for what it has
  /// set going. Does nothing if the connection is lost: the waiting code finds that out.
  public void flush() {
    quiet = true;
    write();
  }

  private void write() {
    if (buffered == 0 && !writeLock.isLocked()) {
      return;
    }
    writeLock.lock();
    try {
      writeHeld();
    } finally {
      writeLock.unlock();
    }
  }

  private void writeHeld() {
    appendLock.lock();
    try {
      if (filling.length() == 0) {
        return;
      }
      FrameBuffer full = filling;
      filling = writing;
      writing = full;
      buffered = 0;
    } finally {
      appendLock.unlock();
    }
    boolean interrupted = false;
    try {
      ByteBuffer bytes = writing.bytes();
      while (bytes.hasRemaining()) {
        if (channel.write(bytes) == 0) {
          interrupted |= Thread.interrupted();
          writable.select();
          writable.selectedKeys().clear();
        }
      }
    } catch (IOException | RuntimeException e) {
      fail("the connection to the node broke: " + e);
    } finally {
      writing.clear();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void runFlusher() {
    int idle = 0;
    long lazySince = 0;
    while (failure == null) {
      boolean lazy = lazyWork;
      if (lazy) {
        long now = System.nanoTime();
        if (lazySince == 0) {
          lazySince = now;
        } else if (now - lazySince >= LAZY_NANOS) {
          lazySince = 0;
          lazyWork = false;
          lazy = false;
          Runnable source = lazySource;
          if (source != null) {
            runLazy(source);
          }
        }
      }
      if (buffered > 0) {
        write();
        idle = 0;
      } else {
        idle++;
      }
      if (idle <= IDLE_TICKS) {
        LockSupport.parkNanos(this, TICK_NANOS);
        continue;
      }
      // From here on whoever appends writes itself, or wakes this thread: it reads flusherActive
      // after it wrote buffered, and this thread reads buffered after it wrote flusherActive.
      flusherActive = false;
      quiet = true;
      if (buffered == 0 && failure == null) {
        if (lazy) {
          LockSupport.parkNanos(this, LAZY_NANOS);
        } else if (!lazyWork) {
          LockSupport.park(this);
        }
      }
      if (flusherActive || buffered > 0) {
        flusherActive = true;
        idle = 0;
      }
    }
  }

  private void runLazy(Runnable source) {
    try {
      source.run();
    } catch (RayException e) {
      // The connection is lost, which ends this thread's loop.
      fail(String.valueOf(e.getMessage()));
    }
  }

  /// Waits until something arrives, and hands over the frames that are complete. Replies to
  /// requests of this process are taken out. For one thread at a time.
  ///
  /// @param handler takes the frames
  /// @param timeoutMillis how long to wait; 0 without limit
  /// @return how many frames arrived
  /// @throws IOException at the end of the connection
  public int read(FrameReader.Handler handler, long timeoutMillis) throws IOException {
    if (!early.isEmpty()) {
      return readEarly(handler);
    }
    try {
      int ready = readable.select(timeoutMillis);
      if (failure != null) {
        throw new EOFException(failure);
      }
      if (ready == 0) {
        return 0;
      }
      readable.selectedKeys().clear();
    } catch (ClosedSelectorException e) {
      throw new IOException("the connection was closed", e);
    }
    return reader.read(
        channel,
        (header, buffer, offset, length) -> {
          if (header.templateId() == ReplyDecoder.TEMPLATE_ID) {
            reply.wrap(
                buffer, offset + header.encodedLength(), header.blockLength(), header.version());
            onReply();
          } else if (header.templateId() == CollectGarbageDecoder.TEMPLATE_ID) {
            collectGarbage.wrap(
                buffer, offset + header.encodedLength(), header.blockLength(), header.version());
            collection.asked(collectGarbage.urgent() == 1);
          } else {
            handler.onFrame(header, buffer, offset, length);
          }
        });
  }

  /// Puts a frame aside for the next {@link #read}: it came behind the one that the reader waited
  /// for, in the same piece. To be called by a handler.
  ///
  /// @param buffer what the frame stands in
  /// @param offset where its message header begins
  /// @param length bytes of its message header and body
  public void keepForNextRead(DirectBuffer buffer, int offset, int length) {
    byte[] frame = new byte[length];
    buffer.getBytes(offset, frame);
    early.add(frame);
  }

  private int readEarly(FrameReader.Handler handler) throws IOException {
    List<byte[]> frames = List.copyOf(early);
    early.clear();
    MessageHeaderDecoder header = new MessageHeaderDecoder();
    for (byte[] frame : frames) {
      UnsafeBuffer buffer = new UnsafeBuffer(frame);
      handler.onFrame(header.wrap(buffer, 0), buffer, 0, frame.length);
    }
    return frames.size();
  }

  /// Makes a {@link #read} that waits, or the next one, return.
  public void wakeReader() {
    readable.wakeup();
  }

  private void onReply() {
    CompletableFuture<byte[]> request = requests.remove(reply.correlationId());
    if (request == null) {
      return;
    }
    boolean failed = reply.failed() != 0;
    byte[] payload = new byte[reply.payloadLength()];
    reply.getPayload(payload, 0, payload.length);
    if (failed) {
      request.completeExceptionally(
          new RaySystemException(new String(payload, StandardCharsets.UTF_8)));
    } else {
      request.complete(payload);
    }
  }

  /// Sends a request. The answer arrives while somebody reads.
  ///
  /// @param kind what is asked
  /// @param payload its arguments
  /// @return completes with the answer's payload
  /// @throws RayException if the connection is lost
  public CompletableFuture<byte[]> request(RequestKind kind, byte[] payload) {
    long id = correlation.incrementAndGet();
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    requests.put(id, answer);
    try {
      gather((buffer, offset) -> {
        RequestEncoder request =
            new RequestEncoder()
                .wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder())
                .correlationId(id)
                .kind(kind)
                .putPayload(payload, 0, payload.length);
        return MessageHeaderEncoder.ENCODED_LENGTH + request.encodedLength();
      });
    } catch (RayException e) {
      requests.remove(id);
      throw e;
    }
    flush();
    if (failure != null) {
      failRequests();
    }
    return answer;
  }

  /// Waits for the answer to a request.
  ///
  /// @param answer from {@link #request}
  /// @param timeoutNanos how long
  /// @return its payload
  /// @throws InterruptedException if the waiting thread is interrupted
  /// @throws RayException if the node refuses, the connection is lost, or time is up
  static byte[] await(CompletableFuture<byte[]> answer, long timeoutNanos)
      throws InterruptedException {
    try {
      return answer.get(timeoutNanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      // A new exception, so that its stack is the waiting code's.
      Throwable cause = e.getCause();
      throw new RaySystemException(
          cause == null ? e.toString() : String.valueOf(cause.getMessage()), e);
    } catch (TimeoutException e) {
      throw new RayTimeoutException(
          "the node did not answer within " + TimeUnit.NANOSECONDS.toSeconds(timeoutNanos) + " s",
          e);
    }
  }

  /// Whether the connection is usable.
  public boolean isOpen() {
    return failure == null;
  }

  /// Throws if the connection is lost.
  ///
  /// @throws RayException that says why
  public void checkOpen() {
    String reason = failure;
    if (reason != null) {
      throw new RaySystemException(reason);
    }
  }

  /// Ends the connection: every blocked and later call throws.
  ///
  /// @param reason for a person
  public void fail(String reason) {
    if (failure == null) {
      failure = reason;
    }
    failRequests();
    LockSupport.unpark(flusher);
    readable.wakeup();
  }

  private void failRequests() {
    String reason = String.valueOf(failure);
    for (Long id : List.copyOf(requests.keySet())) {
      CompletableFuture<byte[]> request = requests.remove(id);
      if (request != null) {
        request.completeExceptionally(new RaySystemException(reason));
      }
    }
  }

  /// Writes what was appended and closes the socket.
  @Override
  public void close() {
    if (failure == null) {
      write();
    }
    fail("this process has left its node (expected: a call before Ray.shutdown())");
    try {
      channel.close();
      readable.close();
      writable.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

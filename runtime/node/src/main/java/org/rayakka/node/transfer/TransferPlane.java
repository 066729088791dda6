package org.rayakka.node.transfer;

import io.aeron.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.NodeId;
import org.rayakka.objectstore.ObjectStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that moves bytes between this node's store and other nodes', and works for Aeron
/// between. It is told what to do by one other thread, and tells what happened; everything between
/// is its own. The orders that wait are as many as the {@link FetchQueue} and the {@link SendQueue}
/// let through.
final class TransferPlane implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TransferPlane.class);

  /// Aeron's number of the stream that objects take.
  static final int STREAM = 1;

  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// After the last transfer, the next one finds the thread awake for so long.
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long STOP_MILLIS = 3_000;

  private final NodeId self;
  private final TransferSettings settings;
  private final ObjectStore store;
  private final long nonce;
  private final Consumer<PlaneEvent> events;
  private final ParkingIdleStrategy idle = new ParkingIdleStrategy();
  private final ConcurrentLinkedQueue<Order> orders = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean isRunning = true;

  private sealed interface Order {
    record Expect(long transferId, NodeId holder, Incoming incoming) implements Order {}

    record Stop(long transferId) implements Order {}

    record Drop(Incoming incoming) implements Order {}

    record Send(Outgoing outgoing) implements Order {}

    record EndSending(long transferId) implements Order {}
  }

  private TransferPlane(
      NodeId self,
      TransferSettings settings,
      ObjectStore store,
      long nonce,
      Consumer<PlaneEvent> events) {
    this.self = self;
    this.settings = settings;
    this.store = store;
    this.nonce = nonce;
    this.events = events;
    thread = Thread.ofPlatform().name("rayakka-transfer").daemon().unstarted(this::run);
  }

  /// Starts a plane; it tells when it is up.
  ///
  /// @param self this node
  /// @param settings how
  /// @param store the node's own view; its space requester must not block
  /// @param nonce what streams to this node have to prove that they know
  /// @param events told what happens, on the plane's thread
  static TransferPlane start(
      NodeId self,
      TransferSettings settings,
      ObjectStore store,
      long nonce,
      Consumer<PlaneEvent> events) {
    TransferPlane plane = new TransferPlane(self, settings, store, nonce, events);
    plane.thread.start();
    return plane;
  }

  /// Takes in what comes of a transfer.
  void expect(long transferId, NodeId holder, Incoming incoming) {
    order(new Order.Expect(transferId, holder, incoming));
  }

  /// Takes nothing more of it in, and answers when that is so.
  void stop(long transferId) {
    order(new Order.Stop(transferId));
  }

  /// Gives up what has come of an object; no transfer of it may be expected.
  void drop(Incoming incoming) {
    order(new Order.Drop(incoming));
  }

  /// Sends an object, and unpins it when that has ended.
  void send(Outgoing outgoing) {
    order(new Order.Send(outgoing));
  }

  /// The receiver has the object, or does not want it any more.
  void endSending(long transferId) {
    order(new Order.EndSending(transferId));
  }

  private void order(Order order) {
    orders.add(order);
    idle.wake();
  }

  private void run() {
    String reason = "the node stops";
    try (Turns turns = new Turns()) {
      while (isRunning) {
        turns.take();
      }
      turns.sender.close("the node stops");
    } catch (RuntimeException e) {
      LOG.warn("transfer state=failed", e);
      reason = String.valueOf(e.getMessage());
    }
    refuseOrders();
    events.accept(new PlaneEvent.Down(reason));
  }

  /// What the thread does again and again. A method of its own is compiled anew at once when it
  /// turns out otherwise than the compiler thought; a loop that never ends would be interpreted
  /// until then.
  private final class Turns implements AutoCloseable {
    private final TransferReceiver receiver;
    private final AeronDriver driver;
    private final TransferSender sender;
    private final long registration;
    private final long begin = System.nanoTime();
    private long checkAt = begin;
    private long restAt = begin + LINGER_NANOS;
    private boolean isOnlySending;
    private @Nullable Subscription subscription;
    private @Nullable String endpoint;

    Turns() {
      receiver = new TransferReceiver(store, settings, nonce, events, this::takeOrders);
      Long2ObjectHashMap<Outgoing> outgoing = new Long2ObjectHashMap<>();
      driver = AeronDriver.start(settings, outgoing::get, receiver::place);
      sender = new TransferSender(self, settings.secret(), driver, outgoing, events);
      try {
        registration =
            driver
                .aeron()
                .asyncAddSubscription(driver.inbound(), STREAM, image -> {}, receiver::streamEnded);
      } catch (RuntimeException e) {
        driver.close();
        throw e;
      }
    }

    void take() {
      long now = System.nanoTime();
      int work = driver.work(isOnlySending);
      Subscription open = subscription;
      if (open != null && endpoint != null) {
        work += takeOrders();
        work += receiver.receive(open);
        work += sender.send(now);
      } else {
        open(now);
      }
      if (now - checkAt > CHECK_NANOS) {
        receiver.check(now);
        checkAt = now;
      }
      boolean isReceiving = receiver.isBusy();
      boolean isSending = sender.isBusy();
      isOnlySending = isSending && !isReceiving && work > 0;
      if (endpoint == null || isReceiving || isSending || !orders.isEmpty()) {
        restAt = now + LINGER_NANOS;
      }
      idle.idle(work, now - restAt < 0);
    }

    private void open(long now) {
      Subscription open = subscription;
      if (open == null) {
        subscription = driver.aeron().getSubscription(registration);
      } else {
        endpoint = resolved(open);
        if (endpoint != null) {
          LOG.info("transfer state=up endpoint={}", endpoint);
          events.accept(new PlaneEvent.Up(endpoint, nonce));
        }
      }
      if (endpoint == null && now - begin > START_NANOS) {
        throw new IllegalStateException("Aeron gave no endpoint in time");
      }
    }

    private int takeOrders() {
      int taken = 0;
      for (Order order = orders.poll(); order != null; order = orders.poll()) {
        taken++;
        switch (order) {
          case Order.Expect(var transferId, var holder, var incoming) ->
              receiver.expect(transferId, holder, incoming);
          case Order.Stop(var transferId) -> receiver.stop(transferId);
          case Order.Drop(var incoming) -> incoming.drop();
          case Order.Send(var outgoing) -> sender.send(outgoing);
          case Order.EndSending(var transferId) -> sender.end(transferId);
        }
      }
      return taken;
    }

    @Override
    public void close() {
      driver.close();
    }
  }

  /// Lets go of what was ordered and never begun.
  private void refuseOrders() {
    for (Order order = orders.poll(); order != null; order = orders.poll()) {
      switch (order) {
        case Order.Send(var outgoing) -> outgoing.object.close();
        case Order.Drop(var incoming) -> incoming.drop();
        case Order.Expect _, Order.Stop _, Order.EndSending _ -> {}
      }
    }
  }

  /// The port is known when the driver has bound it.
  private @Nullable String resolved(Subscription subscription) {
    List<String> addresses = new ArrayList<>(subscription.localSocketAddresses());
    if (addresses.isEmpty()) {
      return null;
    }
    String bound = addresses.getFirst();
    return AeronDriver.endpoint(
        settings.address(), Integer.parseInt(bound.substring(bound.lastIndexOf(':') + 1)));
  }

  /// Ends the thread, and waits for it.
  @Override
  public void close() {
    isRunning = false;
    idle.wake();
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package org.rayakka.node.control.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.node.control.Channel;
import org.rayakka.node.control.ControlStateException;
import org.rayakka.node.control.Notification;
import org.rayakka.node.control.Notifications;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.exceptions.JedisException;

/// Subscriptions on Redis, each on connections of its own: one to each server that publishes to its
/// channel, read by a virtual thread.
///
/// A server that answers no ping for a while counts as lost, because a connection whose other end
/// vanished looks like one on which nothing is published.
final class RedisNotifications implements Notifications, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedisNotifications.class);

  private static final Duration PING_EVERY = Duration.ofSeconds(3);
  private static final Duration LOST_AFTER = Duration.ofSeconds(10);

  private final Servers servers;
  private final RedisSettings settings;
  private final Set<Subscribed> subscriptions = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService pings =
      Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "control-pings");
        thread.setDaemon(true);
        return thread;
      });

  RedisNotifications(Servers servers, RedisSettings settings) {
    this.servers = servers;
    this.settings = settings;
    // Read nowhere: the executor reports a failed ping to nobody, and ping() catches its own.
    var _ =
        pings.scheduleWithFixedDelay(
            () -> subscriptions.forEach(Subscribed::ping),
            PING_EVERY.toMillis(),
            PING_EVERY.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public Subscription subscribe(
      Channel channel, Executor executor, Consumer<Notification> listener) {
    Subscribed subscription = new Subscribed(channel, executor, listener);
    subscriptions.add(subscription);
    subscription.start();
    return subscription;
  }

  @Override
  public void close() {
    pings.shutdownNow();
    subscriptions.forEach(Subscribed::close);
  }

  private final class Subscribed implements Subscription {
    private final Channel channel;
    private final Executor executor;
    private final Consumer<Notification> listener;
    private final List<Link> links = new ArrayList<>();
    private final CompletableFuture<Void> active;

    Subscribed(Channel channel, Executor executor, Consumer<Notification> listener) {
      this.channel = channel;
      this.executor = executor;
      this.listener = listener;
      int first = channel == Channel.OBJECTS ? servers.firstOfTasks() : Servers.PRIMARY;
      int last = channel == Channel.OBJECTS ? servers.count() - 1 : Servers.PRIMARY;
      for (int shard = first; shard <= last; shard++) {
        links.add(new Link(this, shard));
      }
      active =
          CompletableFuture.allOf(
              links.stream().map(link -> link.confirmed).toArray(CompletableFuture<?>[]::new));
    }

    void start() {
      links.forEach(link -> Thread.ofVirtual().name("control-" + channel).start(link));
    }

    @Override
    public CompletionStage<Void> active() {
      return active;
    }

    void ping() {
      links.forEach(Link::sendPing);
    }

    void tell(Notification notification) {
      try {
        executor.execute(() -> listener.accept(notification));
      } catch (RejectedExecutionException refused) {
        LOG.warn("channel={} listener takes no more: {}", channel, refused.toString());
      }
    }

    @Override
    public void close() {
      subscriptions.remove(this);
      links.forEach(Link::end);
    }
  }

  /// The connection to one server. Its thread reads; others ping and end it.
  private final class Link extends JedisPubSub implements Runnable {
    private final Subscribed subscription;
    private final int shard;
    private final CompletableFuture<Void> confirmed = new CompletableFuture<>();
    private volatile boolean isClosed;
    private volatile @Nullable Jedis connection;
    private volatile @Nullable Thread reader;
    private long delayNanos = settings.retryDelay().toNanos();

    Link(Subscribed subscription, int shard) {
      this.subscription = subscription;
      this.shard = shard;
    }

    @Override
    public void run() {
      reader = Thread.currentThread();
      while (!isClosed) {
        try (Jedis opened = servers.openForWaiting(shard, LOST_AFTER)) {
          connection = opened;
          if (!isClosed) {
            opened.subscribe(this, Rows.channel(subscription.channel));
          }
        } catch (JedisException lost) {
          if (!isClosed) {
            LOG.info(
                "redis={} channel={} subscription lost: {}",
                servers.address(shard),
                subscription.channel,
                lost.toString());
            LockSupport.parkNanos(this, delayNanos);
            delayNanos = Math.min(2 * delayNanos, settings.maxRetryDelay().toNanos());
          }
        }
      }
      confirmed.completeExceptionally(
          new ControlStateException("subscription: " + subscription.channel + ": closed"));
    }

    @Override
    public void onSubscribe(String name, int count) {
      delayNanos = settings.retryDelay().toNanos();
      if (!confirmed.complete(null)) {
        subscription.tell(new Notification.Missed(subscription.channel));
      }
    }

    @Override
    public void onMessage(String name, String message) {
      try {
        Rows.read(subscription.channel, message, subscription::tell);
      } catch (IllegalArgumentException | IndexOutOfBoundsException unreadable) {
        LOG.warn("channel={} unreadable message '{}'", subscription.channel, message, unreadable);
      }
    }

    void sendPing() {
      if (isSubscribed()) {
        try {
          ping();
        } catch (JedisException lost) {
          LOG.debug("redis={} ping: {}", servers.address(shard), lost.toString());
        }
      }
    }

    /// Breaks the connection under the reader, which then sees that it is closed.
    void end() {
      isClosed = true;
      Jedis current = connection;
      if (current != null) {
        try {
          current.getConnection().forceDisconnect();
        } catch (java.io.IOException | JedisException broken) {
          LOG.debug("redis={} disconnect: {}", servers.address(shard), broken.toString());
        }
      }
      Thread waiting = reader;
      if (waiting != null) {
        LockSupport.unpark(waiting);
      }
    }
  }
}

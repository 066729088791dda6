package org.rayakka.node.loop;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/// Makes an {@link EventLoop} the executor of an Akka dispatcher. The dispatcher's configuration
/// names the loop by its number, in `event-loop`.
public final class EventLoopExecutorConfigurator extends ExecutorServiceConfigurator {
  private final EventLoop loop;

  /// Called by Akka.
  ///
  /// @param config the dispatcher's configuration
  /// @param prerequisites unused
  public EventLoopExecutorConfigurator(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    loop = EventLoop.numbered(config.getLong("event-loop"));
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(
      String id, ThreadFactory threadFactory) {
    return () -> new LoopExecutor(loop);
  }

  /// Hands on to the loop; its end is the node's business, not the dispatcher's.
  private static final class LoopExecutor extends AbstractExecutorService {
    private final EventLoop loop;
    private volatile boolean shutdown;

    LoopExecutor(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public void execute(Runnable command) {
      loop.execute(command);
    }

    @Override
    public void shutdown() {
      shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      shutdown = true;
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return shutdown;
    }

    @Override
    public boolean isTerminated() {
      return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return shutdown;
    }
  }
}

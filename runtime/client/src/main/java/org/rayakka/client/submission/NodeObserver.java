package org.rayakka.client.submission;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.rayakka.api.exception.RaySystemException;
import org.rayakka.api.exception.RayTimeoutException;
import org.rayakka.api.state.StateQuery;
import org.rayakka.protocol.sbe.RequestKind;

/// Looks into a node without being a driver: no job, no workers, no share of its store. For one
/// thread.
public final class NodeObserver implements AutoCloseable {
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long READ_MILLIS = 1_000;

  private final NodeConnection connection;

  private NodeObserver(NodeConnection connection) {
    this.connection = connection;
  }

  /// Connects to a node.
  ///
  /// @param directory its session's folder
  /// @return an observer
  /// @throws RaySystemException if there is no node, or it refuses
  public static NodeObserver open(Path directory) {
    return new NodeObserver(
        NodeSession.greet(directory, NodeSession.Introduction.ofObserver()).connection());
  }

  /// Reads a table.
  ///
  /// @param table its name, such as `tasks`
  /// @param query which rows
  /// @return the rows
  /// @throws RaySystemException if there is no such table or column, or the node does not answer
  public StateRows list(String table, StateQuery query) {
    CompletableFuture<byte[]> answer =
        connection.request(RequestKind.LIST_STATE, StateRows.request(table, query).bytes());
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    try {
      while (!answer.isDone()) {
        if (System.nanoTime() - deadline > 0) {
          throw new RayTimeoutException("the node did not answer within 60 s");
        }
        connection.read((header, buffer, offset, length) -> {}, READ_MILLIS);
      }
      return StateRows.of(NodeConnection.await(answer, 0));
    } catch (IOException e) {
      throw new RaySystemException("the node is gone: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RaySystemException("interrupted while waiting for the node", e);
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}

package org.rayakka.node.control;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// The message bus of the control state. A notification arrives once in normal operation; after
/// trouble with the connection some may arrive twice, and a {@link Notification.Missed} tells that
/// some may not have arrived.
public interface Notifications {
  /// Subscribes to a channel.
  ///
  /// @param channel what
  /// @param executor runs the listener; one call follows the other if it runs them in order
  /// @param listener told each notification
  /// @return the subscription; it holds until it is closed
  Subscription subscribe(Channel channel, Executor executor, Consumer<Notification> listener);

  /// What a subscriber holds.
  interface Subscription extends AutoCloseable {
    /// Tells when the subscription counts.
    ///
    /// @return completes when the server confirmed it: what is published from then on arrives
    CompletionStage<Void> active();

    /// Ends the subscription. A call of the listener that is on its way may still happen.
    @Override
    void close();
  }
}

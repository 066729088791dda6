package org.rayakka.node.peer;

import akka.actor.typed.ActorRef;
import org.rayakka.api.id.NodeId;

/// What the {@link Peers} of two nodes send each other over Akka Remote.
sealed interface WireMessage extends Peers.Command {
  /// Who sends it.
  NodeId from();

  /// I am there.
  ///
  /// @param from who sends it
  /// @param peers where it takes messages
  record Hello(NodeId from, ActorRef<Peers.Command> peers) implements WireMessage {}

  /// A message, or a part of one.
  ///
  /// @param from who sends it
  /// @param acknowledged the number of the last part that the sender has got
  /// @param part the part
  record Parcel(NodeId from, long acknowledged, Part part) implements WireMessage {}

  /// I have got everything up to here.
  ///
  /// @param from who sends it
  /// @param acknowledged the number of the last part that the sender has got
  record Acknowledge(NodeId from, long acknowledged) implements WireMessage {}

  /// A part of a message: one that is too large for a frame of Akka Remote has several.
  ///
  /// @param number counts up from 1
  /// @param isLast whether the message ends with it
  /// @param bytes of the message
  @SuppressWarnings("ArrayRecordComponent") // handed on as they are, never compared
  record Part(long number, boolean isLast, byte[] bytes) {}
}

package org.rayakka.node.peer;

import akka.actor.typed.ActorRef;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.peer.WireMessage.Acknowledge;
import org.rayakka.node.peer.WireMessage.Parcel;
import org.rayakka.node.peer.WireMessage.Part;

/// Another node, and what is under way to and from it.
final class Peer {
  private final NodeId self;
  private final Set<FunctionId> functions = new HashSet<>();
  private final Set<JobId> jobs = new HashSet<>();
  final PartSender sender = new PartSender();
  final PartReceiver receiver = new PartReceiver();

  /// Where it takes messages; null until it has said hello.
  @Nullable ActorRef<Peers.Command> ref;

  /// What its oldest part without acknowledgement was when it was last looked at.
  private long oldestSeen;

  /// How often it was looked at in vain before it said hello.
  int silence;

  Peer(NodeId self) {
    this.self = self;
  }

  /// Whether it has to be told of a function; asked once.
  boolean isNew(FunctionId function) {
    return functions.add(function);
  }

  /// Whether it has to be told of a job; asked once.
  boolean isNew(JobId job) {
    return jobs.add(job);
  }

  /// Sends what may be sent.
  void flush() {
    send(ref == null ? List.of() : sender.next());
  }

  /// Sends again what was not acknowledged since the last time, if nothing was.
  void sendAgain() {
    long oldest = sender.oldest();
    if (oldest != 0 && oldest == oldestSeen) {
      send(sender.unacknowledged());
    }
    oldestSeen = oldest;
  }

  /// Tells it what has arrived, unless a parcel has told it since.
  void acknowledge() {
    if (receiver.isToAcknowledge() && ref != null) {
      ref.tell(new Acknowledge(self, receiver.acknowledge()));
    }
  }

  private void send(List<Part> parts) {
    if (ref != null) {
      for (Part part : parts) {
        ref.tell(new Parcel(self, receiver.acknowledge(), part));
      }
    }
  }
}

package org.rayakka.node.scheduling.local;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.rayakka.node.scheduling.local.LocalScheduler.Reservation;
import org.rayakka.node.scheduling.local.LocalScheduler.ReserveForActor;

/// The resources that actors hold on this node for as long as they live, and the actors that wait
/// for theirs, in the order in which they asked. Belongs to the local scheduler.
final class ActorReservations {
  private final ResourceLedger ledger;
  private final TaskLanes lanes;
  private final ArrayDeque<ReserveForActor> waiting = new ArrayDeque<>();
  private final List<ResourceLedger.Grant> held = new ArrayList<>();

  ActorReservations(ResourceLedger ledger, TaskLanes lanes) {
    this.ledger = ledger;
    this.lanes = lanes;
  }

  /// Takes in a request; one that the node can never meet is answered at once.
  void add(ReserveForActor reserve) {
    if (ledger.total().covers(reserve.resources())) {
      waiting.addLast(reserve);
      return;
    }
    reserve
        .replyTo()
        .tell(
            new Reservation.Infeasible(
                "the actor asks for "
                    + reserve.resources()
                    + ", and no node has as much (this one has "
                    + ledger.total()
                    + ")"));
  }

  /// Meets the requests for which there is enough now.
  void serve() {
    Iterator<ReserveForActor> requests = waiting.iterator();
    while (requests.hasNext()) {
      ReserveForActor reserve = requests.next();
      ResourceLedger.Grant grant = ledger.take(reserve.resources());
      if (grant != null) {
        requests.remove();
        held.add(grant);
        lanes.vacate(grant);
        reserve.replyTo().tell(new Reservation.Reserved(grant));
      }
    }
  }

  /// An actor holds this no more.
  void release(ResourceLedger.Grant grant) {
    held.remove(grant);
    ledger.giveBack(grant);
  }

  /// Whether an actor waits.
  boolean isAnyWaiting() {
    return !waiting.isEmpty();
  }

  /// How many actors hold resources.
  int count() {
    return held.size();
  }

  /// Whether the node could meet a request if nothing but its actors held anything.
  boolean leaveRoomFor(ResourceSet request) {
    return ledger.coversBeside(held, request);
  }
}

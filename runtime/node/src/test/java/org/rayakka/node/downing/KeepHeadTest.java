package org.rayakka.node.downing;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.Address;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.Reachability;
import akka.cluster.UniqueAddress;
import akka.cluster.sbr.DowningStrategy.DownAll$;
import akka.cluster.sbr.DowningStrategy.DownSelfQuarantinedByRemote$;
import akka.util.Version;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/// Pictures of four nodes, of which the first is the head, as one of them has it.
class KeepHeadTest {
  private static final int HEAD = 0;
  private static final int COUNT = 4;

  /// Akka's own for who has none.
  private static final String DATA_CENTER = "default";

  private static final String DATA_CENTER_ROLE = "dc-" + DATA_CENTER;

  /// Who has found whom unreachable.
  private record Broken(int from, int to) {}

  @Test
  void whoIsCutOffGoes() {
    assertThat(downed(HEAD, new Broken(HEAD, 2), new Broken(1, 2), new Broken(3, 2)))
        .containsExactly(2);
  }

  @Test
  void theSideWithoutTheHeadGoesHoweverLarge() {
    for (int self = 1; self < COUNT; self++) {
      assertThat(downed(self, new Broken(1, HEAD), new Broken(2, HEAD), new Broken(3, HEAD)))
          .containsExactlyInAnyOrder(1, 2, 3);
    }
  }

  @Test
  void aBrokenLinkOfTheHeadCostsItsOtherEnd() {
    for (int self = 0; self < COUNT; self++) {
      assertThat(downed(self, new Broken(HEAD, 2), new Broken(2, HEAD))).containsExactly(2);
    }
  }

  @Test
  void aBrokenLinkBesideTheHeadCostsBothEnds() {
    assertThat(downed(HEAD, new Broken(1, 2), new Broken(2, 1))).containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void whoeverSawAnotherGoBeforeItWasLostItselfGoesToo() {
    assertThat(
            downed(
                HEAD,
                new Broken(HEAD, 1),
                new Broken(HEAD, 2),
                new Broken(HEAD, 3),
                new Broken(3, 1)))
        .containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void theHeadStaysWhenThePictureDoesNotSettle() {
    KeepHead picture = picture(HEAD, new Broken(HEAD, 2), new Broken(3, 1));
    assertThat(indices(picture.nodesToDown(DownAll$.MODULE$))).containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void whoeverIsQuarantinedGoesAloneUnlessItIsTheHead() {
    assertThat(indices(picture(2).nodesToDown(DownSelfQuarantinedByRemote$.MODULE$)))
        .containsExactly(2);
    assertThat(indices(picture(HEAD).nodesToDown(DownSelfQuarantinedByRemote$.MODULE$))).isEmpty();
  }

  private static Set<Integer> downed(int self, Broken... links) {
    KeepHead picture = picture(self, links);
    return indices(picture.nodesToDown(picture.decide()));
  }

  private static KeepHead picture(int self, Broken... links) {
    KeepHead picture = new KeepHead(DATA_CENTER, node(self), KeepHeadProvider.HEAD_ROLE);
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      Set<String> roles =
          i == HEAD
              ? Set.of(DATA_CENTER_ROLE, KeepHeadProvider.HEAD_ROLE)
              : Set.of(DATA_CENTER_ROLE);
      members.add(
          new Member(
              node(i),
              i,
              MemberStatus.up(),
              CollectionConverters.asScala(roles).toSet(),
              Version.Zero()));
    }
    members.forEach(picture::add);
    Reachability reachability = Reachability.empty();
    Set<Integer> lost = new HashSet<>();
    for (Broken link : links) {
      reachability = reachability.unreachable(node(link.from()), node(link.to()));
      lost.add(link.to());
    }
    lost.forEach(i -> picture.addUnreachable(members.get(i)));
    picture.setReachability(reachability);
    Set<Address> seeing = new HashSet<>();
    for (int i = 0; i < COUNT; i++) {
      if (!lost.contains(i)) {
        seeing.add(node(i).address());
      }
    }
    picture.setSeenBy(CollectionConverters.asScala(seeing).toSet());
    return picture;
  }

  private static UniqueAddress node(int index) {
    return UniqueAddress.apply(
        new Address("akka", "rayakka", "127.0.0." + (index + 1), 7_000), index + 1L);
  }

  private static Set<Integer> indices(scala.collection.immutable.Set<UniqueAddress> nodes) {
    Set<Integer> indices = new HashSet<>();
    CollectionConverters.asJava(nodes).forEach(node -> indices.add((int) node.longUid() - 1));
    return indices;
  }
}

package org.rayakka.node.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InboundSocketTest {
  private final InboundSocket.Looks looks = new InboundSocket.Looks();

  private long lookedIn(int times) {
    return IntStream.range(0, times).filter(i -> looks.isDue()).count();
  }

  @Test
  void everyLookIsDueUntilMostAreToBeLeftOut() {
    assertThat(lookedIn(100)).isEqualTo(100);

    looks.setRare(true);
    assertThat(lookedIn(160)).isEqualTo(10);

    looks.setRare(false);
    assertThat(lookedIn(100)).isEqualTo(100);
  }
}

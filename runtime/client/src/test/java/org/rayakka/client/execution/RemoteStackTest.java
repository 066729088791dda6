package org.rayakka.client.execution;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RemoteStackTest {
  private static final class Rude extends RuntimeException {
    private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no");
    }
  }

  @Test
  void showsTheCauses() {
    Exception failure = new IllegalStateException("outer", new IllegalArgumentException("inner"));

    assertThat(RemoteStack.of(failure))
        .startsWith("java.lang.IllegalStateException: outer\n\tat " + getClass().getName())
        .contains("Caused by: java.lang.IllegalArgumentException: inner");
  }

  @Test
  void survivesAnExceptionThatCannotDescribeItself() {
    assertThat(RemoteStack.of(new Rude())).startsWith(Rude.class.getName());
  }

  @Test
  void endsWhenCausesGoInACircle() {
    Exception first = new Exception("first");
    first.initCause(new Exception("second", first));

    assertThat(RemoteStack.of(first)).containsOnlyOnce("second");
  }
}

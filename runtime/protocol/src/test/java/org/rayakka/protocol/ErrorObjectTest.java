package org.rayakka.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ErrorObjectTest {
  @Test
  void readsBackWhatItWrote() {
    for (ErrorObject.Kind kind : ErrorObject.Kind.values()) {
      ErrorObject error = new ErrorObject(kind, 1, -2, "Größe", "m", "at …", new byte[] {1, 2, 3});
      ErrorObject read = ErrorObject.decode(ByteBuffer.wrap(error.encode()));
      assertThat(read).usingRecursiveComparison().isEqualTo(error);
    }
  }

  @Test
  void refusesAKindItDoesNotKnow() {
    byte[] bytes = ErrorObject.of(ErrorObject.Kind.TASK, 0, 0, "", "").encode();
    bytes[0] = 99;
    assertThatThrownBy(() -> ErrorObject.decode(ByteBuffer.wrap(bytes)))
        .hasMessageContaining(
            "error kind: 99 (expected: 1 to " + ErrorObject.Kind.values().length + ")");
  }
}

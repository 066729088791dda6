package org.rayakka.client.submission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.function.RayFunc0;
import org.rayakka.api.function.RayFunc1;
import org.rayakka.api.id.JobId;

class RemoteFunctionTest {
  private static final JobId JOB = new JobId(3);

  static int twice(int n) {
    return 2 * n;
  }

  static int half(int n) {
    return n / 2;
  }

  /// A function type implemented by a class of its own.
  record Adder(int by) implements RayFunc1<Integer, Integer> {
    @Override
    public Integer apply(Integer n) {
      return n + by;
    }
  }

  private static RemoteFunction of(RayFunc function) {
    return RemoteFunction.of(JOB, function);
  }

  private static RayFunc1<Integer, Integer> method() {
    return RemoteFunctionTest::twice;
  }

  // row 178
  @Test
  void givesTheSameFunctionTheSameIdAndAnotherAnother() {
    RayFunc1<Integer, Integer> sameMethod = RemoteFunctionTest::twice;
    RayFunc1<Integer, Integer> otherMethod = RemoteFunctionTest::half;

    assertThat(of(method()).id()).isEqualTo(of(method()).id());
    assertThat(of(sameMethod).descriptor()).isNotEmpty();
    assertThat(of(otherMethod).id()).isNotEqualTo(of(sameMethod).id());
    assertThat(RemoteFunction.of(new JobId(4), sameMethod).id()).isNotEqualTo(of(sameMethod).id());
  }

  @Test
  void leavesCapturedValuesOutOfTheFunction() {
    List<RayFunc0<Integer>> adders = new ArrayList<>();
    IntFunction<RayFunc0<Integer>> maker = n -> () -> n + 1;
    adders.add(maker.apply(1));
    adders.add(maker.apply(2));

    RemoteFunction first = of(adders.get(0));
    RemoteFunction second = of(adders.get(1));

    assertThat(first.id()).isEqualTo(second.id());
    assertThat(first.capturedCount()).isEqualTo(1);
    assertThat(first.captured(adders.get(1))).containsExactly(2);
  }

  // row 174
  @Test
  void beginsItsDescriptorWithWhatTablesShow() {
    RemoteFunction.Parsed parsed = RemoteFunction.Parsed.of(of(method()).descriptor());

    assertThat(parsed.className()).isEqualTo(RemoteFunctionTest.class.getName());
    assertThat(parsed.methodName()).isEqualTo("twice");
    assertThat(parsed.parts()).hasSize(8);
    assertThat(of(method()).displayName()).isEqualTo("RemoteFunctionTest.twice");
  }

  @Test
  void namesTheClassThatAConstructorMakes() {
    RayFunc1<Integer, Adder> constructor = Adder::new;

    assertThat(of(constructor).className()).isEqualTo(Adder.class.getName());
  }

  @Test
  void sendsAnObjectOfANamedClassWhole() {
    Adder adder = new Adder(5);

    RemoteFunction function = of(adder);

    assertThat(function.capturedCount()).isEqualTo(1);
    assertThat(function.captured(adder)).containsExactly(adder);
    assertThat(RemoteFunction.Parsed.of(function.descriptor()).kind())
        .isEqualTo(RemoteFunction.OBJECT);
  }
}

package org.rayakka.examples.microbenchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.rayakka.examples.microbenchmark.rows.Effort;
import org.rayakka.examples.microbenchmark.rows.Row;
import org.rayakka.examples.microbenchmark.rows.Samples;

class ReportTest {
  private static final Outcome OURS =
      new Outcome.Measured(new Samples(List.of(30.0, 10.0, 20.0), 2.5, 9.0));
  private static final Outcome PEERS =
      new Outcome.Measured(new Samples(List.of(5.0, 15.0), 7.5, Double.NaN));

  private static Row row(boolean lowerIsBetter) {
    return new Row(
        "group",
        "row",
        "unit",
        lowerIsBetter,
        false,
        effort -> new Samples(List.of(effort.seconds()), Double.NaN, Double.NaN));
  }

  @Test
  void ratioAboveOneMeansThatWeAreBetter() {
    assertThat(new Report.Line(row(false), OURS, PEERS).ratio()).isEqualTo(2);
    assertThat(new Report.Line(row(true), OURS, PEERS).ratio()).isEqualTo(0.5);
    assertThat(new Report.Line(row(true), OURS, null).ratio()).isNaN();
    assertThat(new Report.Line(row(true), new Outcome.Failed("broken"), PEERS).ratio()).isNaN();
  }

  @Test
  void printsWhatIsKnown() {
    assertThat(Report.format(new Report.Line(row(false), OURS, PEERS)))
        .matches("row +unit +20.00 +10.00 +30.00 +2.500 +9.000 +10.00 +7.500 +2.000");
    assertThat(Report.format(new Report.Line(row(false), OURS, null)))
        .matches("row +unit +20.00 +10.00 +30.00 +2.500 +9.000");
    assertThat(Report.format(new Report.Line(row(false), new Outcome.Failed("broken"), PEERS)))
        .contains("failed: broken")
        .contains("peer's median: 10.00");
    assertThat(Report.format(new Report.Line(row(false), OURS, new Outcome.Failed("broken"))))
        .endsWith("peer failed: broken");
  }

  @Test
  void writesJsonWithNullForWhatIsNotKnown() {
    Report report = new Report();
    report.add(new Report.Line(row(false), OURS, null));
    report.add(new Report.Line(row(false), new Outcome.Failed("a \"quoted\"\nline"), PEERS));

    assertThat(report.toJson())
        .isEqualTo(
            """
            [
              {"row": "row", "unit": "unit", "median": 20.0, "min": 10.0, "max": 30.0, \
            "p50_us": 2.5, "p99_us": 9.0, "peer_median": null, "peer_p50_us": null, "ratio": null},
              {"row": "row", "unit": "unit", "failed": "a \\"quoted\\"\\u000aline", \
            "peer_median": 10.0, "peer_p50_us": 7.5, "ratio": null}
            ]
            """);
    assertThat(report.hasFailures()).isTrue();
  }

  @Test
  void medianOfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle() {
    assertThat(new Samples(List.of(4.0, 1.0, 3.0, 2.0), 0, 0).median())
        .isCloseTo(2.5, within(1e-12));
    assertThatThrownBy(() -> new Samples(List.of(), 0, 0))
        .hasMessage("values: none (expected: one at least)");
  }

  @Test
  void rejectsAnEffortThatMeasuresNothing() {
    assertThatThrownBy(() -> new Effort(0, 1, 1)).hasMessage("seconds: 0.0 (expected: > 0)");
    assertThatThrownBy(() -> new Effort(1, 0, 1)).hasMessage("repeats: 0 (expected: > 0)");
    assertThatThrownBy(() -> new Effort(1, 1, 0)).hasMessage("warm-ups: 0 (expected: > 0)");
  }

  @Test
  void warmsUpUntilItIsNoLongerFasterTwice() throws Exception {
    // Of a second each: one operation, two, four, twice four that are not faster, and what counts.
    assertThat(operations(12)).isEqualTo(1 + 2 + 4 + 4 + 4 + 4);
    assertThat(operations(2)).isEqualTo(1 + 2 + 4);
  }

  @Test
  void warmsUpARunByTimeAndALongOneOnce() throws Exception {
    AtomicInteger done = new AtomicInteger();
    new Effort(1e-3, 1, 2)
        .milliseconds(() -> {
          done.incrementAndGet();
          long end = System.nanoTime() + 2_000_000;
          while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
          }
        });
    assertThat(done).hasValue(1 + 1);
    new Effort(1e-2, 1, 2).milliseconds(done::incrementAndGet);
    assertThat(done).hasValueGreaterThan(100);
  }

  /// How many operations are done, the measured ones included, which get faster up to the fourth.
  private static int operations(int warmUps) throws Exception {
    AtomicInteger done = new AtomicInteger();
    new Effort(1, 1, warmUps)
        .speed(
            1,
            () -> {
              int count = done.incrementAndGet();
              return count > 3 ? 0.25 : count > 1 ? 0.5 : 1;
            });
    return done.get();
  }
}

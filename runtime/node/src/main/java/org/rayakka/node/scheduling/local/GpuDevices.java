package org.rayakka.node.scheduling.local;

import java.util.List;
import java.util.StringJoiner;
import java.util.stream.IntStream;

/// The GPUs of a node: what CUDA calls each, and the number that a task is told. Where CUDA's names
/// are numbers, as they are by default, the two are the same; where they are UUIDs, the number is
/// the place in the list.
///
/// @param names as they are written in `CUDA_VISIBLE_DEVICES`
public record GpuDevices(List<String> names) {
  /// No GPU at all.
  public static final GpuDevices NONE = new GpuDevices(List.of());

  /// Copies the list.
  public GpuDevices {
    names = List.copyOf(names);
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException("GPUs: " + names + " (expected: each once)");
    }
  }

  /// As CUDA numbers them where nobody says otherwise.
  ///
  /// @param count how many
  /// @return the first ones
  public static GpuDevices first(int count) {
    return new GpuDevices(IntStream.range(0, count).mapToObj(Integer::toString).toList());
  }

  /// How many there are.
  ///
  /// @return the number
  public int count() {
    return names.size();
  }

  private boolean isNumbered() {
    return names.stream().allMatch(name -> name.matches("[0-9]{1,6}"));
  }

  int[] numbers(int[] indexes) {
    return isNumbered()
        ? IntStream.of(indexes).map(index -> Integer.parseInt(names.get(index))).toArray()
        : indexes;
  }

  int indexOf(int number) {
    return isNumbered() ? names.indexOf(Integer.toString(number)) : number;
  }

  /// What `CUDA_VISIBLE_DEVICES` is for a process that may use some of them.
  String visible(int[] indexes) {
    StringJoiner visible = new StringJoiner(",");
    for (int index : indexes) {
      visible.add(names.get(index));
    }
    return visible.toString();
  }
}

package org.rayakka.client.value;

/// What the codec asks of its user about handles (object references and actor handles) found inside
/// values: in a list, a field, a captured variable. They travel as a few bytes, never by their
/// fields.
///
/// Called on whatever thread encodes or decodes, so implementations are thread-safe.
public interface ReferenceHook {
  /// Whether instances of a class travel as handles. Asked once per class and codec thread.
  boolean isHandle(Class<?> type);

  /// A handle was found in a value that is being encoded: from now on others may hold it. A value
  /// whose encoding fails may have been through here first.
  ///
  /// @return what {@link #resolve} needs to build it again
  byte[] escaped(Object handle);

  /// Builds a handle from the bytes that {@link #escaped} returned, here or in another process.
  Object resolve(byte[] bytes);
}

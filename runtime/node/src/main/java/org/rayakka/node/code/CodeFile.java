package org.rayakka.node.code;

/// One entry of a job's class path: a file, or a folder as an archive of it.
///
/// @param name of the file, without its folder
/// @param sha256 of its bytes, in hexadecimal
/// @param size in bytes
public record CodeFile(String name, String sha256, long size) {
  private static final String HASH = "[0-9a-f]{64}";

  /// Checks what would become part of a path.
  ///
  /// @throws IllegalArgumentException if a name leads elsewhere or a hash is none
  public CodeFile {
    if (name.isEmpty() || name.contains("/") || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException("name: '" + name + "' (expected: of a file)");
    }
    if (!sha256.matches(HASH)) {
      throw new IllegalArgumentException("sha256: '" + sha256 + "' (expected: " + HASH + ")");
    }
    if (size < 0) {
      throw new IllegalArgumentException("size: " + size + " (expected: >= 0)");
    }
  }
}

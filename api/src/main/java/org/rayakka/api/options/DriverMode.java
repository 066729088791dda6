package org.rayakka.api.options;

/// How a driver treats its tasks and their errors.
public enum DriverMode {
  /// Tasks run on workers; their errors, and what they print themselves, are printed as they
  /// happen. The default.
  SCRIPT,
  /// No process is started: each task runs inline, at once and serially, for debugging.
  LOCAL,
  /// As {@link #SCRIPT}, but nothing is printed.
  SILENT;

  /// Reads a mode from a name: `SCRIPT_MODE`, `PYTHON_MODE` or `SILENT_MODE`; `LOCAL_MODE` also
  /// names the second, and the suffix may be left out.
  ///
  /// @param name the name
  /// @return the mode
  /// @throws IllegalArgumentException if it names none
  public static DriverMode parse(String name) {
    return switch (name) {
      case "SCRIPT_MODE", "SCRIPT" -> SCRIPT;
      case "PYTHON_MODE", "LOCAL_MODE", "LOCAL" -> LOCAL;
      case "SILENT_MODE", "SILENT" -> SILENT;
      default ->
          throw new IllegalArgumentException(
              "driverMode: '"
                  + name
                  + "' (expected: SCRIPT_MODE, PYTHON_MODE (or LOCAL_MODE) or SILENT_MODE)");
    };
  }
}

package org.rayakka.client.value;

/// The bytes of a value name a class that the job's class loader does not find.
final class ForeignClassException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String className;

  ForeignClassException(String className) {
    super(className + ": not on the class path of this job");
    this.className = className;
  }

  String className() {
    return className;
  }
}

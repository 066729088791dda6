package org.rayakka.api;

/// The way into Rayakka.
public final class Ray {
  private Ray() {}
}

package org.rayakka.examples.tutorial;

import java.util.List;

/// A world for reinforcement learning: a pole that stands on a cart and falls unless the cart is
/// pushed to and fro. An ordinary class with state; the tutorial makes actors of it.
///
/// The equations are those of Barto, Sutton and Anderson (1983), integrated by Euler's method.
final class GymEnvironment {
  private static final double GRAVITY = 9.8;
  private static final double CART_MASS = 1.0;
  private static final double POLE_MASS = 0.1;
  private static final double HALF_POLE_LENGTH = 0.5;
  private static final double PUSH = 10;
  private static final double STEP_SECONDS = 0.02;
  private static final double MAX_POSITION = 2.4;
  private static final double MAX_ANGLE = Math.toRadians(12);

  /// What the world answers to an action.
  ///
  /// @param observation position and speed of the cart, angle and angular speed of the pole
  /// @param reward 1 as long as the pole stands
  /// @param done whether it fell or the cart left the track
  record StepResult(List<Double> observation, double reward, boolean done) {}

  private double position;
  private double speed;
  private double angle;
  private double angularSpeed;

  GymEnvironment(String name) {
    if (!name.equals("CartPole-v0")) {
      throw new IllegalArgumentException("name: " + name + " (expected: CartPole-v0)");
    }
    reset();
  }

  /// Puts the pole upright again, almost.
  final List<Double> reset() {
    position = 0;
    speed = 0;
    angle = 0.02;
    angularSpeed = 0;
    return observation();
  }

  /// Pushes the cart for a fiftieth of a second.
  ///
  /// @param action 0 to the left, 1 to the right
  StepResult step(int action) {
    double force = action == 1 ? PUSH : -PUSH;
    double mass = CART_MASS + POLE_MASS;
    double sin = Math.sin(angle);
    double cos = Math.cos(angle);
    double moment = POLE_MASS * HALF_POLE_LENGTH;
    double pull = (force + (moment * angularSpeed * angularSpeed * sin)) / mass;
    double angularAcceleration =
        ((GRAVITY * sin) - (cos * pull))
            / (HALF_POLE_LENGTH * ((4.0 / 3) - (POLE_MASS * cos * cos / mass)));
    double acceleration = pull - (moment * angularAcceleration * cos / mass);
    position += STEP_SECONDS * speed;
    speed += STEP_SECONDS * acceleration;
    angle += STEP_SECONDS * angularSpeed;
    angularSpeed += STEP_SECONDS * angularAcceleration;
    boolean done = Math.abs(position) > MAX_POSITION || Math.abs(angle) > MAX_ANGLE;
    return new StepResult(observation(), done ? 0 : 1, done);
  }

  private List<Double> observation() {
    return List.of(position, speed, angle, angularSpeed);
  }
}

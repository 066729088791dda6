package org.rayakka.node.control;

class InMemoryControlStateTest extends ControlStateContract {
  @Override
  protected ControlState open() {
    return new InMemoryControlState();
  }
}

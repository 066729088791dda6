/// What a worker runs: it takes tasks from the node, runs them on threads of its own, and seals
/// what they return. Called by the worker's main; user code inside tasks calls {@code submission}.
@NullMarked
package org.rayakka.client.execution;

import org.jspecify.annotations.NullMarked;

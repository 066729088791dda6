/// What a program may ask for: of a session, of a task, of an actor. Immutable, checked when built.
@NullMarked
package org.rayakka.api.options;

import org.jspecify.annotations.NullMarked;

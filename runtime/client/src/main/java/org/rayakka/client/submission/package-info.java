/// What a driver and a worker run to submit tasks, to store values and to wait for them: the
/// connection to the node, task specifications, references, get and wait. Called through {@link
/// org.rayakka.api.Ray}, by drivers and by the tasks that {@code execution} runs.
@NullMarked
package org.rayakka.client.submission;

import org.jspecify.annotations.NullMarked;

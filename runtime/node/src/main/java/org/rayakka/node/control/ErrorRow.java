package org.rayakka.node.control;

import org.rayakka.api.id.JobId;
import org.rayakka.api.id.TaskId;

/// A row of the {@link ErrorTable}.
///
/// @param job whose error it is
/// @param task the task that failed; {@link TaskId#NIL} for none
/// @param timeMillis when, since the epoch
/// @param type what kind of error: `task`, `worker_died`, …; one word
/// @param function what failed, as a user would name it; empty for nothing in particular
/// @param message the whole story, with the stack if there is one
public record ErrorRow(
    JobId job, TaskId task, long timeMillis, String type, String function, String message) {}

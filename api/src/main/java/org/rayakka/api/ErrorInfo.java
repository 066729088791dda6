package org.rayakka.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.TaskId;

/// One error that happened in the background.
///
/// @param type what kind of error, such as `task` or `worker_died`
/// @param message what happened
/// @param time when
/// @param jobId the job that it belongs to, or {@link JobId#NIL} if it concerns all
/// @param taskId the task that it belongs to, or null
/// @param nodeId the node on which it happened, or null
public record ErrorInfo(
    String type,
    String message,
    Instant time,
    JobId jobId,
    @Nullable TaskId taskId,
    @Nullable NodeId nodeId) {}

package org.rayakka.node.control;

import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.TaskId;

/// A row of the {@link TaskTable}.
///
/// @param id the task
/// @param job its job
/// @param state how far it is
/// @param node the node that says so
/// @param attempt how often it was started before, from 0
/// @param spec its encoded specification, not to be changed; empty if that was forgotten
@SuppressWarnings("ArrayRecordComponent") // rows are read, not compared
public record TaskRow(
    TaskId id, JobId job, TaskState state, NodeId node, int attempt, byte[] spec) {}

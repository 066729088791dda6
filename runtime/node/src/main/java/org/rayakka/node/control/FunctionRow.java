package org.rayakka.node.control;

import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;

/// A row of the {@link FunctionTable}.
///
/// @param id the function
/// @param job the job that exported it
/// @param className the class that declares it
/// @param methodName its method
/// @param descriptor what a worker needs to call it; not to be changed
@SuppressWarnings("ArrayRecordComponent") // rows are read, not compared
public record FunctionRow(
    FunctionId id, JobId job, String className, String methodName, byte[] descriptor) {}

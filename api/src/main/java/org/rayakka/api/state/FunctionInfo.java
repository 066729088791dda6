package org.rayakka.api.state;

import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;

/// A function as the cluster knows it: there as soon as it was used once.
///
/// @param functionId its id
/// @param jobId the job that it belongs to
/// @param className the class that declares it
/// @param methodName its method; of a lambda the one that the compiler made
public record FunctionInfo(
    FunctionId functionId, JobId jobId, String className, String methodName) {}

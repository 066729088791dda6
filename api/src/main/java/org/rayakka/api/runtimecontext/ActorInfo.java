package org.rayakka.api.runtimecontext;

import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;

/// An actor as the cluster knows it.
///
/// @param actorId its id
/// @param jobId the job that created it
/// @param className its class
/// @param name its name, empty if it has none
/// @param namespace the namespace of its name
/// @param state where it is in its life
/// @param numRestarts how often it was restarted
/// @param nodeId the node on which it lives, or null if it is on none
/// @param address the IP address of that node, empty if it is on none
/// @param pid its process, 0 if it has none
public record ActorInfo(
    ActorId actorId,
    JobId jobId,
    String className,
    String name,
    String namespace,
    ActorState state,
    long numRestarts,
    @Nullable NodeId nodeId,
    String address,
    long pid) {}

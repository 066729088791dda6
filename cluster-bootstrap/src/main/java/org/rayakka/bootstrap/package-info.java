/// Processes and commands: what starts and ends a session, and the `ray` command.
///
/// Starting points: {@link org.rayakka.bootstrap.ProcessNodeLauncher} in the driver, {@link
/// org.rayakka.bootstrap.NodeMain} and {@link org.rayakka.bootstrap.WorkerMain} in the processes
/// that it starts, {@link org.rayakka.bootstrap.RayCommand} on the command line.
@NullMarked
package org.rayakka.bootstrap;

import org.jspecify.annotations.NullMarked;

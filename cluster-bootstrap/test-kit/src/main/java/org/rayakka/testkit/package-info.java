/// Clusters for the tests of programs: `@RayTest`, and several nodes on one machine.
@NullMarked
package org.rayakka.testkit;

import org.jspecify.annotations.NullMarked;

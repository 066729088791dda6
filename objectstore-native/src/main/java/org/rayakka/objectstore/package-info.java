/// The shared-memory object store of a node: immutable objects that every process of the machine
/// reads in place. Drivers and workers use {@link org.rayakka.objectstore.ObjectStore}, the node
/// {@link org.rayakka.objectstore.StoreNode}.
@NullMarked
package org.rayakka.objectstore;

import org.jspecify.annotations.NullMarked;

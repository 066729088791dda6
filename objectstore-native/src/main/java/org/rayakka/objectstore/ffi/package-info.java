/// The C library calls that the JDK has no other name for. The only package that links native
/// symbols.
@NullMarked
package org.rayakka.objectstore.ffi;

import org.jspecify.annotations.NullMarked;

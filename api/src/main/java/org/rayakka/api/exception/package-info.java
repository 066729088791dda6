/// What a call can fail with. Each exception says whether trying again can help.
@NullMarked
package org.rayakka.api.exception;

import org.jspecify.annotations.NullMarked;

package org.rayakka.api.function;

import org.jspecify.annotations.Nullable;

/// A remote function that has a result.
///
/// @param <R> the type of the result
public sealed interface RayFuncR<R extends @Nullable Object> extends RayFunc
    permits RayFunc0,
        RayFunc1,
        RayFunc2,
        RayFunc3,
        RayFunc4,
        RayFunc5,
        RayFunc6,
        RayFunc7,
        RayFuncN,
        RayActorFuncN {
  @Override
  R invoke(@Nullable Object[] arguments) throws Exception;
}

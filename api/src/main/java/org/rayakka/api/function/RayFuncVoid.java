package org.rayakka.api.function;

/// A remote function that has no result.
public sealed interface RayFuncVoid extends RayFunc
    permits RayFuncVoid0,
        RayFuncVoid1,
        RayFuncVoid2,
        RayFuncVoid3,
        RayFuncVoid4,
        RayFuncVoid5,
        RayFuncVoid6,
        RayFuncVoid7 {}

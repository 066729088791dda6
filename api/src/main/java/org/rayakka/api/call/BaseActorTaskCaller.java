package org.rayakka.api.call;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.options.CallOptions;
import org.rayakka.api.runtime.RuntimeHolder;

/// A call of an actor's method that is prepared and not yet sent off. How often it is sent again
/// when the actor dies is set on the actor: see {@link ActorCreator#setMaxTaskRetries(int)}.
///
/// @param <C> the type of the caller itself
/// @param <R> the type of the result
public abstract sealed class BaseActorTaskCaller<
        C extends BaseActorTaskCaller<C, R>, R extends @Nullable Object>
    extends BaseTaskCaller<C, R>
    permits ActorTaskCaller, VariadicActorTaskCaller, VoidActorTaskCaller {
  private final ActorHandle<?> actor;

  BaseActorTaskCaller(ActorHandle<?> actor) {
    super(CallOptions.ACTOR_DEFAULT);
    this.actor = actor;
  }

  @Override
  final ObjectRef<R> submit(CallOptions options) {
    return RuntimeHolder.current().submitActorTask(actor, function(), arguments(), options);
  }

  @Override
  final List<ObjectRef<?>> submitOfMany(CallOptions options) {
    return RuntimeHolder.current().submitActorTaskOfMany(actor, function(), arguments(), options);
  }
}

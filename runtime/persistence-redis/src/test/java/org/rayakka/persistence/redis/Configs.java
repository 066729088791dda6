package org.rayakka.persistence.redis;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

/// Settings of actor systems that persist on a server of a test.
final class Configs {
  private Configs() {}

  static Config of(TestRedis server) {
    return ConfigFactory.parseString(
            """
            akka.loglevel = WARNING
            akka.persistence.journal.plugin = "akka-persistence-redis.journal"
            akka.persistence.snapshot-store.plugin = "akka-persistence-redis.snapshot"
            akka-persistence-redis.redis { port = %d, password = %s }
            akka-persistence-redis.journal.replay-page-size = 3
            """
                .formatted(server.port(), TestRedis.PASSWORD))
        .withFallback(ConfigFactory.load());
  }
}

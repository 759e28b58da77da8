#!/bin/sh
# Gives RabbitMQ its settings and its one user, then starts it as its image does. The official image takes no password from a file, and one in the environment
# would be seen by "docker inspect".
set -eu

conf=/etc/rabbitmq/conf.d
mkdir -p "$conf"
cp /mambo/rabbitmq.conf "$conf/10-mambo.conf"
(
  umask 077
  printf 'default_user = mambo\ndefault_pass = %s\n' "$(cat /run/secrets/bus-password)" > "$conf/20-user.conf"
)
chown -R rabbitmq:rabbitmq /etc/rabbitmq /var/log/rabbitmq
# Enough files for thousands of connections, and not the billion some engines allow, for which Erlang would make room in memory.
ulimit -S -n 65536 2>/dev/null || ulimit -S -n "$(ulimit -H -n)"
exec docker-entrypoint.sh rabbitmq-server

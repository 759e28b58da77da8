#!/bin/sh
# Behaves like the official image where the tests and compose/platform/mambo/compose.yml rely on it: the first user comes from the environment
# or from a file, settings from conf.d, and the log goes to stdout.
set -eu

conf=/etc/rabbitmq/conf.d/90-entrypoint.conf
mkdir -p /etc/rabbitmq/conf.d
umask 077
: > "$conf"
[ -z "${RABBITMQ_DEFAULT_USER:-}" ] || echo "default_user = $RABBITMQ_DEFAULT_USER" >> "$conf"
if [ -n "${RABBITMQ_DEFAULT_PASS_FILE:-}" ]; then
  RABBITMQ_DEFAULT_PASS=$(cat "$RABBITMQ_DEFAULT_PASS_FILE")
fi
[ -z "${RABBITMQ_DEFAULT_PASS:-}" ] || echo "default_pass = $RABBITMQ_DEFAULT_PASS" >> "$conf"
unset RABBITMQ_DEFAULT_PASS
echo 'log.console = true' >> "$conf"
chown -R rabbitmq:rabbitmq /etc/rabbitmq /var/lib/rabbitmq

export HOME=/var/lib/rabbitmq RABBITMQ_LOGS=-
if [ "$1" = rabbitmq-server ]; then
  exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups /usr/lib/rabbitmq/bin/rabbitmq-server
fi
exec "$@"

#!/bin/sh
# Applies the numbered files of this folder that the database does not know yet, each in one transaction with the note that it was applied.
set -eu
PGPASSWORD="$(cat /run/secrets/db-password)"
export PGPASSWORD
sql() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"; }

sql --command "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
for file in /migrations/*.sql; do
  name="$(basename "$file" .sql)"
  if [ -n "$(sql --command "SELECT 1 FROM migrations WHERE name = '$name'")" ]; then
    echo "$name: applied before"
    continue
  fi
  sql --single-transaction --file "$file" --command "INSERT INTO migrations (name) VALUES ('$name')"
  echo "$name: applied"
done

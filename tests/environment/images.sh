#!/usr/bin/env bash
# Builds the images of the real parts the tests run against, from the distribution's packages, since no container registry answers here.
# Each is built once: its tag carries a hash of the recipe in this file's folder as a label, and a changed recipe builds it again.
# The root filesystem is kept as a tar file, so that a wiped engine costs seconds, not minutes.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
cache=${MAMBO_TEST_CACHE:-$HOME/.cache/mambo-test}
mkdir -p "$cache"

# One distribution release that has every part; newer than the machine's own.
suite=forky
packages=(rabbitmq-server victoria-metrics ntfy nginx openssh-server ca-certificates curl)

recipe=$(printf '%s\n' "$suite" "${packages[@]}" | cat - "$here"/parts/* | sha256sum | cut -c1-12)

step() {
  local name=$1 start=$SECONDS
  shift
  # In the background, because bash forgets -e inside a condition.
  "$@" > "$cache/$name.log" 2>&1 &
  if ! wait $!; then
    tail -n 30 "$cache/$name.log" >&2
    echo "image $name: failed; all of it is in $cache/$name.log" >&2
    return 1
  fi
  echo "image $name: built ($((SECONDS - start)) s)"
}

have() {
  [ "$(docker image inspect --format '{{index .Config.Labels "mambo.recipe"}}' "$1" 2>/dev/null)" = "$recipe" ]
}

# The address of the machine's own package source; it is written nowhere in the project.
package_source() {
  find /etc/apt \( -name '*.list' -o -name '*.sources' \) -exec grep -hoE 'https?://[^ ]+/debian/?( |$)' {} + | tr -d ' ' | head -n 1 || true
}

root_filesystem() {
  local root=$cache/root
  rm -rf "$root"
  command -v debootstrap >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap
  debootstrap --variant=minbase "$suite" "$root" "$(package_source)" sid
  # Nothing is started while packages are installed, and no manuals are kept.
  printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
  printf 'path-exclude /usr/share/%s/*\n' doc man locale > "$root/etc/dpkg/dpkg.cfg.d/lean"
  chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}"
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/doc/* "$root"/usr/share/man/*
  tar -C "$root" -cf "$cache/root-$recipe.tar.part" .
  mv "$cache/root-$recipe.tar.part" "$cache/root-$recipe.tar"
  rm -rf "$root"
}

parts() {
  [ -f "$cache/root-$recipe.tar" ] || root_filesystem
  docker import --change "LABEL mambo.recipe=$recipe" "$cache/root-$recipe.tar" mambo-test/parts:1
}

part() {
  docker build -q -t "$1" --label "mambo.recipe=$recipe" -f "$here/parts/$2.Dockerfile" "$here/parts"
}

have mambo-test/parts:1 || step parts parts
have mambo-test/rabbitmq:4.3 || step rabbitmq part mambo-test/rabbitmq:4.3 rabbitmq
have mambo-test/ntfy:2 || step ntfy part mambo-test/ntfy:2 ntfy
have mambo-test/victoria-metrics:1 || step victoria-metrics part mambo-test/victoria-metrics:1 victoria-metrics
docker image inspect mambo-web:local >/dev/null 2>&1 || step local-web "$repository/deploy/local-web-image.sh" mambo-web:local

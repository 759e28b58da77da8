#!/usr/bin/env bash
# Turns a bare server into a running platform: RabbitMQ and the services in containers, from an image built here. Run it again at any time: what is there stays,
# what is missing is made, and the services are brought to the version of this working tree.
#
#   sudo deploy/install.sh [--domain example.org] [--topic my-phone] [--home /var/lib/mambo] [--image IMAGE] [--no-start]
#   sudo ./install.sh --repository https://git.example.org/mambo.git …      this file alone, on a server without a working tree: one is cloned into /opt/mambo
#
# Takes nothing from elsewhere but the distribution's packages, that repository, and the base images deploy/Dockerfile and compose.yml name.
set -euo pipefail

repository='' home=/var/lib/mambo domain='' topic='' image='' start=true
readonly service_user=1654

say() { echo "install: $*"; }

fail() {
  echo "install: $1" >&2
  exit "${2:-1}"
}

usage() {
  fail 'the arguments are --domain DOMAIN, --topic TOPIC, --home PATH, --image IMAGE, --repository URL and --no-start' 2
}

while [ $# -gt 0 ]; do
  case "$1" in
    --no-start) start=false; shift; continue ;;
    --repository | --home | --domain | --topic | --image) [ $# -ge 2 ] || usage ;;
    *) usage ;;
  esac
  case "$1" in
    --repository) repository=$2 ;;
    --home) home=$2 ;;
    --domain) domain=$2 ;;
    --topic) topic=$2 ;;
    --image) image=$2 ;;
  esac
  shift 2
done

[[ $home == /* ]] || fail "--home $home is no full path" 2
[[ $domain =~ ^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)?$ ]] || fail "--domain $domain is no domain; write it in lower case, such as example.org" 2
[[ $topic =~ ^[-_A-Za-z0-9]{0,64}$ ]] || fail "--topic $topic must be 1 to 64 letters, digits, hyphens or underscores" 2
[ "$(id -u)" -eq 0 ] || fail 'it needs root: sudo deploy/install.sh'

# 1. The working tree this script is part of, or a clone.
tree=$(cd "$(dirname "${BASH_SOURCE[0]:-/nowhere}")/.." 2>/dev/null && pwd) || tree=''
if [ ! -f "$tree/compose/platform/mambo/compose.yml" ]; then
  [ -n "$repository" ] || fail 'this is no working tree of the platform; name one with --repository URL' 2
  tree=/opt/mambo
  if ! command -v git >/dev/null; then
    say 'installing git'
    if command -v apt-get >/dev/null; then
      DEBIAN_FRONTEND=noninteractive apt-get update -qq
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends git ca-certificates >/dev/null
    else
      dnf install -y -q git
    fi
  fi
  if [ -d "$tree/.git" ]; then
    say "bringing $tree up to date"
    git -C "$tree" pull --quiet --ff-only
  else
    say "cloning into $tree"
    git clone --quiet --depth 1 "$repository" "$tree"
  fi
fi

# 2. Docker.
"$tree/deploy/install-docker.sh"

# 3. The home. Each service sees its own folder; only the deployer sees all of it.
made() { say "made $1"; }

folder() {
  [ -d "$1" ] && return
  install -d -m "$2" -o "$3" -g "$3" "$1"
  made "$1"
}

folder "$home" 755 0
folder "$home/secrets" 700 0
for name in bundles backoffice alert-relay; do
  folder "$home/$name" 700 "$service_user"
done

if [ ! -f "$home/mambo.yml" ]; then
  {
    echo '# Settings of this platform. All keys and their defaults: docs/configuration.md'
    printf 'platform:\n  domain: %s\n' "${domain:-localhost}"
    printf 'edge:\n  listen: "*:80"\n'
    [ -z "$topic" ] || printf 'alerts:\n  topic: %s\n' "$topic"
  } > "$home/mambo.yml"
  chmod 644 "$home/mambo.yml"
  made "$home/mambo.yml"
elif [ -n "$domain$topic" ]; then
  say "$home/mambo.yml is there and stays as it is; set platform.domain and alerts.topic in it"
fi

# 4. Secrets, as "mambo init" makes them: never readable by others, not even for a moment, and never shown. What comes after the name prints the secret.
secret() {
  local file=$home/secrets/$1
  shift
  [ -s "$file" ] && return
  (
    umask 077
    "$@" > "$file.part"
  )
  chown "$service_user:$service_user" "$file.part"
  mv "$file.part" "$file"
  made "$file"
}

random() { head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

owner() { printf 'owner sha256:%s\n' "$(tr -d '\r\n' < "$home/secrets/api-token" | sha256sum | cut -d ' ' -f 1)"; }

if [ -s "$home/secrets/api-tokens" ] && [ ! -s "$home/secrets/api-token" ]; then
  fail "$home/secrets/api-tokens is there, api-token is not: put the owner's token into it (mode 600), or remove api-tokens to have both made anew"
fi
secret api-token random
secret api-tokens owner
secret bus-password random

# 5. The image, and where compose finds all this.
if [ -z "$image" ]; then
  image=mambo:local
  say "building $image; its log is /var/log/mambo-build.log"
  began=$SECONDS
  docker build --tag "$image" --file "$tree/deploy/Dockerfile" \
    --build-arg "REVISION=$(git -C "$tree" rev-parse --short HEAD 2>/dev/null || echo unknown)" "$tree" > /var/log/mambo-build.log 2>&1 || {
    tail -n 20 /var/log/mambo-build.log >&2
    fail 'the image could not be built'
  }
  say "built $image ($((SECONDS - began)) s)"
fi
printf '# Written by deploy/install.sh, for docker compose --env-file.\nMAMBO_HOME=%s\nMAMBO_IMAGE=%s\n' "$home" "$image" > "$home/compose.env"

# 6. Start, and wait until every container is healthy.
# What the caller's environment says of these two does not count.
export MAMBO_HOME=$home MAMBO_IMAGE=$image
compose=(docker compose --env-file "$home/compose.env" -f "$tree/compose/platform/mambo/compose.yml")
if ! $start; then
  say "ready; start it with: ${compose[*]} up -d --wait"
  exit 0
fi
say 'starting'
if ! "${compose[@]}" up -d --wait --wait-timeout 180 --quiet-pull; then
  "${compose[@]}" ps --all >&2
  "${compose[@]}" logs --tail 20 >&2
  fail 'not every service became healthy; their last lines are above'
fi
"${compose[@]}" ps --format '{{.Service}}: {{.Status}}' | while read -r line; do say "$line"; done
say 'the API answers at http://127.0.0.1:7400 of this machine; from elsewhere: ssh -L 7400:127.0.0.1:7400 root@SERVER'
say "the owner's token is in $home/secrets/api-token"

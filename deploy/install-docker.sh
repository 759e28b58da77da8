#!/usr/bin/env bash
# Makes a working Docker Engine (API 1.44 or newer) with the compose plugin (2.20 or newer) on this machine, when there is none.
# Debian 12 takes both from the next release, pinned so low that nothing else comes from there; Debian 13 and Ubuntu have them; AlmaLinux and its
# relatives take Docker's own packages.
#
#   deploy/install-docker.sh            installs and starts what is missing; does nothing when all is there
#   deploy/install-docker.sh --check    only tells: exit code 1 and the remedy when something is missing
set -euo pipefail

readonly least_api=1.44 least_compose=2.20
readonly log=${MAMBO_INSTALL_LOG:-/tmp/mambo-install-docker.log}

at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

engine_api() { docker version --format '{{.Server.APIVersion}}' 2>/dev/null; }

compose_version() { docker compose version --short 2>/dev/null | tr -d v; }

# What is missing, in words; nothing when all is well.
missing() {
  local api compose
  if ! command -v docker >/dev/null; then
    echo 'the docker command is not installed'
    return
  fi
  compose=$(compose_version) || true
  [ -n "$compose" ] && at_least "$compose" "$least_compose" || echo "docker compose ${compose:-is not installed}; $least_compose or newer is needed"
  api=$(engine_api) || true
  if [ -z "$api" ]; then
    echo 'the Docker Engine does not answer'
  elif ! at_least "$api" "$least_api"; then
    echo "the Docker Engine speaks API $api; $least_api or newer is needed (Engine 25)"
  fi
}

say() { echo "docker: $*"; }

run() {
  if ! "$@" >>"$log" 2>&1; then
    say "failed: $*" >&2
    tail -n 20 "$log" >&2
    say "all of it is in $log" >&2
    exit 1
  fi
}

apt() { run env DEBIAN_FRONTEND=noninteractive apt-get -y -qq "$@"; }

# The address and the keys of the machine's own Debian source, so that the next release comes from the same place.
add_next_debian() {
  local source key
  source=$(find /etc/apt \( -name '*.list' -o -name '*.sources' \) -exec grep -hoE 'https?://[^ ]+/debian/?( |$)' {} + | tr -d ' ' | head -n 1) || true
  key=/usr/share/keyrings/debian-archive-keyring.gpg
  printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "${source:-http://deb.debian.org/debian}" "$1" "$key" > /etc/apt/sources.list.d/mambo-docker.sources
  printf 'Package: *\nPin: release n=%s\nPin-Priority: 100\n' "$1" > /etc/apt/preferences.d/mambo-docker
}

install_packages() {
  local start=$SECONDS
  # shellcheck disable=SC1091
  . /etc/os-release
  case "$ID:${VERSION_ID%%.*}" in
    debian:12)
      say 'adding the packages of Debian 13 at low priority'
      add_next_debian trixie
      apt update
      say 'installing docker.io, docker-cli and docker-compose'
      apt install --no-install-recommends -t trixie docker.io docker-cli docker-compose
      ;;
    debian:*)
      say 'installing docker.io, docker-cli and docker-compose'
      apt update
      apt install --no-install-recommends docker.io docker-cli docker-compose
      ;;
    ubuntu:*)
      say 'installing docker.io and docker-compose-v2'
      apt update
      apt install --no-install-recommends docker.io docker-compose-v2
      ;;
    almalinux:* | rocky:* | rhel:* | centos:*)
      say "adding Docker's package repository and installing docker-ce"
      run dnf -y -q install dnf-plugins-core
      run dnf -y -q config-manager --add-repo https://download.docker.com/linux/rhel/docker-ce.repo
      run dnf -y -q install docker-ce docker-ce-cli containerd.io docker-compose-plugin
      ;;
    *)
      say "this script does not know ${PRETTY_NAME:-this system}; install Docker Engine 25 or newer with the compose plugin and try again" >&2
      exit 1
      ;;
  esac
  say "installed ($((SECONDS - start)) s)"
}

start_engine() {
  if [ -d /run/systemd/system ]; then
    say 'starting the engine with systemd'
    run systemctl enable --now docker
  else
    # No init system, as in a container: the engine becomes a session of its own and outlives this script.
    say 'starting the engine; its log is /var/log/dockerd.log'
    rm -f /var/run/docker.pid
    setsid nohup dockerd >>/var/log/dockerd.log 2>&1 </dev/null &
  fi
  local waited=0
  until [ -n "$(engine_api)" ]; do
    if [ "$waited" -ge 300 ]; then
      say 'the engine does not answer after 30 s' >&2
      tail -n 20 /var/log/dockerd.log >&2 2>/dev/null || journalctl -u docker -n 20 --no-pager >&2 || true
      exit 1
    fi
    sleep 0.1
    waited=$((waited + 1))
  done
}

problems=$(missing)
if [ -z "$problems" ]; then
  [ "${1:-}" != --check ] || say "engine API $(engine_api), compose $(compose_version)"
  exit 0
fi
if [ "${1:-}" = --check ]; then
  while read -r problem; do say "$problem" >&2; done <<<"$problems"
  say 'run deploy/install-docker.sh, or ./mambo up without --no-install' >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  while read -r problem; do say "$problem" >&2; done <<<"$problems"
  say 'installing needs root: run sudo deploy/install-docker.sh once' >&2
  exit 1
fi

: >"$log"
case "$problems" in
  *'not installed'* | *'or newer'*) install_packages ;;
esac
[ -n "$(engine_api)" ] || start_engine
hash -r
problems=$(missing)
if [ -n "$problems" ]; then
  say "still not usable: $problems" >&2
  exit 1
fi
say "ready: engine API $(engine_api), compose $(compose_version)"

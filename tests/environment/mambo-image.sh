#!/usr/bin/env bash
# Builds the base images of deploy/Dockerfile from this machine's own .NET and Docker, for machines where no container registry answers:
# mambo-test/dotnet-sdk:10, mambo-test/dotnet-aspnet:10 and mambo-test/docker-cli:1, on top of mambo-test/parts:1; then the platform's image from them.
#
#   tests/environment/mambo-image.sh [IMAGE]        default: mambo-test/mambo:local
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
image=${1:-mambo-test/mambo:local}
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
compose=$(docker info --format '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}{{.Path}}{{end}}{{end}}')

# Of the machine's packages those the services are built from.
needed() {
  awk -F'"' '/^      "[^"]+": \{/ { name = tolower($2) } /"resolved"/ { print name "/" tolower($4) }' \
    "$repository"/contracts/packages.lock.json "$repository"/services/*/packages.lock.json | sort -u | while read -r package; do
    [ ! -d "$packages/$package" ] || echo "${packages#/}/$package"
  done
}

have() { docker image inspect "$1" >/dev/null 2>&1; }

# A context streamed to the engine: hard to get wrong, and nothing is copied on disk first.
build() {
  local tag=$1 dockerfile=$2
  shift 2
  tar -c --transform 's,^Dockerfile.*,Dockerfile,' -C "$(dirname "$dockerfile")" "$(basename "$dockerfile")" "$@" | docker build --quiet --tag "$tag" - >/dev/null
  echo "image $tag: built"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

aspnet() {
  cat > "$scratch/Dockerfile" <<'RECIPE'
FROM mambo-test/parts:1
COPY dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet && useradd --uid 1654 --user-group --no-create-home --shell /usr/sbin/nologin app
ENV DOTNET_ROOT=/usr/share/dotnet
RECIPE
  build mambo-test/dotnet-aspnet:10 "$scratch/Dockerfile" --transform "s,^${dotnet#/},dotnet," -C / "${dotnet#/}"/{dotnet,host,shared}
}

sdk() {
  cat > "$scratch/Dockerfile" <<'RECIPE'
FROM mambo-test/dotnet-aspnet:10
COPY dotnet /usr/share/dotnet
COPY certs /etc/ssl/certs
COPY packages /root/.nuget/packages
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 NUGET_CERT_REVOCATION_MODE=offline
RECIPE
  # Packages are read from the machine's own store; what is missing there is asked of the registry.
  # shellcheck disable=SC2046
  build mambo-test/dotnet-sdk:10 "$scratch/Dockerfile" \
    --transform "s,^${dotnet#/},dotnet,;s,^${packages#/},packages,;s,^etc/ssl/certs,certs," \
    -C / "${dotnet#/}"/{sdk,packs,sdk-manifests} $(needed) etc/ssl/certs/ca-certificates.crt
}

docker_cli() {
  cat > "$scratch/Dockerfile" <<'RECIPE'
FROM scratch
COPY docker /usr/local/bin/docker
COPY docker-compose /usr/local/libexec/docker/cli-plugins/docker-compose
RECIPE
  cp "$(readlink -f "$(command -v docker)")" "$scratch/docker"
  cp "$compose" "$scratch/docker-compose"
  build mambo-test/docker-cli:1 "$scratch/Dockerfile" docker docker-compose
}

have mambo-test/dotnet-aspnet:10 || aspnet
have mambo-test/dotnet-sdk:10 || sdk
have mambo-test/docker-cli:1 || docker_cli
docker build --quiet --tag "$image" --file "$repository/deploy/Dockerfile" \
  --build-arg SDK_IMAGE=mambo-test/dotnet-sdk:10 --build-arg RUNTIME_IMAGE=mambo-test/dotnet-aspnet:10 --build-arg DOCKER_IMAGE=mambo-test/docker-cli:1 \
  "$repository" >/dev/null
echo "image $image: built"

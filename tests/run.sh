#!/usr/bin/env bash
# Runs the tests of this repository; ./mambo test calls it. Needs nothing but the .NET SDK: what else the tests need is installed or built first.
#
#   tests/run.sh                     everything, on real parts
#   tests/run.sh --unit              what needs no Docker and no browser
#   tests/run.sh --filter TEXT       only tests whose full name contains TEXT
set -euo pipefail

repository=$(cd "$(dirname "$0")/.." && pwd)
results=$repository/artifacts/tests
unit='' filter=''
while [ $# -gt 0 ]; do
  case "$1" in
    --unit) unit=yes; shift ;;
    --filter) filter=${2:?--filter needs a text}; shift 2 ;;
    *) echo "tests/run.sh: there is no $1; see its first lines" >&2; exit 2 ;;
  esac
done

condition=''
[ -z "$unit" ] || condition='Needs!=Docker&Needs!=Chromium'
[ -z "$filter" ] || condition="${condition:+$condition&}FullyQualifiedName~$filter"

# Testcontainers' sweeper is an image of its own, which no registry may answer for; and ports are asked for where they are.
export TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

rm -rf "$results"
mkdir -p "$results"

install_packages() {
  command -v apt-get >/dev/null || return 0
  local missing=()
  command -v amqp-publish >/dev/null || missing+=(amqp-tools)
  if grep -rqs 'Include="Microsoft.Playwright"' --include='*.csproj' "$repository/tests" && ! command -v chromium >/dev/null; then missing+=(chromium fonts-inter fonts-jetbrains-mono); fi
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    echo "packages: ${missing[*]} are missing and installing needs root; their tests will fail" >&2
    return 0
  fi
  echo "packages: installing ${missing[*]}"
  { apt-get -y -qq update && DEBIAN_FRONTEND=noninteractive apt-get -y -qq install --no-install-recommends "${missing[@]}"; } >"$results/packages.log" 2>&1 \
    || { tail -n 20 "$results/packages.log" >&2; exit 1; }
}

build() {
  local start=$SECONDS
  if ! dotnet build "$repository/Mambo.Platform.sln" -c Release -v quiet -nodeReuse:false -p:UseSharedCompilation=false >"$results/build.log" 2>&1 </dev/null; then
    grep -E '(error|warn).*:' "$results/build.log" | sort -u | head -n 50 >&2 || tail -n 50 "$results/build.log" >&2
    echo "the solution does not build; all of it is in $results/build.log" >&2
    exit 1
  fi
  echo "build: $((SECONDS - start)) s"
}

run_project() {
  local name=$1 start=$SECONDS arguments=()
  [ -z "$condition" ] || arguments=(--filter "$condition")
  # A test that hangs is stopped and named; nobody waits for ever.
  dotnet test "$repository/artifacts/bin/$name/release/$name.dll" --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --logger 'console;verbosity=minimal' --blame-hang-timeout 10m --blame-hang-dump-type none \
    "${arguments[@]}" >"$results/$name.log" 2>&1 </dev/null && echo 0 >"$results/$name.code" || echo $? >"$results/$name.code"
  report "$name" $((SECONDS - start))
}

# The numbers of a project, from its trx file: total, passed, failed. Nothing when it crashed before writing one.
counters() { sed -n 's/.*<Counters total="\([0-9]*\)" executed="[0-9]*" passed="\([0-9]*\)" failed="\([0-9]*\)".*/\1 \2 \3/p' "$results/$1.trx" 2>/dev/null; }

report() {
  local name=$1 seconds=$2 total passed failed
  read -r total passed failed <<<"$(counters "$name") "
  if [ -z "${failed:-}" ] && [ "$(cat "$results/$name.code")" -eq 0 ] && [ -n "$condition" ]; then
    return 0
  elif [ -z "${failed:-}" ] || { [ "$total" -eq 0 ] && [ -z "$condition" ]; }; then
    echo "✘ $name crashed or ran nothing ($seconds s):"
    tail -n 60 "$results/$name.log"
    touch "$results/$name.crashed"
  elif [ "$failed" -gt 0 ] || [ "$(cat "$results/$name.code")" -ne 0 ]; then
    echo "✘ $name: $passed passed, $failed failed ($seconds s):"
    cat "$results/$name.log"
    touch "$results/$name.crashed"
  elif [ "$total" -gt 0 ]; then
    echo "✔ $name: $passed passed ($seconds s)"
  fi
}

# name, outcome and duration of every test, one a line, tab separated.
all_results() { cat "$results"/*.trx 2>/dev/null | sed -n 's/.*<UnitTestResult .*testName="\([^"]*\)".*duration="\([^"]*\)".*outcome="\([^"]*\)".*/\3\t\2\t\1/p' | sed 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'; }

if [ -z "$unit" ]; then
  "$repository/deploy/install-docker.sh"
  install_packages
  "$repository/tests/environment/images.sh"
fi
build

# The dashboard's browser drops its connections whenever a Docker network comes or goes, and scenarios start whole platforms and time them: these
# come last, one by one. The others run two at a time.
together=() alone=()
for project in "$repository"/tests/*/*.Tests.csproj; do
  name=$(basename "$project" .csproj)
  case "$name" in
    Mambo.Backoffice.Tests | Mambo.Scenarios.Tests) alone+=("$name") ;;
    *) together+=("$name") ;;
  esac
done
for name in "${together[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n || true; done
  run_project "$name" &
done
wait
for name in "${alone[@]}"; do run_project "$name"; done

echo
echo 'slowest tests:'
all_results | cut -f 2,3 | sort -r | sed -n '1,10p' | sed 's/^\(........\.\{0,1\}...\)[0-9]*/  \1/'
if skips=$(all_results | grep -P '^NotExecuted\t'); then
  echo 'skipped:'
  awk '/outcome="NotExecuted"/ { match($0, /testName="[^"]*"/); name = substr($0, RSTART + 10, RLENGTH - 11) } name && /<Message>/ { gsub(/^ *<Message>|<\/Message>.*/, ""); print "  " name ": " $0; name = "" }' "$results"/*.trx
fi

passed=0 failed=0 skipped=0
for name in "${together[@]}" "${alone[@]}"; do
  read -r total ok bad <<<"$(counters "$name") "
  passed=$((passed + ${ok:-0})) failed=$((failed + ${bad:-0})) skipped=$((skipped + ${total:-0} - ${ok:-0} - ${bad:-0}))
done
broken=$(find "$results" -name '*.crashed' | wc -l)
[ "$((passed + failed))" -gt 0 ] || echo 'no test ran' >&2
[ "$broken" -eq 0 ] || [ "$failed" -gt 0 ] || echo "$broken project(s) crashed or ran nothing" >&2
echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ] && [ "$broken" -eq 0 ] && [ "$passed" -gt 0 ]

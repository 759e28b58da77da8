#!/usr/bin/env bash
# Deploys an app to a Mambo platform from CI and ends as the deployment ends:
#   0  the release serves
#   1  it does not, or it could not be asked for; the steps, the reason and the container's last lines are printed
#   2  wrong usage; nothing was asked for
# Needs bash, curl, tar, gzip and sha256sum. docs/ci.md says how it is used.
#
# MAMBO_URL       the platform's API, such as https://mambo.example.org
# MAMBO_APP       the app's name
# MAMBO_BUNDLE    the app's folder, with its compose file. Unset: the bundle that serves now, with new images
# MAMBO_IMAGES    images by compose service, one a line: web=ghcr.io/you/shop@sha256:…
# MAMBO_GENERATION  orders deployments whatever order they arrive in, such as the number of the run; one below the highest so far is superseded. Unset: the last to arrive wins
# MAMBO_AUDIENCE  what the job's token is made for, as ci.audience in mambo.yml. Unset: MAMBO_URL
# MAMBO_TIMEOUT   the longest to wait, in seconds. Unset: 900
# MAMBO_ID_TOKEN  the job's OpenID Connect token (GitLab CI). Unset: asked of GitHub Actions
# MAMBO_TOKEN     a token of the platform, where the CI system has none of its own; used instead of the above
set -euo pipefail
export LC_ALL=C

work=$(mktemp -d)
guard=
finish() {
  local code=$?
  [[ -z $guard ]] || printf '::%s::\n' "$guard"
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT

usage() { printf 'mambo: %s\n' "$@" >&2; exit 2; }
fail() { printf 'mambo: %s\n' "$@" >&2; exit 1; }
say() { printf '%s\n' "$*"; }
on_github() { [[ ${GITHUB_ACTIONS:-} == true ]]; }
mask() { ! on_github || printf '::add-mask::%s\n' "$1"; }

# A string of a JSON document, unescaped and without what would move a terminal's cursor.
unescape() { printf '%b' "${1//\\\"/\"}" | tr -d '\000-\010\013-\037\177'; }
text='(([^"\\]|\\.)*)'
field() { [[ $1 =~ \"$2\":\"$text\" ]] && unescape "${BASH_REMATCH[1]}" || true; }
number() { [[ $1 =~ \"$2\":(-?[0-9.]+) ]] && printf '%s' "${BASH_REMATCH[1]}" || true; }
strings() {
  [[ $1 =~ \"$2\":\[((\"$text\",?)*)\] ]] || return 0
  local rest=${BASH_REMATCH[1]}
  while [[ $rest =~ ^\"$text\",? ]]; do
    rest=${rest:${#BASH_REMATCH[0]}}
    unescape "${BASH_REMATCH[1]}"
    printf '\n'
  done
}
faults() {
  local rest=$1
  while [[ $rest =~ \{\"field\":\"$text\",\"problem\":\"$text\"\}(.*) ]]; do
    printf '  %s: %s\n' "$(unescape "${BASH_REMATCH[1]}")" "$(unescape "${BASH_REMATCH[3]}")"
    rest=${BASH_REMATCH[5]}
  done
}

# A JSON string; control characters cannot be in a name, a digest or a reference.
quote() {
  [[ $1 != *[[:cntrl:]]* ]] || usage "\"${1//[[:cntrl:]]/?}\" has control characters in it."
  local value=${1//\\/\\\\}
  printf '"%s"' "${value//\"/\\\"}"
}

# Percent-encoding for a query.
encode() {
  local i letter
  for ((i = 0; i < ${#1}; i++)); do
    letter=${1:i:1}
    case $letter in
      [a-zA-Z0-9.~_-]) printf '%s' "$letter" ;;
      *) printf '%%%02X' "'$letter" ;;
    esac
  done
}

# One call of the API: its status in $status, its body in $answer. The token comes by a descriptor, since arguments can be seen by every process.
call() {
  local method=$1 path=$2
  shift 2
  status=$(curl -sS -X "$method" -o "$work/answer" -w '%{http_code}' --connect-timeout 10 --retry 4 --retry-connrefused --retry-max-time 90 \
    -H @<(printf 'Authorization: Bearer %s\n' "$token") "$@" "$MAMBO_URL$path" 2>"$work/error") || status=000
  answer=$(cat "$work/answer" 2>/dev/null || true)
}
refused() {
  [[ $status != 000 ]] || fail "$MAMBO_URL does not answer: $(tail -n 1 "$work/error")"
  printf 'mambo: %s (%s): %s\n' "$1" "$status" "$(field "$answer" detail)" >&2
  faults "$answer" >&2
  exit 1
}

check_usage() {
  : "${MAMBO_IMAGES:=}" "${MAMBO_TIMEOUT:=900}"
  [[ -n ${MAMBO_URL:-} ]] || usage 'MAMBO_URL (input url) is missing: the address of the platform'\''s API.'
  MAMBO_URL=${MAMBO_URL%/}
  [[ $MAMBO_URL =~ ^https://[^/@]+$ || $MAMBO_URL =~ ^http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?$ ]] ||
    usage 'MAMBO_URL (input url) must be an https address without a path; http only for this machine, such as the end of a tunnel.'
  [[ ${MAMBO_APP:-} =~ ^[a-z][a-z0-9]*(-[a-z0-9]+)*$ ]] || usage 'MAMBO_APP (input app) must be the name of the app: lower-case letters, digits and single hyphens.'
  [[ -n ${MAMBO_BUNDLE:-} || -n ${MAMBO_IMAGES//[[:space:]]/} ]] || usage 'Nothing to deploy: set MAMBO_BUNDLE (input bundle), MAMBO_IMAGES (input images), or both.'
  [[ ${MAMBO_GENERATION:-0} =~ ^(0|[1-9][0-9]{0,17})$ ]] || usage 'MAMBO_GENERATION (input generation) must be a whole number.'
  [[ $MAMBO_TIMEOUT =~ ^[1-9][0-9]{0,5}$ ]] || usage 'MAMBO_TIMEOUT (input timeout) must be whole seconds.'
  if [[ -n ${MAMBO_BUNDLE:-} ]]; then
    [[ -d $MAMBO_BUNDLE ]] || usage "MAMBO_BUNDLE (input bundle): there is no folder $MAMBO_BUNDLE."
    compgen -G "$MAMBO_BUNDLE/*compose.y*ml" >/dev/null || usage "$MAMBO_BUNDLE is no app: it has no compose.yml."
  fi
  images=
  local line
  while IFS= read -r line; do
    line=${line//[[:space:]]/}
    [[ -n $line ]] || continue
    [[ $line =~ ^[^=]+=.+$ ]] || usage "MAMBO_IMAGES (input images): write SERVICE=REFERENCE, not $line."
    images+="${images:+,}$(quote "${line%%=*}"):$(quote "${line#*=}")"
  done <<<"$MAMBO_IMAGES"
}

# GNU tar packs the same folder to the same bytes; another tar still packs it.
pack() {
  local options=(--exclude=.git --exclude=.mambo --exclude=./.mamboignore) line
  if tar --version 2>/dev/null | grep -q GNU; then
    options+=(--sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --anchored --no-wildcards-match-slash)
  elif [[ -f $MAMBO_BUNDLE/.mamboignore ]]; then
    usage '.mamboignore needs GNU tar.'
  fi
  if [[ -f $MAMBO_BUNDLE/.mamboignore ]]; then
    while IFS= read -r line || [[ -n $line ]]; do
      line=${line//$'\r'/}
      [[ $line =~ ^[[:space:]]*(#.*)?$ ]] && continue
      [[ $line != '!'* && $line != *'**'* ]] || usage ".mamboignore: \"$line\" is understood by mambo deploy only; this script knows * and ?."
      line=${line#/}
      options+=(--exclude="./${line%/}")
    done <"$MAMBO_BUNDLE/.mamboignore"
  fi
  tar "${options[@]}" -C "$MAMBO_BUNDLE" -cf - . | gzip -n >"$work/bundle.tar.gz"
  digest=sha256:$(sha256sum "$work/bundle.tar.gz" | cut -d ' ' -f 1)
}

# The job's own token, exchanged for one of the platform that opens this app for twenty minutes.
authenticate() {
  if [[ -n ${MAMBO_TOKEN:-} ]]; then
    token=$MAMBO_TOKEN
    mask "$token"
    return
  fi
  if [[ -n ${MAMBO_ID_TOKEN:-} ]]; then
    token=$MAMBO_ID_TOKEN
  else
    [[ -n ${ACTIONS_ID_TOKEN_REQUEST_URL:-} && -n ${ACTIONS_ID_TOKEN_REQUEST_TOKEN:-} ]] ||
      usage 'This job has no OpenID Connect token. GitHub: give it the permission id-token: write. GitLab: give it id_tokens: MAMBO_ID_TOKEN. Elsewhere: set MAMBO_TOKEN.'
    local given
    given=$(curl -sSf --connect-timeout 10 --retry 4 -H @<(printf 'Authorization: bearer %s\n' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN") \
      "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$(encode "${MAMBO_AUDIENCE:-$MAMBO_URL}")") || fail 'GitHub gave this job no OpenID Connect token.'
    token=$(field "$given" value)
  fi
  mask "$token"
  call POST /api/ci/token -H 'Content-Type: application/json' --data-raw "{\"app\":$(quote "$MAMBO_APP")}"
  [[ $status == 200 ]] || refused "the token of this job was not exchanged"
  token=$(field "$answer" token)
  mask "$token"
}

store() {
  # Asked with GET's sibling, since the bytes need not be sent when they are there.
  status=$(curl -sS -I -o /dev/null -w '%{http_code}' --connect-timeout 10 --retry 4 --retry-connrefused \
    -H @<(printf 'Authorization: Bearer %s\n' "$token") "$MAMBO_URL/api/bundles/$digest" 2>"$work/error") || status=000
  if [[ $status == 200 ]]; then
    say "✔ bundle ${digest:7:12} was there"
    return
  fi
  call PUT "/api/bundles/$digest" -H 'Content-Type: application/gzip' -T "$work/bundle.tar.gz"
  [[ $status == 20[01] ]] || refused "the bundle was not stored"
  say "✔ bundle ${digest:7:12}, $(wc -c <"$work/bundle.tar.gz") bytes"
}

# The key makes a request that is sent again the same wish; a job that is run again is a new one.
request() {
  local body commit=${GITHUB_SHA:-${CI_COMMIT_SHA:-}} key=${GITHUB_RUN_ID:-${CI_JOB_ID:-$RANDOM$RANDOM$RANDOM}}-${GITHUB_RUN_ATTEMPT:-1}
  body="{\"app\":$(quote "$MAMBO_APP")"
  [[ -z ${digest:-} ]] || body+=",\"bundle\":$(quote "$digest")"
  [[ -z $images ]] || body+=",\"images\":{$images}"
  [[ -z ${MAMBO_GENERATION:-} ]] || body+=",\"generation\":$MAMBO_GENERATION"
  [[ -z $commit ]] || body+=",\"commit\":$(quote "$commit")"
  body+='}'
  call POST /api/deployments -H 'Content-Type: application/json' -H "Idempotency-Key: $key-$(printf %s "$body" | sha256sum | cut -c -16)" --data-raw "$body"
  [[ $status == 202 ]] || refused "$MAMBO_APP was not deployed"
  deployment=$(field "$answer" deploymentId)
  say "✔ deployment $deployment of $MAMBO_APP"
  [[ -z ${GITHUB_OUTPUT:-} ]] || printf 'deployment=%s\n' "$deployment" >>"$GITHUB_OUTPUT"
}

# Tells one event. 0: the deployment goes on, and so does the caller; else $outcome is its exit code.
tell() {
  local data=$2 step code serving left
  case $1 in
    deployment-step-completed) say "✔ $(field "$data" step)  $(number "$data" seconds) s" ;;
    app-deployed)
      outcome=0
      say "✔ $MAMBO_APP: release $(number "$data" release) serves ($(number "$data" seconds) s)"
      strings "$data" urls | sed 's/^/  /'
      strings "$data" warnings | sed 's/^/  warning: /'
      ;;
    deployment-rolled-back) outcome=0 && say "✔ $MAMBO_APP: release $(number "$data" toRelease) serves again" ;;
    deployment-superseded) outcome=1 && say "✘ $MAMBO_APP: a newer deployment took this one's place" ;;
    deployment-cancelled) outcome=1 && say "✘ $MAMBO_APP: cancelled; what served before serves" ;;
    deployment-failed)
      outcome=1
      step=$(field "$data" step) code=$(number "$data" exitCode) serving=$(number "$data" servingRelease) left=$(field "$data" left)
      say "✘ $MAMBO_APP: not deployed: $(field "$data" reason)${step:+, in step $step}${code:+, exit code $code}"
      field "$data" message | sed 's/^/  /'
      printf '\n'
      faults "$data"
      strings "$data" output | sed 's/^/  | /'
      say "  serves now: ${serving:+release }${serving:-nothing}"
      [[ -z $left ]] || say "  left behind: $left"
      ;;
  esac
}

# Follows the events to the end, across connections that break.
follow() {
  local last=0 type='' data='' line started=$SECONDS
  outcome=
  while ((SECONDS - started < MAMBO_TIMEOUT)); do
    while IFS= read -r line; do
      line=${line%$'\r'}
      case $line in
        'id: '*) last=${line#id: } ;;
        'event: '*) type=${line#event: } ;;
        'data: '*) data=${line#data: } ;;
        '')
          [[ -z $type ]] || tell "$type" "$data"
          [[ -z $outcome ]] || return 0
          type='' data=''
          ;;
      esac
    done < <(curl -sN --fail --connect-timeout 10 --max-time $((MAMBO_TIMEOUT - (SECONDS - started) + 1)) -H 'Accept: text/event-stream' -H "Last-Event-ID: $last" \
      -H @<(printf 'Authorization: Bearer %s\n' "$token") "$MAMBO_URL/api/events?deployment=$deployment" 2>/dev/null)
    call GET "/api/deployments/$deployment" --retry 0
    [[ $status != 4?? || $status == 429 ]] || refused "deployment $deployment cannot be followed; it goes on"
    sleep 1
  done
  fail "deployment $deployment has not ended within $MAMBO_TIMEOUT s; it goes on."
}

check_usage
[[ -z ${MAMBO_BUNDLE:-} ]] || pack
authenticate
# What a container printed must not give the runner orders.
if on_github; then
  guard=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$guard"
fi
[[ -z ${MAMBO_BUNDLE:-} ]] || store
request
follow
exit "$outcome"

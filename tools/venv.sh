#!/usr/bin/env bash
# Makes the virtual environment and installs the project with an extra.
#   venv.sh PYTHON VENV EXTRA        EXTRA as "" or "[test]"
set -euo pipefail
python=$1 venv=$2 extra=$3
"$python" - <<'PY' || { echo "bangda needs Python 3.11 or newer; name one: make PYTHON=python3.12 …" >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
PY
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || {
  echo "python3 has no venv module; on Debian: apt-get install python3-venv" >&2; exit 1; }
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable ".$extra"

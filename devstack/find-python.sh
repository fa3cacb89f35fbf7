#!/bin/sh
# Prints the path of a Python >= 3.13 that really runs. `make` needs one before there is a venv; a shim on
# PATH may exist and still refuse, so every candidate is tried. PYTHON=/path/to/python overrides the search.
try() {
    "$1" -c 'import sys, venv, ensurepip; print(sys.executable) if sys.version_info >= (3, 13) else sys.exit(1)' 2>/dev/null
}

pyenv_root=${PYENV_ROOT:-$HOME/.pyenv}
for candidate in "$PYTHON" python3.13 python3.14 python3.15 python3 python \
    "$pyenv_root"/versions/3.1[3-9]*/bin/python3 \
    "$HOME"/.local/share/uv/python/cpython-3.1[3-9]*/bin/python3 \
    /opt/homebrew/bin/python3.1[3-9] /usr/local/bin/python3.1[3-9]; do
    [ -n "$candidate" ] || continue
    try "$candidate" && exit 0
done
echo "No Python 3.13 or newer was found. Install one (python.org, your package manager, or 'pyenv install 3.13')" >&2
echo "and run make again, or name it: make PYTHON=/path/to/python3.13" >&2
exit 1

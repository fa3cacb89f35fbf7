#!/bin/sh
# Makes .venv and installs what the devstack, the tests and the linters need. Called by `make` when
# requirements.txt or requirements-dev.txt changed; $1 is the stamp to leave when all went well.
set -e
unfinished=.venv/.unfinished # an install that was cut leaves packages that look whole to the next one
if [ -e $unfinished ] || ! .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 13))' 2>/dev/null; then
    base=$(sh devstack/find-python.sh)
    echo "making .venv with $base ..."
    rm -rf .venv
    trap 'rm -rf .venv' EXIT # half a .venv has a Python, and nothing to install with
    trap 'exit 130' INT TERM HUP
    "$base" -m venv .venv
    trap - EXIT INT TERM HUP
fi
touch $unfinished
echo "installing requirements-dev.txt into .venv; up to a minute the first time ..."
if .venv/bin/python -m pip install -q --disable-pip-version-check "$(grep '^uv==' requirements-dev.txt)" &&
    .venv/bin/uv pip install -q --python .venv/bin/python -r requirements-dev.txt; then
    :
else
    echo "uv could not install them; trying again with pip ..."
    .venv/bin/python -m pip install --disable-pip-version-check -r requirements-dev.txt
fi
rm -f $unfinished .venv/.installed-*
touch "$1"
echo "the Python side is ready"

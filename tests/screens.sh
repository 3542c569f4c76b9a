#!/usr/bin/env bash
# Keeps the pictures that the tests of the pages made, in docs/screens.
#
#   cargo nextest run --release --workspace -E 'test(/^pages::/)' && tests/screens.sh
#
# The tests write them into screens of the target folder, each after axe-core has looked at its page.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
from=${CARGO_TARGET_DIR:-target}/screens
sed -n 's/^| !\[.*\](\(.*\)\.png) .*/\1/p' docs/screens/README.md | while read -r name; do
  cp -- "$from/$name.png" docs/screens/
done

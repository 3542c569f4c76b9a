#!/usr/bin/env bash
# Runs every fuzz target for some seconds, one after another, on the stable toolchain.
#
#   fuzz/run.sh SECONDS [TARGET...]
#
# Seeds: tests/golden, examples and the public corpus (../shared or $YINXIN_SHARED),
# copied into fuzz/corpus, which stays out of the repository. A finding stays in
# fuzz/artifacts and ends the run.
set -euo pipefail
exec </dev/null
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

seconds=${1:?fuzz/run.sh SECONDS [TARGET...]}
shift
target=${CARGO_TARGET_DIR:-$PWD/../target}
case $target in /*) ;; *) target=$PWD/$target ;; esac
if [ $# -gt 0 ]; then targets=("$@"); else mapfile -t targets < <(sed -n 's|^path = "fuzz_targets/\(.*\)\.rs"|\1|p' Cargo.toml); fi

# DER from inside the packages comes from the seed program; whole files are copied by it too.
cargo run --locked --release --quiet --manifest-path ../Cargo.toml --example fuzz-seeds -- "$PWD/corpus"

unset CARGO_TARGET_DIR
export CARGO_INCREMENTAL=0
cargo fuzz build --sanitizer none --target-dir "$target/fuzz"
for name in "${targets[@]}"; do
  printf -- '-- fuzzing %s for %d s\n' "$name" "$seconds"
  cargo fuzz run --sanitizer none --target-dir "$target/fuzz" "$name" -- \
    -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -max_len=262144 -len_control=0 \
    -print_final_stats=1 -verbosity=0 2>&1 | grep -Ev '^INFO: (Loaded|Running|Seed|seed)' || exit 1
done

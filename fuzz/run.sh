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
# With the features of the whole workspace, as ci.sh has built it.
cargo build --locked --release --quiet --manifest-path ../Cargo.toml --workspace --example fuzz-seeds
"$target/release/examples/fuzz-seeds" "$PWD/corpus"

export CARGO_INCREMENTAL=0
env -u CARGO_TARGET_DIR cargo fuzz build --sanitizer none --target-dir "$target/fuzz"
programs=$target/fuzz/$(rustc -vV | sed -n 's/^host: //p')/release
for name in "${targets[@]}"; do
  printf -- '-- fuzzing %s for %d s\n' "$name" "$seconds"
  mkdir -p "artifacts/$name" "corpus/$name"
  # the program itself, not `cargo fuzz run`: the same, without a listing of every octet of a finding
  if ! "$programs/$name" -artifact_prefix="artifacts/$name/" -max_total_time="$seconds" -rss_limit_mb=2048 \
    -timeout=10 -max_len=262144 -print_final_stats=1 -verbosity=0 "corpus/$name" 2>&1 |
    grep -v '^WARNING: Failed to find function'; then
    echo "fuzz: $name found something: see fuzz/artifacts/$name" >&2
    exit 1
  fi
done

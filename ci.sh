#!/usr/bin/env bash
# Everything CI runs, runnable by hand from any directory.
#
#   ./ci.sh           what CI runs
#   ./ci.sh --fast    without documentation, benches and fuzzing
#   ./ci.sh --long    fuzzing for ten minutes a target, full bench runs, the long
#                     differential tests of the SM2 core and its figures
#
# Installs what the tests need and is missing: Debian packages as root (with a
# message naming them otherwise), cargo tools with cargo, with npm axe-core into
# tests/axe, Chromium 86 into tests/chromium86 and the builder of scripts into pages.
# Tests use no network.
#
# YINXIN_SHARED        the given corpora; ../shared by default
# YINXIN_TEST_POSTGRES a PostgreSQL that tests/postgres.sh started; without it one
#                      is started for the run
# YINXIN_ADVISORY_DB   a folder with a clone of the RustSec database, as cargo-deny
#                      keeps it (~/.cargo/advisory-dbs); without it
#                      advisories are reported as not checked
set -euo pipefail
exec </dev/null
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

readonly CARGO_DENY=0.20.2 CARGO_FUZZ=0.13.2
readonly APT_PACKAGES=(
  gcc libc6-dev openssl chromium chromium-driver fonts-noto-cjk poppler-utils
  openjdk-17-jdk-headless libbcprov-java libbcpkix-java postgresql
  softhsm2 swtpm tpm2-tools python3
)

mode=full
for argument in "$@"; do
  case $argument in
    --fast) mode=fast ;;
    --long) mode=long ;;
    -h | --help)
      sed -n '2,/^set /{/^#/{s/^# \{0,1\}//;p}}' ci.sh
      exit 0
      ;;
    *)
      printf 'ci: unknown option %s (--fast, --long)\n' "$argument" >&2
      exit 64
      ;;
  esac
done

target=${CARGO_TARGET_DIR:-$PWD/target}
case $target in /*) ;; *) target=$PWD/$target ;; esac
if [ -z "${YINXIN_SHARED:-}" ] && [ -d ../shared ]; then YINXIN_SHARED=$(cd ../shared && pwd -P); fi
if [ -n "${YINXIN_SHARED:-}" ]; then export YINXIN_SHARED; else unset YINXIN_SHARED; fi
export CARGO_TARGET_DIR=$target CARGO_TERM_PROGRESS_WHEN=never CARGO_INCREMENTAL=0
# carried by every process started from here: finds those that outlive their step
export YINXIN_CI_RUN=$$.$RANDOM.$SECONDS

# -- steps -------------------------------------------------------------------

current='' table=''

# step NAME COMMAND...: runs one named step, timed; the first failure ends the run.
step() {
  local begin=$SECONDS
  current=$1
  shift
  printf '\n== %s\n' "$current"
  "$@"
  sweep
  table+=$(printf '%-34s %5d s' "$current" $((SECONDS - begin)))$'\n'
  current=''
}

# Ends, by its id, every process of this run that outlived its step.
sweep() {
  local pid
  for pid in /proc/[0-9]*; do
    pid=${pid#/proc/}
    [ "$pid" != "$$" ] && [ "$pid" != "$BASHPID" ] && is_ours "$pid" || continue
    printf 'ci: ending %s %s, left behind by "%s"\n' "$pid" "$(cat "/proc/$pid/comm" 2>/dev/null)" "$current" >&2
    kill -KILL "$pid" 2>/dev/null || true
  done
}

# is_ours PID: whether a process carries the mark of this run.
is_ours() {
  local entry
  while IFS= read -r -d '' entry; do
    if [ "$entry" = "YINXIN_CI_RUN=$YINXIN_CI_RUN" ]; then return 0; fi
  done 2>/dev/null <"/proc/$1/environ"
  return 1
}

finish() {
  local status=$?
  trap - EXIT
  stop_postgres || true
  sweep || true
  if [ -n "$table" ]; then printf '\n%-34s %s\n%s' step time "$table"; fi
  printf '%-34s %5d s\n' total "$SECONDS"
  if [ "$status" -ne 0 ]; then
    printf 'ci: FAILED in "%s" (exit %d)\n' "${current:-start}" "$status"
  else
    printf 'ci: all steps passed\n'
  fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# -- what the tests need -------------------------------------------------------

install_packages() {
  local missing=() package
  if command -v dpkg-query >/dev/null; then
    for package in "${APT_PACKAGES[@]}"; do
      dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
    done
  else
    command -v cc >/dev/null || missing+=(gcc)
    command -v openssl >/dev/null || missing+=(openssl)
    command -v chromium >/dev/null || missing+=(chromium)
    command -v chromedriver >/dev/null || missing+=(chromium-driver)
    command -v pdftotext >/dev/null || missing+=(poppler-utils)
    command -v javac >/dev/null || missing+=(openjdk-17-jdk-headless)
    command -v initdb >/dev/null || missing+=(postgresql)
    command -v softhsm2-util >/dev/null || missing+=(softhsm2)
    command -v swtpm >/dev/null || missing+=(swtpm)
    command -v tpm2_sign >/dev/null || missing+=(tpm2-tools)
    command -v python3 >/dev/null || missing+=(python3)
  fi
  command -v npm >/dev/null || missing+=(npm)
  if [ ${#missing[@]} -eq 0 ]; then
    echo "packages: all there"
  elif [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "packages: installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
  else
    printf 'ci: these packages are missing (names of Debian 12): %s\n' "${missing[*]}" >&2
    printf 'ci: install them as root: apt-get install --no-install-recommends %s\n' "${missing[*]}" >&2
    return 69
  fi
}

# cargo_tool NAME VERSION [OPTIONS]: installs a cargo subcommand that is not there.
cargo_tool() {
  local name=$1 version=$2 found
  shift 2
  if found=$("cargo-$name" --version 2>/dev/null || cargo "$name" --version 2>/dev/null); then
    case $found in *" $version"*) ;; *) echo "note: $found stands here; CI uses $version" ;; esac
  else
    # a target folder of its own: the tools share nothing with this workspace; not
    # optimised: they work for seconds and are compiled for minutes
    env -u CARGO_TARGET_DIR cargo install --quiet --locked --debug "cargo-$name" --version "$version" "$@"
  fi
}

prepare() {
  command -v cargo >/dev/null || {
    echo "ci: cargo is missing: install Rust $(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml) or later" >&2
    return 69
  }
  install_packages
  cargo_tool deny "$CARGO_DENY" --no-default-features
  if [ "$mode" != fast ]; then cargo_tool fuzz "$CARGO_FUZZ"; fi
  if [ -n "${YINXIN_SHARED:-}" ]; then
    echo "corpora: $YINXIN_SHARED"
  elif [ "${CI:-}" = true ]; then
    echo 'ci: the given corpora are in neither ../shared nor $YINXIN_SHARED' >&2
    return 66
  else
    echo "corpora: not found; the tests that read them are skipped"
  fi
  # everything a later step could want from the network, now
  local folder
  for folder in tests/axe tests/chromium86 pages; do
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error
  done
  cargo fetch --locked --quiet
  if [ "$mode" != fast ]; then cargo fetch --locked --quiet --manifest-path fuzz/Cargo.toml; fi
}

# -- the tests' PostgreSQL -------------------------------------------------------

# with_postgres COMMAND...: runs it beside a PostgreSQL that lives as long.
with_postgres() {
  local told
  if [ -n "${YINXIN_TEST_POSTGRES:-}" ]; then
    "$@"
    return
  fi
  told=$(tests/postgres.sh start)
  eval "$told"
  # a failure ends the run through `finish`, which stops it too
  "$@"
  stop_postgres
}

# Ends the server that with_postgres started, if it did.
stop_postgres() {
  if [ -z "${YINXIN_TEST_POSTGRES_FOLDER:-}" ]; then return; fi
  tests/postgres.sh stop
  unset YINXIN_TEST_POSTGRES YINXIN_TEST_POSTGRES_FOLDER YINXIN_TEST_POSTGRES_PROGRAMS
}

# -- the steps -----------------------------------------------------------------

format() {
  cargo fmt --all --check
  cargo fmt --manifest-path fuzz/Cargo.toml --check
}

lint() { cargo clippy --locked --release --workspace --all-targets -- -D warnings; }

documentation() { RUSTDOCFLAGS='-D warnings' cargo doc --locked --release --workspace --no-deps; }

deny() {
  cargo deny --offline --log-level error --all-features check --hide-inclusion-graph bans licenses sources
  cargo deny --offline --log-level error --manifest-path fuzz/Cargo.toml --config deny.toml check --hide-inclusion-graph bans licenses sources
  if [ -n "${YINXIN_ADVISORY_DB:-}" ]; then
    advisories
  else
    echo "advisories: not checked (no local copy in \$YINXIN_ADVISORY_DB)"
  fi
}

advisories() {
  local configured=$target/deny-advisories.toml
  sed "s|^\[advisories\]|&\ndb-path = \"$YINXIN_ADVISORY_DB\"|" deny.toml >"$configured"
  cargo deny --offline --config "$configured" check advisories
}

tests() {
  if [ "$mode" = long ]; then export YINXIN_LONG=1 NEXTEST_PROFILE=long; fi
  if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked --release --workspace --no-fail-fast
  else
    cargo test --locked --release --workspace --lib --bins --tests --no-fail-fast
  fi
}

# Issuing with keys that are not in files: all of it behind the daemon, its core in the software password device.
custodies() {
  with_custody hsmd issuing licences office
  with_custody softsdf issuing
}

# with_custody NAME MODULE...: the tests of some modules with keys there.
with_custody() {
  local custody=$1 filter
  shift
  if cargo nextest --version >/dev/null 2>&1; then
    filter=$(IFS='|' && echo "test(/^($*)::/)")
    YINXIN_TEST_CUSTODY=$custody cargo nextest run --locked --release --workspace --no-fail-fast -E "package(yinxin) & $filter"
  else
    YINXIN_TEST_CUSTODY=$custody cargo test --locked --release --workspace --test it --no-fail-fast -- "${@/%/::}"
  fi
}

doc_tests() { cargo test --locked --release --workspace --doc; }

# The SM2 and SM3 core without processor features.
portable_tests() { cargo test --locked --release -p yinxin-trust --features portable --lib -- sm::; }

# Files that a program writes are what that program would write today; the
# OpenAPI and report schemas are held by snapshot tests among the tests.
generated() { "$target/release/yinxin-testkit" check; }

# Scripts of the pages: their types hold, and what is embedded is what they build to.
scripts() {
  npm run --silent --prefix pages check
  (cd pages && node build.mjs --check)
}

# Always of the whole workspace: with one package alone dependencies have other
# features, and are compiled once more.
programs() { cargo build --locked --release --quiet --workspace --bins --examples; }

# The figures want the profile of benches; that they run does not.
benches() {
  local name
  if [ "$mode" = long ]; then
    cargo bench --locked --workspace --bench verify
    cargo bench --locked --workspace --bench sm2 -- --check
    cargo bench --locked --workspace --bench codes -- --check
    cargo bench --locked --workspace --bench verify -- memory
    for name in store issue show overhead; do cargo bench --locked --workspace --bench "$name"; done
    cargo bench --locked --workspace --bench pool -- --check
    cargo bench --locked --workspace --bench custody -- --check
  else
    for name in verify codes store issue show custody; do
      cargo bench --locked --profile release --workspace --bench "$name" -- quick
    done
    cargo bench --locked --profile release --workspace --bench verify -- memory
  fi
}

# The first command of the README, twice: a second run uses the locality again.
demo() {
  local folder
  folder=$(mktemp -d)
  (cd "$folder" && "$target/release/yinxin" demo --once && "$target/release/yinxin" demo --once)
  rm -r "$folder"
}

fuzz_smoke() {
  local seconds=5
  if [ "$mode" = long ]; then seconds=600; fi
  fuzz/run.sh "$seconds"
}

# -- all of it -----------------------------------------------------------------

step 'what the tests need' prepare
step 'format' format
step 'bans, licences, sources' deny
step 'scripts of the pages' scripts
step 'clippy' lint
if [ "$mode" != fast ]; then step 'documentation' documentation; fi
step 'tests' with_postgres tests
if [ "$mode" != fast ]; then step 'issuing with other custodies' with_postgres custodies; fi
if [ "$mode" != fast ]; then
  step 'documentation tests' doc_tests
  step 'portable core' portable_tests
fi
step 'programs' programs
step 'generated files unchanged' generated
step 'the demo, twice' demo
if [ "$mode" != fast ]; then
  step 'benches, memory' with_postgres benches
  step 'fuzzing' fuzz_smoke
fi

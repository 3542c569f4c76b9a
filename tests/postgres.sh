#!/usr/bin/env bash
# A PostgreSQL of its own for the tests, in a temporary folder, on a free port of
# the loopback and a socket beside its data. Wants Debian's package postgresql.
#
#   eval "$(tests/postgres.sh start)"     starts it; says where it is in YINXIN_TEST_POSTGRES
#   tests/postgres.sh stop                ends it and removes its folder
#
# As root the server runs as the user postgres: it refuses to run as root.
set -euo pipefail

programs() {
  local folder
  for folder in /usr/lib/postgresql/*/bin; do
    if [ -x "$folder/initdb" ]; then printf '%s\n' "$folder"; fi
  done | sort -V | tail -n 1
}

# as_server COMMAND...: not as root
as_server() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
  else
    "$@"
  fi
}

start() {
  local bin folder port attempt
  bin=$(programs)
  if [ -z "$bin" ]; then
    if command -v initdb >/dev/null; then
      bin=$(dirname "$(readlink -f "$(command -v initdb)")")
    else
      echo 'postgres.sh: PostgreSQL is missing: apt-get install --no-install-recommends postgresql' >&2
      exit 69
    fi
  fi
  folder=$(mktemp -d "${TMPDIR:-/tmp}/yinxin-postgres.XXXXXX")
  chmod 755 "$folder"
  mkdir "$folder/socket" "$folder/data"
  if [ "$(id -u)" -eq 0 ]; then chown postgres: "$folder/socket" "$folder/data"; fi
  cd "$folder"
  # the first rule is for the test of passwords; the tests may make any database
  as_server "$bin/initdb" --pgdata="$folder/data" --username=yinxin --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
    --no-sync >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 70; }
  as_server sed -i '1i host all yinxin_password 127.0.0.1/32 scram-sha-256' "$folder/data/pg_hba.conf"
  for attempt in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 10000))
    if as_server "$bin/pg_ctl" start --pgdata="$folder/data" --wait --timeout=60 --silent --log="$folder/data/server.log" \
      --options="-p $port -k $folder/socket -c listen_addresses=127.0.0.1 -c max_connections=400 -c fsync=on" \
      >/dev/null 2>&1; then
      printf 'export YINXIN_TEST_POSTGRES=postgres://yinxin@%s:%s/postgres\n' "${folder//\//%2F}%2Fsocket" "$port"
      printf 'export YINXIN_TEST_POSTGRES_FOLDER=%s\n' "$folder"
      printf 'export YINXIN_TEST_POSTGRES_PROGRAMS=%s\n' "$bin"
      return
    fi
  done
  cat "$folder/data/server.log" >&2 || true
  rm -rf -- "$folder"
  echo "postgres.sh: the server does not start (tried $attempt ports)" >&2
  exit 70
}

stop() {
  local folder=${YINXIN_TEST_POSTGRES_FOLDER:-}
  case $folder in
    */yinxin-postgres.*) ;;
    *)
      echo 'postgres.sh: YINXIN_TEST_POSTGRES_FOLDER does not say which server to end' >&2
      exit 64
      ;;
  esac
  cd /
  as_server "${YINXIN_TEST_POSTGRES_PROGRAMS:-$(programs)}/pg_ctl" stop --pgdata="$folder/data" --mode=immediate --wait --silent || true
  rm -rf -- "$folder"
}

case ${1:-} in
  start) start ;;
  stop) stop ;;
  *)
    sed -n '2,/^set /{/^#/{s/^# \{0,1\}//;p}}' "${BASH_SOURCE[0]}" >&2
    exit 64
    ;;
esac

#!/usr/bin/env bash
# Runs every test project, one after the other (two cores), and ends with one line: N passed, N failed, N skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
status=0
for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  dotnet test "$project" --no-build --nologo -c "${CONFIGURATION:-Release}" --logger "trx;LogFileName=$name.trx" --results-directory "$results" \
    --blame-hang-timeout 15m --blame-hang-dump-type none || status=1
  # A project whose runner died before it could report is a failure, not silence.
  [ -f "$results/$name.trx" ] || { echo "$name: no results were written" >&2; status=1; crashed=$((${crashed:-0} + 1)); }
done
count() { # the sum of one counter of every result file
  cat "$results"/*.trx 2>/dev/null | grep -o "<Counters [^>]*>" | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ sum += $1 } END { print sum + 0 }'
}
total=$(count total) passed=$(count passed) failed=$(($(count failed) + ${crashed:-0}))
skipped=$((total - passed - $(count failed)))
[ "$total" -gt 0 ] && [ "$failed" -eq 0 ] || status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit $status

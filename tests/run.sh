#!/usr/bin/env bash
# Runs every test project, one after the other (two cores), and ends with one line: N passed, N failed, N skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
dotnet test --solution DeepfakeOperator.sln --no-build -c "${CONFIGURATION:-Release}" --max-parallel-test-modules 1 --no-progress "$@" 2>&1 | tee "$log" || status=1
count() { sed 's/\x1b\[[0-9;]*m//g' "$log" | sed -n '/^Test run summary/,$p' | awk -v name="$1:" '$1 == name { print $2; exit }'; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
# A run that broke before any test could fail is a failure, not silence.
[ "${passed:-0}" -gt 0 ] || status=1
[ "$status" -eq 0 ] || [ "${failed:-0}" -gt 0 ] || failed=1
echo "${passed:-0} passed, ${failed:-0} failed, ${skipped:-0} skipped"
exit $status

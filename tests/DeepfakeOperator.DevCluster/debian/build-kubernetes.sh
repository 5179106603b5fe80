#!/usr/bin/env bash
# Builds kube-apiserver, kube-controller-manager, kube-scheduler and kubectl from Debian's own source package into the folder $1, with Debian's Go.
# Says what it does in lines that start with "==". Needs root (or sudo) to install what is missing; the system's package lists are left as they are.
set -euo pipefail
target=$1
work=$(mktemp -d)
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
sudo=""; [ "$(id -u)" -eq 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive

missing=()
for pair in go:golang-go make:make gcc:gcc rsync:rsync etcd:etcd-server dpkg-source:dpkg-dev; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "== installing ${missing[*]}"
  $sudo apt-get update -q
  # --no-install-recommends keeps etcd from being set up as a service for more than this machine needs.
  $sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends "${missing[@]}"
fi

echo "== fetching the source package"
# deb-src lines in a list of our own: the same mirrors as the system's, whichever way they are written down.
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
sources=$work/sources.list
{ grep -hE '^deb ' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } | sed 's/^deb /deb-src /' >"$sources"
for file in /etc/apt/sources.list.d/*.sources; do
  [ -f "$file" ] || continue
  awk 'BEGIN { RS = "" } { uris = suites = components = signed = "";
    n = split($0, lines, "\n");
    for (i = 1; i <= n; i++) {
      if (lines[i] ~ /^URIs:/) { uris = substr(lines[i], 6) } else if (lines[i] ~ /^Suites:/) { suites = substr(lines[i], 8) }
      else if (lines[i] ~ /^Components:/) { components = substr(lines[i], 12) } else if (lines[i] ~ /^Signed-By:/) { signed = substr(lines[i], 11) } }
    gsub(/ /, "", signed); option = signed == "" ? "" : " [signed-by=" signed "]";
    nu = split(uris, u, " "); ns = split(suites, s, " ");
    for (a = 1; a <= nu; a++) for (b = 1; b <= ns; b++) print "deb-src" option " " u[a] " " s[b] " " components }' "$file" >>"$sources"
done
apt=(-o "Dir::Etc::SourceList=$sources" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
apt-get "${apt[@]}" update -q
(cd "$work" && apt-get "${apt[@]}" source -q kubernetes)
source=$(find "$work" -maxdepth 1 -type d -name 'kubernetes-*' | head -n 1)

echo "== building ($(basename "$source"), $(nproc) cores)"
cd "$source"
# Kubernetes 1.20 vendors everything and predates modules as the only way: GOPATH mode, no network.
export GO111MODULE=off GOFLAGS= GOPROXY=off KUBE_GIT_VERSION="v$(basename "$source" | sed 's/^kubernetes-//; s/+.*//')" KUBE_GIT_TREE_STATE=clean KUBE_GIT_COMMIT=debian
for command in kube-apiserver kube-controller-manager kube-scheduler kubectl; do
  echo "== building $command"
  make WHAT="cmd/$command" KUBE_GIT_MAJOR=1 GOLDFLAGS="-s -w"
  cp "$(find _output -type f -name "$command" -perm -u+x | head -n 1)" "$target/$command.new"
done
# All or nothing: a half-built folder must not be taken for a whole one.
for command in kube-controller-manager kube-scheduler kubectl kube-apiserver; do mv "$target/$command.new" "$target/$command"; done
echo "== done"

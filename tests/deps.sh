#!/usr/bin/env bash
# Installs the Debian packages that are missing: ffmpeg for videos, Java where a Kafka distribution is to be started, and a Go compiler where
# DevCluster will have to build Kubernetes (it would install that itself, but cannot ask for a password).
set -euo pipefail
missing=()
command -v ffmpeg >/dev/null || missing+=(ffmpeg)
if [ -n "${KAFKA_HOME:-}" ]; then command -v java >/dev/null || missing+=(openjdk-17-jre-headless); fi
if [ -z "${KUBEBUILDER_ASSETS:-}" ] && [ ! -d "${XDG_DATA_HOME:-$HOME/.local/share}/kubebuilder-envtest/k8s" ] && [ ! -S /var/run/docker.sock ] \
  && [ -z "${DOCKER_HOST:-}" ] && [ ! -x "${XDG_CACHE_HOME:-$HOME/.cache}/deepfake-operator/kubernetes-debian/kube-apiserver" ]; then
  for pair in go:golang-go make:make gcc:gcc rsync:rsync dpkg-source:dpkg-dev; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  [ -e /usr/include/stdlib.h ] || missing+=(libc6-dev)
fi
if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^1[0-9]\.'; then
  echo "The .NET 10 SDK is missing. Install it (packages dotnet-sdk-10.0 of your distribution or of Microsoft's feed) and run this again." >&2
  exit 1
fi
[ ${#missing[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null; then
  echo "Please install: ${missing[*]} (this script only knows Debian's apt-get)." >&2
  exit 1
fi
sudo=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "Please install as root: apt-get install ${missing[*]}" >&2; exit 1; }
  sudo=sudo
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# On a terminal apt's latest line stands where the one before stood, so that minutes of work can be told from a hang; in a pipe only errors are shown.
progress() {
  local line width=$((${COLUMNS:-$(tput cols 2>/dev/null || echo 80)} - 4))
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$log"
    if [ -t 1 ]; then printf '\r\033[K  %s' "${line:0:$width}"; fi
  done
  if [ -t 1 ]; then printf '\r\033[K'; fi
}
apt() { $sudo apt-get -q -o Dpkg::Use-Pty=0 "$@" 2>&1 | progress; }
if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; }; then
  cat "$log" >&2
  exit 1
fi

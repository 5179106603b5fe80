#!/usr/bin/env bash
# Trains the bundled detector anew and writes its files here. Seeded; under 30 minutes on two cores. Arguments go to the training (--help lists them).
set -euo pipefail
cd "$(dirname "$0")"
packages=(python3-torch python3-onnx python3-numpy python3-pil libopenblas0-pthread)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "Please install: ${missing[*]} (this script only knows Debian's apt-get)." >&2
    exit 1
  fi
  sudo=""
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  echo "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  $sudo apt-get update -qq
  $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
# Debian's own Python: another one on the PATH does not see Debian's packages. One thread each: the processes share the cores already.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
exec nice -n 10 /usr/bin/python3 -m training "$@"

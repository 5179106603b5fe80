#!/usr/bin/env bash
# Builds kube-apiserver, kube-controller-manager, kube-scheduler and kubectl from Debian's own source package (Debian 12) into the folder $1, with
# Debian's Go,
# and puts Debian's etcd beside them. Says what it does in lines that start with "==". Needs root (or sudo without a password) only to install a
# compiler; the
# system's package lists and sources are left as they are. May be interrupted at any time, and asked for by several at once: one builds, the others
# wait for it.
set -euo pipefail
target=$1
programs=(kube-apiserver kube-controller-manager kube-scheduler kubectl)
mkdir -p "$target"
exec 9>"$target/lock"
if ! flock -n 9; then
  echo "== waiting for another process that builds the same"
  flock 9
fi
# kube-apiserver is put in place last, so it stands for the whole.
[ -x "$target/kube-apiserver" ] && { echo "== already built"; exit 0; }

work=$target/work
# What an earlier build left that was killed. Go's module and build caches may be read-only.
clean() { [ -d "$work" ] && chmod -R u+w "$work"; rm -rf "$work"; }
clean
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
step=
# Runs a step while this shell waits: a shell that runs one in the foreground would not hear a signal before the step's end.
run() { "$@" & step=$!; wait "$step"; step=; }
stop() {
  trap '' TERM INT HUP
  # The whole process group where it is ours alone, so that no compiler goes on unseen.
  if [ "$(cut -d ' ' -f 5 "/proc/$$/stat")" = $$ ]; then kill -TERM 0; elif [ -n "$step" ]; then kill "$step"; fi
  wait
  exit "$1"
}
trap clean EXIT
trap 'stop 143' TERM
trap 'stop 130' INT HUP

sudo=(); [ "$(id -u)" -eq 0 ] || sudo=(sudo -n)
missing=()
for pair in go:golang-go make:make gcc:gcc rsync:rsync dpkg-source:dpkg-dev; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
# gcc alone brings no headers, and the build of one package wants them.
[ -e /usr/include/stdlib.h ] || missing+=(libc6-dev)

echo "== reading the package lists"
# Lists of our own: the same mirrors as the system's, whichever way they are written down, with their sources too.
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -f "$file" ] && sed -n 's/^deb /&/p' "$file"
done >"$work/binary.list" || true
for file in /etc/apt/sources.list.d/*.sources; do
  [ -f "$file" ] || continue
  grep -v '^#' "$file" | awk 'BEGIN { RS = "" } {
    uris = suites = components = signed = ""
    n = split($0, lines, "\n")
    for (i = 1; i <= n; i++) {
      if (lines[i] ~ /^URIs:/) uris = substr(lines[i], 6)
      else if (lines[i] ~ /^Suites:/) suites = substr(lines[i], 8)
      else if (lines[i] ~ /^Components:/) components = substr(lines[i], 12)
      else if (lines[i] ~ /^Signed-By:/) signed = substr(lines[i], 11)
    }
    gsub(/ /, "", signed)
    option = signed == "" ? "" : " [signed-by=" signed "]"
    nu = split(uris, u, " "); ns = split(suites, s, " ")
    for (a = 1; a <= nu; a++) for (b = 1; b <= ns; b++) print "deb" option " " u[a] " " s[b] " " components
  }' >>"$work/binary.list"
done
{ cat "$work/binary.list"; sed 's/^deb /deb-src /' "$work/binary.list"; } >"$work/sources.list"
apt=(-q -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$work/lists" \
  -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=)
# Somebody else's repository that does not answer is no reason to give up: the next step tells whether what is needed is there.
run apt-get "${apt[@]}" update || true

if [ ${#missing[@]} -gt 0 ]; then
  echo "== installing ${missing[*]}"
  # No daemon of the new packages may inherit the lock.
  run "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "${apt[@]}" install -y --no-install-recommends "${missing[@]}" 9>&- || {
    echo "== these packages could not be installed; please do: apt-get install ${missing[*]}"
    exit 1
  }
fi

echo "== fetching the source package and etcd"
cd "$work"
run apt-get "${apt[@]}" source kubernetes || {
  echo "== Debian's source package kubernetes could not be fetched; the mirrors that were asked:"
  cat "$work/binary.list"
  exit 1
}
# Not installed, only unpacked: etcd's package would set up a service, and the other one is source that goes into the build.
run apt-get "${apt[@]}" download etcd-server golang-github-modern-go-reflect2-dev
for package in etcd-server golang-github-modern-go-reflect2-dev; do dpkg-deb -x "$package"_*.deb packages; done
source=$(find "$work" -maxdepth 1 -type d -name 'kubernetes-*' | head -n 1)
# The folder may say 1.20.5+really1.20.2: Debian went back once, and the last number is the true one.
version=$(basename "$source" | sed 's/^kubernetes-//; s/.*really//; s/[+~].*//')

echo "== building Kubernetes $version"
cd "$source"
# 1.20 was written for Go 1.15. Its copy of reflect2 reads the insides of maps, which Go 1.18 changed: the API server would crash with the first
# custom resource.
# Debian's own version of that library knows the newer ones.
reflect2=vendor/github.com/modern-go/reflect2
rm "$reflect2"/*.go "$reflect2"/*.s
cp "$work"/packages/usr/share/gocode/src/github.com/modern-go/reflect2/*.{go,s} "$reflect2"
rm -f "$reflect2"/*_test.go
# Its schema validation compares two reflect.Values themselves, which since then are equal for empty text: "" would be refused as null everywhere.
zero=' || reflect.DeepEqual(reflect.Zero(reflect.TypeOf(data)), reflect.ValueOf(data))'
for file in vendor/k8s.io/kube-openapi/pkg/validation/validate/type.go vendor/github.com/go-openapi/validate/type.go; do
  grep -qF "$zero" "$file" || { echo "== $file is not the one that this script mends"; exit 1; }
  sed -i "s/$zero//" "$file"
done
# 1.20 vendors everything and predates modules as the only way: GOPATH mode, no network. -v names each package when it is compiled, which is our
# progress.
export GO111MODULE=off GOPROXY=off GOCACHE="$work/go-cache" KUBE_GIT_VERSION="v$version" KUBE_GIT_TREE_STATE=clean KUBE_GIT_COMMIT=debian
run make WHAT="$(printf 'cmd/%s ' "${programs[@]}")" GOFLAGS=-v GOLDFLAGS="-s -w"

for program in "${programs[@]}"; do cp "$(find _output -type f -name "$program" -perm -u+x | head -n 1)" "$work/$program"; done
cp "$work/packages/usr/bin/etcd" "$target/etcd"
for program in kubectl kube-scheduler kube-controller-manager kube-apiserver; do mv "$work/$program" "$target/$program"; done
echo "== done"

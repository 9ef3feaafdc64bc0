# Sourced by scenarios/run and tests/run: installs what is missing, configures and builds. Says what it
# does, and does nothing that is done already.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# install_packages NAME…: installs the Debian packages that are not there.
install_packages() {
  local missing=()
  local name
  for name in "$@"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q '^install ok installed$' ||
      missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return
  echo "podsight: installing ${missing[*]}"
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "podsight: these Debian packages are missing: ${missing[*]}" >&2
      echo "podsight: become root (or install sudo) and run: apt-get install ${missing[*]}" >&2
      exit 2
    fi
    sudo=(sudo)
  fi
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# build DIRECTORY TARGETS CMAKE-OPTIONS…: configures when needed and builds the targets.
build() {
  local directory=$root/$1 targets=$2
  shift 2
  if [ ! -f "$directory/build.ninja" ]; then
    echo "podsight: configuring ${directory#"$root"/}"
    cmake -S "$root" -B "$directory" -G Ninja "$@" >/dev/null
  fi
  echo "podsight: building ${directory#"$root"/}"
  # Ninja shows its progress on a terminal; in a log its lines would only be noise.
  local quiet=()
  [ -t 1 ] || quiet=(--quiet)
  # shellcheck disable=SC2086  # several targets are several words
  ninja -C "$directory" "${quiet[@]}" $targets
}

packages=(g++ cmake ninja-build libfmt-dev nlohmann-json3-dev libyaml-cpp-dev libboost-dev
          libboost-graph-dev libcli11-dev libedit-dev)
gui_packages=(libimgui-dev libglfw3-dev libgl-dev libstb-dev fonts-dejavu-core fonts-noto-cjk pkg-config)
test_packages=(clang libclang-rt-dev libgtest-dev libbenchmark-dev xvfb xauth libgl1-mesa-dri)

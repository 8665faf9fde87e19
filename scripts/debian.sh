# A clean Debian 12 in a folder, for scripts/fresh and scripts/fresh-site, which
# source this.  It is made from this machine's apt sources and kept, as are the
# packages, in /var/tmp.  It lives in namespaces of its own, so that nothing of
# it, process or mount, outlives the script.

suite=bookworm
keep=/var/tmp/activitypub-fresh
base=$keep/$suite.tar
root=$keep/root


# in_namespaces SCRIPT ARGUMENT: once, at the script's start

in_namespaces() {
    [ "${2:-}" != --inside ] || return 0

    [ "$(id -u)" = 0 ] || die "it mounts and unmounts: sudo make fresh"
    exec unshare --mount --pid --fork --kill-child "$1" --inside
}


# This machine's own sources of Debian, as "deb URI suite component" lines.

sources() {
    apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' \
        | sort -u | sed -n "s/^Debian \([^ ]* $suite\)/deb \1/p"
}


make_base() {
    local mirror

    [ ! -f "$base" ] || return 0

    say "making a Debian $suite"
    mirror=$(sources | awk -v s=$suite '$3 == s { print $2; exit }')
    quietly debootstrap --variant=minbase $suite "$root" $mirror \
        || die "debootstrap failed"
    tar -C "$root" -cf "$base.new" .
    mv "$base.new" "$base"
}


remove_root() {
    local dir

    for dir in proc dev/shm dev/pts var/cache/apt/archives; do
        ! mountpoint -q "$root/$dir" || umount "$root/$dir"
    done
    rm -rf --one-file-system "$root"
}


new_root() {
    remove_root
    mkdir -p "$root" "$keep/archives/partial"
    tar -C "$root" -xf "$base"

    mount -t proc proc "$root/proc"
    mkdir -p "$root/dev/shm" "$root/dev/pts"
    mount -t tmpfs tmpfs "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    mount --bind "$keep/archives" "$root/var/cache/apt/archives"

    # how this machine reaches its registries

    sources > "$root/etc/apt/sources.list"
    apt-config dump Acquire::http Acquire::https \
        > "$root/etc/apt/apt.conf.d/80machine"
    cp /etc/resolv.conf /etc/hosts "$root/etc/"
    [ ! -f /etc/npmrc ] || cp /etc/npmrc "$root/etc/"
    mkdir -p "$root/usr/local/share/ca-certificates"
    cp -r /usr/local/share/ca-certificates/. \
        "$root/usr/local/share/ca-certificates/"

    chroot "$root" apt-get -q update > /dev/null
}


# as_who COMMAND: in the clone, with a clean environment

as_root() {
    inside /root HOME=/root USER=root bash -c "$1"
}


as_dev() {
    inside /home/dev HOME=/home/dev USER=dev \
        setpriv --reuid=dev --regid=dev --init-groups bash -c "$1"
}


inside() {
    local home=$1
    shift

    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        LANG=C.UTF-8 unshare --mount bash -c "$enter" "$root" \
        env -C "$home/activitypub" "$@" < /dev/null
}


# Not chroot(1): in a chroot the kernel makes no user namespaces, which the
# tests' rig is made of.

enter='mount --rbind "$0" "$0" && cd "$0" && mkdir -p .outside \
    && pivot_root . .outside && umount -l .outside && exec "$@"'


# expect WHAT COMMAND...: one line of proof, or the end

expect() {
    local what=$1
    shift

    "$@" || die "not so: $what"
    say "  ok  $what"
}


clone() {
    git clone -q "$top" "$root$1/activitypub" \
        || die "the repository cannot be cloned"
    rm -rf "$root$1/activitypub/.git"
}


user_with_sudo() {
    quietly chroot "$root" apt-get -q -y install --no-install-recommends sudo
    chroot "$root" useradd -m -s /bin/bash dev
    echo 'dev ALL=(ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/dev"
    clone /home/dev
    chroot "$root" chown -R dev:dev /home/dev
}

#!/bin/sh
# Makes the state of moult.state= active in the mounted root. Used by the unit, the hook, and initramfs-tools' script.
# $1: where the root is mounted.
root=${1:-/sysroot}
program=/usr/lib/moult/moult-early

state=
# The last one wins. The line has no names of files to expand.
set -f
for word in $(cat /proc/cmdline); do
    case $word in
        moult.state=*) state=${word#moult.state=} ;;
    esac
done
set +f
[ -n "$state" ] || exit 0

# Kernels are told to mount the root read-only as often as not; it goes back to what it was.
was_read_only=
while read -r _ place _ options _; do
    if [ "$place" = "$root" ]; then
        case ,$options, in
            *,ro,*) was_read_only=yes ;;
            *) was_read_only= ;;
        esac
    fi
done < /proc/mounts
[ -z "$was_read_only" ] || mount -o remount,rw "$root"

"$program" activate --root "$root" --state "$state" --console
result=$?

[ -z "$was_read_only" ] || mount -o remount,ro "$root"
exit $result

#!/bin/sh
# dracut without systemd: the last hook before the root is changed to. A failure was shown; the boot goes on.
/usr/lib/moult/moult-activate.sh "${NEWROOT:-/sysroot}" || :

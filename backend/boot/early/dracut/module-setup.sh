#!/bin/bash
# dracut's module 90moult: makes the state of moult.state= the active one before the system starts.
# Installed as /usr/lib/dracut/modules.d/90moult/ with the files beside it.

check() {
    # Systems that Moult keeps have it; for others dracut can be told to take it (--add moult).
    require_binaries /usr/lib/moult/moult-early || return 1
    [[ -e /usr/lib/moult/state ]] && return 0
    return 255
}

depends() {
    return 0
}

install() {
    inst_simple /usr/lib/moult/moult-early
    inst_simple "$moddir/moult-activate.sh" /usr/lib/moult/moult-activate.sh
    chmod 0755 "$initdir/usr/lib/moult/moult-activate.sh"
    if dracut_module_included "systemd"; then
        inst_simple "$moddir/moult-activate.service" "$systemdsystemunitdir/moult-activate.service"
        $SYSTEMCTL -q --root "$initdir" add-wants initrd.target moult-activate.service
    else
        inst_hook pre-pivot 90 "$moddir/moult-pre-pivot.sh"
    fi
}

### Everything Moult says, in English: the language the others are checked against.
### Short, warm, exact. No exclamation marks; say what happens to the person's things.

## The frame

step-of = Step { $step } of { $count }
step-welcome = Welcome
step-network = Network
step-disk = Disk
step-account = Account
step-summary = Summary
step-install = Installation
step-done = Done
continue = Continue
back = Back
quit = Quit
computer-restart = Restart the computer
computer-off = Switch it off
computer-stays = The computer would not end: { $reason }. Press its power key.
cancel = Cancel
change = Change
try-again = Try again
start-over = Start over
details-show = Show details
details-hide = Hide details
language-label = Language
keyboard-search = Search layouts
keyboard-none-found = No layout has this in its name.
appearance-light = Light
appearance-dark = Dark
appearance-contrast = High contrast
backend-starting = Getting ready…
backend-again = The part of Moult that works on the disks stopped. It is being started again…
indicator-online = Connected
indicator-connecting = Connecting…
indicator-offline = No network
indicator-unavailable = No network service

## Welcome

welcome-title = Welcome
welcome-lead = A few steps, and this computer has a new system. Nothing on your disks changes before you confirm it on the summary page.
welcome-language = Language
welcome-keyboard = Keyboard layout
welcome-keyboard-change = Another layout
welcome-test = Try the keys here
welcome-test-hint = Type the letters that are special to your keyboard
welcome-medium = Installation medium
welcome-medium-unchecked = It can be read whole and compared with its checksum
welcome-medium-check = Check
welcome-medium-checking = It is being read and compared …
welcome-medium-good = The medium is good.
welcome-medium-damaged = The medium is damaged: its content does not match its checksum. Your disks have not been touched. Make the medium anew, on another stick if it happens again.

## Network

network-title = Is there a network?
network-lead = A connection is used for the packages that are not on this medium. It is also taken over into the new system.
network-wired = Cable ({ $interface })
network-wifi = Wi-Fi
network-wifi-none = No wireless network is in reach.
network-wifi-no-device = This computer has no wireless device that can be used here.
network-none = No network device was found.
network-look-again = Look again
network-link-unplugged = No cable
network-link-disconnected = Not connected
network-link-connecting = Connecting…
network-link-connected = Connected
network-link-failed = The last try failed
network-link-address = Connected, address { $address }
network-method = Address
network-method-dhcp = Automatic
network-method-static = By hand
network-settings = Settings
network-address = Address with prefix
network-address-hint = 192.0.2.7/24
network-gateway = Gateway (may be empty)
network-gateway-hint = 192.0.2.1
network-dns = Name servers, separated by spaces (may be empty)
network-dns-hint = 192.0.2.53
network-apply = Apply
network-applying = Setting up { $interface }…
network-address-wrong = An address looks like 192.0.2.7/24.
network-gateway-wrong = A gateway looks like 192.0.2.1.
network-dns-wrong = Each name server looks like 192.0.2.53.
network-join = Join
network-joining = Joining { $network }…
network-key = Key of { $network }
network-key-short = The key has 8 to 63 characters.
network-hidden = A network that does not show its name
network-hidden-name = Name of the network
network-hidden-key = Key (empty if it has none)
network-name-wrong = The name has 1 to 32 bytes.
network-active = Connected
network-open = Open (others can listen)
network-protected = Protected
network-unsupported = Cannot be joined from here
network-strength = Signal { $percent } %
network-offline-note = You can go on without a network. If packages are missing on this medium, you will be told before anything is written.
network-skip = Continue without a network

## Disk

disk-title = Where should the system go?
disk-lead = Nothing is written before you confirm on the summary page.
disk-looking = Looking at the disks…
disk-none = No disk was found.
disk-none-free = None of these disks can be used. The reason is beside each.
disk-look-again = Look again
disk-serial = S/N …{ $tail }
disk-removable = can be unplugged
disk-empty = Nothing is on it
disk-minimum = The system needs at least { $size }.
disk-erased = Everything on { $disk } will be erased when you confirm later.
disk-cannot = Cannot be chosen: { $reason }
disk-filesystem = File system
filesystem-ext4 = ext4
filesystem-ext4-note = proven for many years
filesystem-xfs = XFS
filesystem-xfs-note = quick with large files
filesystem-btrfs = Btrfs
filesystem-btrfs-note = can keep snapshots of your files
bus-nvme = NVMe
bus-ata = SATA
bus-usb = USB
bus-scsi = SCSI
bus-mmc = Memory card
bus-virtio = Virtual disk
bus-loop = Disk image
bus-other = Other
refusal-live-medium = you started this computer from it.
refusal-in-use = it is in use.
refusal-in-use-at = it is in use ({ $at }).
refusal-too-small = it is too small.
refusal-too-small-needed = it is too small; the system needs { $size }.
refusal-read-only = it cannot be written (it may have a lock switch).
refusal-unreadable = it could not be read.
refusal-unreadable-why = it could not be read ({ $why }).
segment-free = Free
segment-esp = Start partition
segment-system = System
segment-data = Data
segment-swap = Swap
segment-encrypted = Encrypted
segment-unknown = Unknown
segment-new = New
segment-with-size = { $name } · { $size }

## Account

account-title = Who will use this computer?
account-lead = This account may administer the system.
account-full-name = Full name
account-full-name-hint = May be empty
account-user-name = User name
account-password = Password
account-password-again = The password again
account-hostname = Name of this computer
account-layout = Typed with: { $layout }
account-user-name-empty = A user name is needed to log in.
account-user-name-start = The user name starts with a small letter from a to z.
account-user-name-characters = The user name may have small letters from a to z, digits, - and _.
account-user-name-long = The user name has 32 characters at most.
account-user-name-taken = The system itself uses the name { $name }.
account-full-name-characters = The full name cannot hold colons, commas or line breaks.
account-full-name-long = The full name is too long.
account-password-empty = A password is needed to log in.
account-password-long = The password is too long.
account-password-again-empty = Type the password once more, so that no slip of a finger locks you out.
account-password-differs = The two passwords differ.
account-hostname-empty = The computer needs a name.
account-hostname-characters = The computer’s name may have letters from a to z, digits and -.
account-hostname-edges = The computer’s name cannot start or end with -.
account-hostname-long = The computer’s name has 63 characters at most.
account-hostname-suggestion = { $name }-pc
strength-0 = Very weak
strength-1 = Weak
strength-2 = Fair
strength-3 = Good
strength-4 = Strong
strength-with-advice = { $word }. { $advice }
advice-common = Many people use this one; it is tried first.
advice-keys = Neighbouring keys are easy to guess.
advice-repeat = Repeated characters are easy to guess.
advice-sequence = Sequences, years and dates are easy to guess.
advice-name = Names are easy to guess.
advice-swap = Capital letters and swapped letters hardly help.
advice-more = One or two more words make it stronger.

## Summary

summary-title = This is what will happen
summary-preparing = Working out the plan…
summary-before = { $disk } now
summary-after = { $disk } afterwards
summary-lost = What is on { $disk } now will be lost: { $size }. It cannot be brought back.
summary-lost-nothing = { $disk } holds nothing that would be lost.
summary-others = No other disk is changed.
summary-new = { $system } gets { $size } of { $disk }.
summary-steps = { $count ->
        [one] One step changes the disk.
       *[other] { $shown } steps change the disk.
    }
summary-turn-back = Once step { $step } has begun, what was on the disk cannot be brought back. Until you confirm here, nothing is written.
summary-packages = { $count ->
        [one] One package is installed, { $size } to fetch.
       *[other] { $shown } packages are installed, { $size } to fetch.
    }
summary-language = Language
summary-keyboard = Keyboard
summary-network = Network
summary-disk = Disk
summary-filesystem = File system
summary-account = Account
summary-account-named = { $full } ({ $user })
summary-hostname = Computer’s name
summary-timezone = Time zone
summary-confirm-erase = Erase { $disk } and install
summary-confirm = Install on { $disk }
summary-hold = Hold the button below for one second: then it begins to erase.
summary-failed = The plan could not be made.

## Installation

progress-title = Installing on { $disk }
progress-nothing-else = You can leave the computer alone; no other disk is changed.
phase-check = Looking at the disk again, to be sure that it is the one you approved.
phase-resolve = Choosing the packages.
phase-partition = Dividing the disk and making the file systems.
phase-fetch = Fetching the packages.
phase-store = Unpacking the packages.
phase-compose = Putting the system together.
phase-configure = Setting up your account, the keyboard and the network.
phase-boot = Writing the boot menu and reading it back.
phase-refresh = Reading the package lists.
phase-triggers = Running what the packages ask for.
phase-activate = Putting the new state in place.
phase-verify = Comparing every file with what it should be.
phase-prune = Removing old states.
phase-export = Writing the system to another place.
phase-finish = Writing everything out and reading it back.
progress-bytes = { $done } of { $total }
progress-packages = { $total ->
        [one] { $shown_done } of one package
       *[other] { $shown_done } of { $shown_total } packages
    }
progress-steps = { $total ->
        [one] { $shown_done } of one step
       *[other] { $shown_done } of { $shown_total } steps
    }
left-unknown = Working out how long it takes…
left-seconds = Less than a minute left
left-minutes = { $count ->
        [one] About one minute left
       *[other] About { $count } minutes left
    }
left-hours = { $count ->
        [one] About one hour left
       *[other] About { $count } hours left
    }
progress-log-empty = Nothing has been noted yet.
cancel-means-free = You can still cancel: nothing has been changed yet.
cancel-means-unfinished = If you cancel now, { $disk } stays erased and unfinished.
cancel-means-no = It cannot be cancelled any more; what is left takes only a moment.
cancel-ask-free = Stop now? Nothing has been changed.
cancel-ask-unfinished = Stop now? { $disk } is already erased and would not hold a whole system.
cancel-stop = Stop the installation
cancel-keep = Keep going
cancel-stopping = Stopping…

## Done

no-boot-loader = No computer can be started from this disk: the packages on offer bring no kernel, or no boot loader. The system on it starts in a container.
done-title = The system is installed
done-disk = It is on { $disk }, completely written.
done-account = Log in as { $user }, with the password you chose.
done-boots = The computer starts from it from now on: take the medium out and restart.
done-lead = There is nothing more to do here.

## Failed

failed-what = What happened
failed-todo = What you can do
failed-details = Details
failed-no-details = There are no further details.
state-untouched = Nothing was changed. Your disks are as they were.
state-disk-unfinished = { $disk ->
        [none] The chosen disk was erased and does not hold a whole system. Nothing else was changed.
       *[other] { $disk } was erased and does not hold a whole system. Nothing else was changed.
    }
state-installed = { $disk ->
        [none] The chosen disk holds a whole new system.
       *[other] { $disk } holds a whole new system.
    }
state-system-intact = The system you had is whole and still starts.
state-activated = The new state is in place and whole.
state-unknown = { $disk ->
        [none] It is not known how the chosen disk is now. Look at it before you use it.
       *[other] It is not known how { $disk } is now. Look at it before you use it.
    }
the-disk = The disk
failure-none = Nothing went wrong.
failure-none-todo = You can go on.
failure-cancelled = You stopped it before it was done.
failure-cancelled-todo = Start over whenever you like.
failure-busy = Another change is running.
failure-busy-todo = Wait until it has ended, then try again.
failure-not-authorized = Moult was not allowed to change the system.
failure-not-authorized-todo = Try again and allow it, or ask the person who looks after this computer.
failure-backend-stopped = The part of Moult that makes changes stopped before it was done.
failure-backend-stopped-todo = Start over. If it happens again, the details below help whoever looks into it.
failure-backend-stopped-system-todo = Try it again. If it happens again, the details below help whoever looks into it.
failure-bad-input = One of the choices cannot be carried out ({ $field }: { $reason }).
failure-bad-input-todo = Go back, change it and try again.
failure-disk-gone = { $disk } is not there any more.
failure-disk-gone-todo = Connect it again, or choose another disk.
failure-disk-changed = { $disk } is not as it was when you approved the plan: { $difference }
failure-disk-changed-todo = Start over and look at the disk’s new state before you confirm.
failure-disk-too-small = { $disk } is too small: it has { $size }, and { $needed } are needed.
failure-disk-too-small-todo = Choose a larger disk.
failure-disk-refused = { $disk } cannot be chosen: { $reason }
failure-disk-refused-todo = Choose another disk.
failure-plan-unknown = The plan you confirmed is no longer valid.
failure-plan-unknown-todo = Start over; a new plan is made and shown to you.
failure-disk-full = There was not enough room on the disk.
failure-disk-full-todo = Start over with a larger disk.
failure-disk-full-sizes = There is not enough room on the disk: at least { $needed } are needed, { $free } are free.
failure-disk-full-system-todo = Free space first: remove states of before (History, Free space) or programs that you do not need.
failure-disk-failed = Reading or writing failed ({ $path }).
failure-disk-failed-todo = The disk or its cable may be broken. Try once more, or use another disk.
failure-tool-failed = A system program gave up ({ $tool }, { $status }).
failure-tool-failed-todo = Start over. If it happens again, the details below help whoever looks into it.
failure-repository-unreachable = The package source cannot be reached ({ $uri }).
failure-repository-unreachable-todo = Look at the network, then try again.
failure-repository-damaged = The package list is damaged ({ $uri }).
failure-repository-damaged-todo = Try again later, or use another medium.
failure-package-damaged = A package is not what the list promised ({ $package }), so it was not used.
failure-package-damaged-todo = Try again; if it stays so, the medium or the source is damaged.
failure-unresolvable = The packages do not fit together: { $explanation }
failure-unresolvable-todo = This is a fault of the package source. Try again later.
failure-file-conflict = Two packages, { $first } and { $second }, both bring { $path }.
failure-file-conflict-todo = This is a fault of the package source. Try again later.
failure-network-wrong-key = { $network ->
        [none] The network did not accept the key.
       *[other] { $network } did not accept the key.
    }
failure-network-wrong-key-todo = Look at capital letters and at the keyboard layout, then type it again.
failure-network-lost = { $network ->
        [none] The connection to the network was lost.
       *[other] The connection to { $network } was lost.
    }
failure-network-lost-todo = Go nearer to it or look at the cable, then try again.
failure-network-no-address = { $network ->
        [none] The network gave this computer no address.
       *[other] { $network } gave this computer no address.
    }
failure-network-no-address-todo = Try again, or set the address by hand.
failure-network-unavailable = There is no network service or no such device.
failure-network-unavailable-todo = You can go on without a network.
failure-not-confirmed = Nobody confirmed the change.
failure-not-confirmed-todo = Answer the question, or say --yes beforehand.
failure-package-unknown = There is no package { $package }.
failure-package-unknown-todo = Search for a part of its name; a refresh may bring it.
failure-package-not-installed = { $package } is not installed.
failure-package-not-installed-todo = “moultctl list” shows what is installed.
failure-repository-unknown = There is no repository { $repository }.
failure-repository-unknown-todo = “moultctl repo list” shows which there are.
failure-repository-untrusted = The package list of { $repository } cannot be trusted: { $reason }
failure-repository-untrusted-todo = The list known before stays in use. Try again later; if it stays so, ask who runs the source.
failure-state-unknown = There is no state { $state }.
failure-state-unknown-todo = “moultctl state list” shows which there are.
failure-state-active = State { $state } is the system that is in use: it cannot be removed.
failure-state-active-todo = Go to another state first.
failure-state-pinned = State { $state } is pinned and stays.
failure-state-pinned-todo = Unpin it first.
failure-overtaken = What was to be taken back was changed from elsewhere since then.
failure-overtaken-todo = Look at it as it is now: nothing was taken back.
failure-model-invalid = The model cannot be used: { $reason }
failure-model-invalid-todo = Correct the model and try again.
failure-trigger-failed = What a package asked to run has failed ({ $trigger }).
failure-trigger-failed-todo = What it said helps whoever maintains the package.
failure-read-only = Nothing can be written there ({ $path }).
failure-read-only-todo = Make the file system writable, then try again.
failure-root-blocked = Something stands where the system must be ({ $path }).
failure-root-blocked-todo = Move it away, then try again.
failure-too-new = This Moult is too old for { $what }.
failure-too-new-todo = Update Moult first.
failure-packages-refused = It cannot be done: { $reason }
failure-packages-refused-todo = Look at the reason, change the request and try again.
failure-no-uefi = This computer was not started by UEFI, and a system that Moult installs is started by UEFI alone.
failure-no-uefi-todo = Open the firmware’s settings (often with F2, F10 or Del, right after switching on), choose UEFI and switch “Legacy” or “CSM” off. Then start this medium again. A very old computer may not have UEFI.
failure-no-boot-menu = There is no boot menu here: { $reason }
failure-no-boot-menu-todo = A computer that starts by UEFI and has its EFI system partition mounted has one. A container has none.
failure-boot-full = The EFI system partition is full: the new kernel needs { $needed }, and { $free } are free. { $states ->
        [none] No older state is left whose kernel could go.
       *[other] With these states their kernels would go, too: { $states }
    }
failure-boot-full-todo = Remove older states, then try again. Whatever else lies on that partition may go as well.
failure-not-bootable = The disk cannot be started: { $reason }
failure-not-bootable-todo = Start over. If it happens again, the details below help whoever looks into it.
failure-internal = Something happened that should not happen.
failure-internal-todo = Start over. The details below help whoever looks into it.
not-known = not known

## Programs without a window

moult-about = The graphical installer and store of Moult
moult-install-about = Install a system on this computer
moult-trace-help = Write one JSON line per event to stderr: screens, places of controls, jobs
moult-size-help = Open a window of this size instead of the whole screen, for example 1280x800
moult-kiosk-help = There is nothing but this window on the computer: at its end it restarts the computer
moult-is-root = moult does not run as root: the window needs no such power. Start it as an ordinary user; it asks for permission itself.
moult-size-wrong = A size looks like 1280x800, and is 800x600 at least.
moult-no-window = The window could not be opened: { $reason }
ctl-about = Moult without a window
ctl-inspect-about = Show what a .stone file holds, and whether it is whole
ctl-file-help = The .stone file
ctl-json-help = Write JSON instead of text
ctl-cannot-open = { $file } cannot be opened: { $reason }
ctl-not-a-file = { $file } is not a file.
ctl-refused = { $file } could not be read as a stone: { $reason }
ctl-no-backend = moult-backend was not found at { $path }.
ctl-backend-failed = moult-backend did not answer: { $reason }
ctl-file = File
ctl-kind = Kind
ctl-kind-version = { $kind }, version { $version }
ctl-verified = Checked
ctl-verified-yes = every checksum is right
ctl-verified-no = the contents could not all be checked
ctl-payloads = Payloads
ctl-payload-head = kind
ctl-compression-head = packed
ctl-records-head = records
ctl-stored-head = stored
ctl-plain-head = plain
ctl-checksum-head = checksum
ctl-meta = Metadata
ctl-meta-of = Metadata { $number }
ctl-layout = { $count ->
        [one] One entry below /usr
       *[other] { $shown } entries below /usr
    }
ctl-attributes = Attributes
ctl-exit-codes = Exit code: 0 done, 1 refused or failed (what was there is intact), 2 wrong use.
ctl-heading-usage = Usage:
ctl-heading-commands = Commands
ctl-heading-options = Options
ctl-heading-arguments = Arguments
ctl-help-help = Show this help
ctl-version-help = Show the version
ctl-root-help = Work on the system in this folder instead of the running one; only root may change it
ctl-yes-help = Do not ask before a change (a script must say so)
ctl-package-help = Name of a package
ctl-wanted-help = A package, what a package gives, one of its releases, or a local file
ctl-dry-run-help = Show the whole change, and make none
ctl-orphans-help = Also remove what nobody chose and nobody needs
ctl-install-about = Install packages
ctl-install-more = A name (bash), what a package gives (“binary(bash)”), a release (bash=12 or bash=12-1), or a file that ends in .stone.
ctl-reinstall-help = Fetch and unpack again what is there already
ctl-remove-about = Remove packages, and what cannot be without them
ctl-sync-about = Bring the system to what the repositories offer now
ctl-search-about = Search packages by name and description
ctl-term-help = What to search for
ctl-limit-help = Show this many at most
ctl-list-about = List what is installed
ctl-info-about = Show everything about a package
ctl-files-about = List the files of a package
ctl-why-about = Say why a package is installed
ctl-hold-about = Keep packages at their release; without a name, list what is held
ctl-unhold-about = Let held packages be updated again
ctl-mark-about = Say whether packages were chosen
ctl-explicit-help = They were chosen: they stay
ctl-automatic-help = They are only there because others need them
ctl-repo-about = Package sources
ctl-repo-name-help = Name of the repository
ctl-uri-help = Address of its package list (https:, http: or file:)
ctl-priority-help = A larger number is preferred
ctl-repo-add-about = Add a repository, and read its package list
ctl-repo-list-about = List the repositories
ctl-repo-refresh-about = Read the package lists anew
ctl-state-about = States of the system: go back, forth, compare
ctl-state-help = Number of a state
ctl-state-list-about = List the states
ctl-state-show-about = Show a state and its packages
ctl-state-diff-about = Show what differs between two states
ctl-state-activate-about = Make a state the active one
ctl-state-name-about = Give a state a name; an empty one takes it away
ctl-state-text-help = The name
ctl-state-pin-about = Keep a state from being pruned
ctl-state-unpin-about = Let a state be pruned again
ctl-state-verify-about = Compare every file with what it should be
ctl-repair-help = Mend what is damaged
ctl-state-remove-about = Remove these states for the room they take; pinned ones and the active one stay
ctl-state-prune-about = Remove old states; pinned ones and the active one stay
ctl-keep-help = Keep this many of the newest
ctl-detail = Details: { $detail }
ctl-root-cannot = { $root } cannot be used as a root: { $reason }
ctl-root-only-root = Only root may change the system in another folder.
ctl-no-pkexec = pkexec is not installed; without it only root can change the system.
ctl-ask = Do it? [y/N]
ctl-yes-letters = y yes
ctl-not-asked = Nothing was changed: there is nobody to ask. A script says --yes.
ctl-declined = Nothing was changed.
ctl-nothing-to-do = There is nothing to do.
ctl-cancelling = Stopping…
ctl-goes-on = It goes on without this program. “moultctl state list” shows how it ended.
ctl-done-state = State { $state } is active.
ctl-warning = Note: { $text }
ctl-change-install = New
ctl-change-upgrade = Newer
ctl-change-downgrade = Older
ctl-change-reinstall = Again
ctl-change-remove = Removed
ctl-change-mark-explicit = Chosen
ctl-change-mark-automatic = Automatic
ctl-plan-download = To download
ctl-plan-disk = More on the disk
ctl-plan-files = Files
ctl-plan-files-counts = { $added } new, { $changed } changed, { $removed } removed
ctl-plan-look = Look twice
ctl-plan-orphans = Nobody needs
ctl-plan-kept-back = Stays as it is
ctl-plan-held = held
ctl-mark-set-id = runs with other rights
ctl-mark-kernel = kernel
ctl-mark-boot = boot
ctl-mark-service = service
ctl-search-none = Nothing was found.
ctl-list-none = Nothing is installed.
ctl-installed = installed
ctl-explicit = chosen
ctl-held = held
ctl-not-installed = not installed
ctl-local-file = a local file
ctl-info-name = Name
ctl-info-version = Version
ctl-info-summary = Summary
ctl-info-state = State
ctl-info-repository = Repository
ctl-info-size = Download
ctl-info-licenses = Licences
ctl-info-homepage = Web page
ctl-info-source = Built from
ctl-info-needs = Needs
ctl-info-provides = Gives
ctl-info-conflicts = Refuses
ctl-info-offers = Offered
ctl-info-checksum = SHA-256
ctl-why-chosen = { $package } was chosen.
ctl-why-nobody = Nobody chose { $package }, and nothing needs it.
ctl-why-held = { $package } is held at its release.
ctl-why-needs = { $package } needs { $needs }
ctl-why-chains = It is there for what was chosen
ctl-why-direct = Needed directly by
ctl-holds-none = Nothing is held.
ctl-hold-done = Held: { $packages }
ctl-unhold-done = No longer held: { $packages }
ctl-repo-none = There is no repository yet. “moultctl repo add NAME URI” adds one.
ctl-repo-head-name = name
ctl-repo-head-priority = priority
ctl-repo-head-trust = trust
ctl-repo-head-uri = address
ctl-repo-unsigned = not signed
ctl-repo-added = { $name } was added. It is not signed: anybody between here and there could change its list.
ctl-repo-added-signed = { $name } was added.
ctl-state-none = There is no state yet.
ctl-state-head-number = state
ctl-state-head-created = made
ctl-state-head-packages = packages
ctl-state-head-frees = frees
ctl-state-head-what = what
ctl-state-active = active
ctl-state-pending = on its way
ctl-state-pinned = pinned
ctl-state-same = The two states have the same packages.
ctl-state-activate-ask = State { $state } becomes the active one. The state of now stays, and you can come back to it.
ctl-state-named = State { $state } is called { $name }.
ctl-state-unnamed = State { $state } has no name.
ctl-state-is-pinned = State { $state } stays when old states are pruned.
ctl-state-is-unpinned = State { $state } may be pruned.
ctl-verify-whole = Everything is as it should be ({ $files } files).
ctl-verify-repaired = repaired
ctl-verify-damaged = damaged
ctl-verify-todo = “moultctl state verify --repair” mends what is damaged.
ctl-prune-none = There is no state to remove.
ctl-prune-ask = These states go for good:
ctl-prune-done = Removed: { $states }. { $bytes } are free again.
ctl-refresh-done = { $packages } packages are offered.
ctl-installed-older = installed, older
ctl-model-about = The system as one text: its repositories and chosen packages
ctl-model-export-about = Print the model of the active state, or of another one
ctl-model-import-about = Make a file the administrator’s model, and add the repositories that it names
ctl-model-sync-about = Make the system what the administrator’s model says
ctl-model-diff-about = Show how a model and the system differ
ctl-model-file-help = A system model, in KDL
ctl-model-diff-help = A system model, in KDL; without it, the administrator’s
ctl-model-too-long = { $file } is too long for a model.
ctl-model-not-text = { $file } is not a text.
ctl-model-none = There is no model of the administrator. “moultctl model import FILE” makes one.
ctl-model-unknown = The model names repositories that are not here: { $repositories }. Without --dry-run they are added.
ctl-model-would-add = These repositories would be added: { $repositories }
ctl-model-no-plan = What would change is known when their package lists are read.
ctl-model-added = Added for the model: { $repositories }
ctl-model-imported = The model is written down. “moultctl model sync” makes the system what it says.
ctl-model-same = The model and the system agree.
ctl-model-missing = Missing
ctl-model-beyond = Not in the model
ctl-model-repositories = Repositories that differ
ctl-boot-about = How the machine starts, and with which state
ctl-boot-status-about = Show firmware, boot loader, the menu, and how this start went
ctl-boot-status-more = The menu is on a partition that only root can read. Everybody else sees what root last saw of it.
ctl-boot-sync-about = Write the boot menu anew out of the states, and read it back
ctl-boot-set-next-about = Have a state started the next time, or from now on
ctl-boot-set-next-more = Nothing that runs changes. Without a word about how long, the choice is for the next start alone.
ctl-boot-once-help = For the next start alone
ctl-boot-always-help = From now on
ctl-boot-firmware = Firmware
ctl-boot-not-uefi = not UEFI: no boot menu of Moult’s is started by it
ctl-boot-secure = Secure Boot
ctl-boot-secure-on = on
ctl-boot-secure-off = off
ctl-boot-secure-setup = off, and open for new keys
ctl-boot-signed = Signed
ctl-boot-signed-none = nothing of what starts next
ctl-boot-signed-kernel = the kernel of what starts next; not its initrd and command line
ctl-boot-signed-whole = kernel, initrd and command line of what starts next
ctl-boot-step-key = Secure Boot is on, and Moult has no key to sign with: the firmware may refuse what starts next. Put a key pair into /etc/moult/secure-boot (db.key, readable by root alone, and db.crt) and run “moultctl boot sync”, or switch Secure Boot off.
ctl-boot-step-sync = What starts next is not signed with the key in /etc/moult/secure-boot: run “moultctl boot sync”.
ctl-boot-step-stub = Whoever can write to the EFI system partition can still change initrd and command line. With the package that holds systemd’s stub (systemd-boot-efi) in the system, “moultctl boot sync” signs them, too.
ctl-boot-step-enrol = The firmware does not check the signatures yet: make /etc/moult/secure-boot/db.crt known to it (in its settings, as a key of “db”), then switch Secure Boot on.
ctl-boot-loader = Boot loader
ctl-boot-partition = EFI system partition
ctl-boot-esp = { $path }, { $free } of { $size } free
ctl-boot-esp-free = { $path }, { $free } free
ctl-boot-esp-missing = none was found
ctl-boot-this = This start
ctl-boot-next = Next start
ctl-boot-state = state { $state }
ctl-boot-state-once = state { $state }, this once
ctl-boot-chosen = state { $state }, chosen in the boot menu
ctl-boot-came-back = state { $state }: state { $failed } did not start, and the machine came back by itself
ctl-boot-kept = state { $state }: state { $asked } was asked for and could not be used
ctl-boot-reason = { $text } ({ $reason })
ctl-boot-hidden = What is in the menu only root can see.
ctl-boot-noted = This is what root last saw of it since the start.
ctl-boot-no-entry = There is no entry in the menu.
ctl-boot-entries = Menu
ctl-boot-good = started, and was found good
ctl-boot-bad = did not start
ctl-boot-tries = tries left: { $left }
ctl-boot-untried = not yet tried
ctl-boot-is-next = next
ctl-boot-synced = The boot menu is written, and what was read back starts.
ctl-boot-next-once = The next start is with state { $state }; the one after it is as usual.
ctl-boot-next-always = From now on, the machine starts with state { $state }.
ctl-compose-about = Make a system of a model alone, and write it elsewhere
ctl-compose-more = The same model and packages give the same bytes. Everything gets the date SOURCE_DATE_EPOCH, or 1970. Only root can write a folder, as its files get their owners.
ctl-compose-to-help = A folder that is missing or empty, an archive, or the folder of an OCI image
ctl-compose-to-wrong = { $to } is no place for a system: it is a folder, a file that ends in .tar, or oci:FOLDER
ctl-compose-root = compose makes a system of a model alone: --root has no part in it
ctl-compose-needs-root = Only root can write a folder: its files get their owners. An archive (FILE.tar) or an image (oci:DIR) can be written by anybody.
ctl-compose-date = SOURCE_DATE_EPOCH is { $date }, not a number of seconds since 1970.
ctl-compose-not-empty = { $to } is not empty.
ctl-compose-busy = Another process is writing { $to }. Wait until it is done, or take another place.
ctl-compose-cannot = { $to } cannot be written: { $reason }
ctl-composed = { $to }: { $packages } packages, { $entries } files, links and folders, { $bytes }.
ctl-composed-digest = Image { $digest }
ctl-repo-head-packages = packages
ctl-repo-head-refreshed = last read
ctl-repo-never = never
ctl-repo-off = switched off
ctl-repo-not-yet = not yet verified
ctl-repo-signed-by = signed by { $key } until { $date }
ctl-repo-follows = { $name } follows { $version }.
ctl-repo-uses = { $name } follows { $version }; the list { $history } is in use.
ctl-repo-failed = { $name } could not be read on { $date }: { $reason }
ctl-repo-newer = { $name } has a format ({ $format }) that only a newer Moult reads; the list before it stays in use. “{ $command }” brings the newer one.
ctl-repo-broken = { $file } does not count, it cannot be used: { $reason }
ctl-repo-broken-of = { $file }: { $name } does not count, it cannot be used: { $reason }
ctl-repo-no-key = { $file } holds no minisign public key.
ctl-repo-enabled = { $name } is switched on.
ctl-repo-disabled = { $name } is switched off: it offers nothing.
ctl-repo-offers-nothing = { $name } is written down and offers nothing yet. “{ $again }” tries again, “{ $away }” takes it away.
ctl-repo-offers-old = { $name } is written down, and still offers what it did before.
ctl-repo-removed = { $name } is gone, with what it offered.
ctl-repo-masked = { $name } comes with the system, in { $file }: it is switched off. “{ $command }” switches it on again.
ctl-repo-followed = { $name } follows { $version } now.
ctl-refresh-updated = { $name }: a new list (packages: { $packages })
ctl-refresh-unchanged = { $name }: nothing new (packages: { $packages })
ctl-refresh-moved = { $name } (packages: { $packages }): the list at this address is one of the past. This moves on to where it is now: { $command }
ctl-refresh-newer-nowhere = { $name }: it has a format ({ $format }) that only a newer Moult reads, and does not say where to get one; the list before it stays in use.
ctl-refresh-failed = { $name }: not read, the list before it stays in use. { $reason }
ctl-versions-streams = Streams, which move on
ctl-versions-tags = Tags, which stay
ctl-versions-history = Every published list
ctl-versions-followed = followed
ctl-versions-in-use = in use
ctl-versions-newer = needs a newer Moult ({ $format })
ctl-bridge-offer = { $name } can only be read by a newer Moult. This brings it:
ctl-bridge-which = No installed package brings this Moult. Say which one does: “{ $command }”
ctl-bridge-nothing = What { $name } names as the newer Moult is installed already, and nothing newer is known.
ctl-bridge-done = The newer Moult is in place. “{ $command }” goes on with it.
ctl-bridge-continues = The newer Moult is in place and goes on.
ctl-bridge-cannot-continue = The newer Moult is in place and could not be started: { $reason }. “{ $command }” goes on.
ctl-plan-unsigned = Not signed, so that anybody between here and there could have changed what comes: { $repositories }
ctl-plan-outgrown = { $name } can only be read by a newer Moult; this is planned with its last list that could be read.
ctl-index-done = Packages listed: { $packages }, { $bytes }.
ctl-index-unsigned = The list is not signed.
ctl-index-signed = Signed by { $key } as number { $sequence }, good until { $date }. Clients name this key: { $public }
ctl-index-left-out = Left out, as something newer or the same is there
ctl-password-ask = Password of the key:
ctl-password-none = The key has a password, and there is nobody to ask. --password-fd says where it can be read.
ctl-password-cannot = The password cannot be read: { $reason }
ctl-check-good = Everything is there and as promised (packages: { $packages }, { $bytes }).
ctl-check-bad = { $faults } of { $packages } packages cannot be installed
ctl-check-unsigned = Not signed: no key was named to check the list with.
ctl-check-signed = The list is { $trust }.
ctl-check-twice = There more than once; the newest counts
ctl-check-missing = Needs what no package of the list gives
ctl-repo-add-more = Without a key the list is not signed, and everything shows it so. If the list cannot be read, the repository is written down all the same, offers nothing yet, and this ends with 1.
ctl-description-help = What people read about it
ctl-key-help = A minisign public key (RW…) or a file with one; the list must be signed by one of them
ctl-mirror-help = Another address with the same content, tried when the first one fails
ctl-follow-help = The address is the base of a versioned repository: follow stream/X, or stay on tag/X or history/X
ctl-channel-help = Channel of a versioned repository (main)
ctl-architecture-help = Architecture of a versioned repository (x86_64)
ctl-repo-remove-about = Take a repository away, with what it offers
ctl-repo-enable-about = Switch a repository on, and read its package list
ctl-repo-disable-about = Switch a repository off: it offers nothing
ctl-repo-versions-about = Show the versions of a repository: what is followed, and what is in use
ctl-repo-follow-about = Follow another version of a repository, or stay on one, and read its list
ctl-version-name-help = stream/X, tag/X or history/X
ctl-repo-bridge-about = Bring the newer Moult that a repository needs by now
ctl-repo-bridge-more = It is planned, shown and approved as an install is. Then “moultctl sync” goes on with it; in the running system by itself.
ctl-bridge-package-help = The package that holds Moult; without it, the installed one
ctl-repo-index-about = List the packages of a folder, so that it is a repository
ctl-repo-index-more = A signed list has to be signed again before it expires.
ctl-index-folder-help = A folder with .stone files
ctl-sign-help = A minisign secret key to sign the list with
ctl-password-fd-help = Descriptor to read the key’s password from; without it, the terminal asks
ctl-valid-help = Days for which the list is good (90)
ctl-repo-verify-about = Check a repository as a client would; it ends with 1 if a package could not be installed

# The store: frame, bar at its foot, and the page that asks before a change
store-explore = Explore
store-installed = Installed
store-updates = Updates
store-history = History
store-sources = Sources
store-queue = Queue
store-search = Search apps and packages
store-queue-at-work = Queue { $count } · { $percent } %
store-queue-waiting = Queue { $count }
store-left-over = { $count ->
        [one] One change was not finished when the store was last open. It may go on, or be done by now: Continue looks, and does what is missing.
       *[other] { $count } changes were not finished when the store was last open. They may go on, or be done by now: Continue looks, and does what is missing.
    }
store-left-over-forget = Forget
store-starting = Looking at what there is
store-try-again = Try again
store-percent = { $percent } %
store-notice-away = Put this away
store-undo = Undo
store-undo-overtaken = The system was changed from elsewhere since then, so nothing was taken back.
store-undo-overtaken-this = This was changed from elsewhere since then, so nothing was taken back.
store-dropped-elsewhere = { $name } is not on this computer. Download it first, then drop the file here.
store-dropped-no-package = { $name } is no package. The store opens files that end with .stone.
store-failed-more = What to do
store-review-keep = Leave everything as it is
store-review-planning = Working out what would change
store-review-nothing = Nothing would change.
store-review-cost = { $download } to download, { $disk } more on the disk.
store-review-files = Files that come: { $added }; that change: { $changed }; that go: { $removed }.
store-review-packages-tab = Packages ({ $shown })
store-review-files-tab = Files ({ $shown })
store-review-marked = { $count ->
        [one] { $shown } file deserves a second look: set-id, kernel, boot or service
       *[other] { $shown } files deserve a second look: set-id, kernel, boot or service
    }
store-review-unsigned = Not signed: { $repositories }. Anybody between you and there could have changed these packages.
store-review-go = These go
store-review-older = These become older
store-review-come = These come
store-review-newer = These become newer
store-review-again = These are installed again
store-review-mark = Of these it is noted whether you chose them
store-review-orphans = { $count ->
        [one] Nobody needs this one any more; it stays
       *[other] Nobody needs these { $count } any more; they stay
    }
store-review-more = { $count ->
        [one] and one more
       *[other] and { $count } more
    }
store-review-from-to = { $name } { $old } → { $new }
store-review-one = { $name } { $version }
store-about = Browse, install and update software, and go back in time
store-opening-help = An appstream: link, a .stone file, or nothing
store-kiosk-help = There is no desktop: the window has a menu of keyboard layouts and asks for passwords itself
store-check-help = Look for updates once, say so in a notification if there are any, and end
store-opening-wrong = This is neither an appstream: link nor a .stone file: { $text }
## The store: kinds, categories, signs

store-loading = Looking…
store-kind-app = App
store-kind-console = Terminal program
store-kind-addon = Add-on
store-kind-font = Font
store-kind-component = Component
store-kind-system = System package
store-kinds-app = Apps
store-kinds-console = Terminal programs
store-kinds-addon = Add-ons
store-kinds-font = Fonts
store-kinds-component = Codecs, drivers, translations
store-kinds-system = System packages
store-category-audiovideo = Sound and video
store-category-audio = Sound
store-category-video = Video
store-category-development = Programming
store-category-education = Learning
store-category-game = Games
store-category-graphics = Graphics
store-category-network = Internet
store-category-office = Office
store-category-science = Science
store-category-settings = Settings
store-category-system = System
store-category-utility = Tools
store-sign-held = Held
store-sign-newer = Update
store-sign-installed = Installed

## The store: Explore

store-explore-day = App of the day
store-explore-categories = Categories
store-explore-featured = Worth a look
store-explore-fresh = New releases
store-explore-everything = Show everything
store-explore-known = { $items } apps and packages to choose from, { $packages } packages in all
store-explore-nothing = There is nothing to choose from yet
store-explore-nothing-todo = No package source has been read. Sources shows which there are and reads them.

## The store: lists

store-browse-everything = Everything
store-browse-installed = Installed
store-browse-search = “{ $term }”
store-browse-count = { $count ->
        [one] one result
       *[other] { $shown } results
    }
store-browse-count-best = the best { $shown }
store-browse-every-kind = Every kind
store-browse-every-category = Every category
store-browse-every-repository = Every source
store-browse-menu-hint = Type to search
store-browse-menu-nothing = Nothing has this name.
store-browse-installed-only = Only what is installed
store-browse-nothing = Nothing found for “{ $term }”
store-browse-nothing-here = There is nothing here
store-browse-nothing-todo = A single typing error makes no difference. Try another word for it, or what it is for: “photos”, “music player”.
store-browse-nothing-filtered-todo = Filters are on: perhaps they hide it.
store-browse-clear = Without filters

## The store: the page of an app

store-item-install = Install
store-item-install-look = Install …
store-item-update = Update
store-item-update-look = Update …
store-item-open = Open
store-item-remove = Remove …
store-item-planning = Working out what it takes…
store-item-nowhere = No source offers it.
store-item-nowhere-any-more = No source offers it any more: there will be no updates.
store-item-held = You hold it at this version: updates leave it as it is.
store-item-versions = From { $old } to { $new }
store-item-nothing-to-do = Nothing would change.
store-item-download = { $size } to download
store-item-download-nothing = Nothing to download: it is here already
store-item-disk = { $size } more on the disk
store-item-more = { $count ->
        [one] One package comes along that it needs
       *[other] { $shown } packages come along that it needs
    }
store-item-newer = { $count ->
        [one] One other package is updated with it
       *[other] { $shown } other packages are updated with it
    }
store-item-gone = { $count ->
        [one] One package would leave or become older. You see which before anything happens.
       *[other] { $shown } packages would leave or become older. You see which before anything happens.
    }
store-item-unsigned = Not signed ({ $repositories }): anybody between here and there could have changed what comes.
store-item-waiting = Waits for its turn
store-item-starting = Asking for your permission
store-item-asking = Waits for your answer
store-item-stopping = Stopping…
store-item-shot-of = { $number } of { $count }
store-item-shot-previous = Picture before
store-item-shot-next = Next picture
store-item-shot-coming = The picture is on its way…
store-item-shot-refused = This picture is at an address that is not asked.
store-item-shot-unreachable = The picture did not arrive.
store-item-shot-no-picture = What arrived is no picture that can be shown.
store-item-new = What is new
store-item-releases-before = Releases before
store-item-release = Version { $version }
store-item-release-security = for your security
store-item-release-silent = Its makers say nothing about it.
store-item-addons = Add-ons
store-item-facts = Facts
store-item-kind = Kind
store-item-version = Version
store-item-license = Licence
store-item-size = Size on the disk
store-item-package-size = Size of its package
store-item-source = Source
store-item-package = Package
store-item-categories = Categories
store-item-signed = Signed
store-item-signed-not-yet = A key is named, and nothing was read since
store-item-signed-not = Not signed
store-link-homepage = Homepage
store-link-bugtracker = Report a problem
store-link-help = Help
store-link-donation = Donate
store-link-translate = Help to translate
store-link-contact = Contact
store-link-source = Source code
store-link-contribute = Take part
store-link-other = On the web
store-item-more-about = More about it
store-item-why = Why it is there, and who needs it
store-item-why-chosen = You chose it.
store-item-why-needed = Something that you chose needs it:
store-item-why-nobody = Nobody chose it, and nothing that was chosen needs it.
store-item-needed-by-nobody = No installed package needs it.
store-item-needed-by = { $count ->
        [one] One installed package needs it:
       *[other] { $shown } installed packages need it:
    }
store-item-needs = What it needs
store-item-along-packages = Comes along
store-item-needs-nothing = It needs nothing else.
store-item-and-more = and { $shown } more
store-item-files = Its files
store-item-files-none = No files are known: they are once it has been here.
store-item-files-count = { $count ->
        [one] One file or folder
       *[other] { $shown } files and folders
    }
store-item-files-first = The first { $shown } files and folders
store-item-file-set-id = runs with its owner’s rights
store-item-file-link = link
store-item-file-folder = folder
store-launch-missing = { $name } has no entry to start it by. Perhaps it needs a new login.
store-launch-terminal = { $name } runs in a terminal: type its name there.
store-launch-malformed = What { $name } says about how it starts cannot be understood. Its makers want to know.
store-launch-no-program = The program { $program } is not there.
store-launch-system = { $name } did not start: { $reason }
## How long ago something was

ago-now = just now
ago-minutes = { $count ->
        [one] one minute ago
       *[other] { $count } minutes ago
    }
ago-hours = { $count ->
        [one] one hour ago
       *[other] { $count } hours ago
    }
ago-days = { $count ->
        [one] one day ago
       *[other] { $count } days ago
    }

## The store: lists of files that come, change and go

store-files-added = comes
store-files-changed = changes
store-files-removed = goes
store-files-set-id = runs with its owner’s rights (set-id)
store-files-kernel = kernel
store-files-boot = starts the computer
store-files-service = starts by itself (service)
store-files-count-added = { $count ->
        [one] { $shown } file comes
       *[other] { $shown } files come
    }
store-files-count-changed = { $count ->
        [one] { $shown } file changes
       *[other] { $shown } files change
    }
store-files-count-removed = { $count ->
        [one] { $shown } file goes
       *[other] { $shown } files go
    }
store-files-only-marked = Only those that deserve a second look ({ $shown })
store-files-reading = Comparing the files…
store-files-more = more are being read…
store-files-cut = The list is too long to be shown whole; the rest is left out here.
store-files-none = No file changes.
store-files-none-marked = No file here deserves a second look.

## The store: Updates

store-updates-title = Updates
store-updates-checked = checked { $ago } ({ $moment })
store-updates-checked-partly = not everything could be checked
store-updates-checked-never = never checked
store-updates-check = Check now
store-updates-checking = Checking…
store-updates-working = Working out what changes…
store-updates-no-source = No source is switched on, so nothing newer can be found. Switch one on under Sources.
store-updates-never = { $name } has never been read, so nothing is known of what it has.
store-updates-never-why = { $name } could never be read: { $reason }
store-updates-failed = { $name } could not be read at { $failed }: { $reason } What is shown of it is from { $refreshed }.
store-updates-expired = The signature of { $name } was good until { $expires }. Newer things may be held back from you: check again.
store-updates-outgrown = { $name } needs a newer Moult by now. Update Moult first; until then nothing newer comes from there.
store-updates-broken = { $path } cannot be used, so what it describes was not asked: { $reason }
store-updates-unsigned = Not signed: { $names }. Anybody between here and there could have changed what comes.
store-updates-notes = { $count ->
        [one] One note
       *[other] { $count } notes
    }
store-updates-notes-close = Close the notes
store-updates-none = Everything is up to date
store-updates-none-lead = Every source was read, and none has anything newer.
store-updates-none-kept = Nothing to update, but some things stay behind
store-updates-none-kept-lead = There are newer releases of what is listed below. Each says why it stays.
store-updates-none-known = No update is known
store-updates-none-known-lead = The last look was more than a day ago. Check now to be sure.
store-updates-not-known = Not known whether there are updates
store-updates-not-known-lead = Not every source could be read. Nothing newer was found in what is here.
store-updates-security = Security
store-updates-system = System
store-updates-apps = Apps
store-updates-group = { $group } { $shown }
store-updates-only-security = Only security
store-updates-chosen-of = { $chosen } of { $all } chosen
store-updates-more = Comes along with what you chose
store-updates-kept = Stays as it is
store-updates-kept-facts = { $version } is there · { $reason }
store-updates-held = held by you
store-updates-kept-needs = others need it as it is, or refuse the newer one
store-updates-kept-held = stays because you hold { $names }
store-updates-let-go = Let go
store-updates-hold = Hold at this version
store-updates-choose = Update this
store-updates-along = comes along
store-updates-stays = cannot be updated alone
store-updates-goes = goes
store-updates-comes = new
store-updates-older = to an older version
store-updates-row-unsigned = not signed
store-updates-versions = { $old } → { $new }
store-updates-rebuilt = { $version }, built anew ({ $old } → { $new })
store-updates-row-files = { $count ->
        [one] { $shown } file changes
       *[other] { $shown } files change
    }
store-updates-download = { $size } to download
store-updates-from = from { $repository }
store-updates-needs = needs { $missing }
store-updates-needs-of = needs { $missing } (of { $whole }; the rest is here)
store-updates-needs-nothing = nothing to download
store-updates-disk = takes { $bytes } more on the disk
store-updates-after-none = nothing has to be restarted
store-updates-after-programs = programs that are open go on with the old version until they are restarted
store-updates-after-session = you have to log in again afterwards
store-updates-after-computer = the computer has to be restarted afterwards
store-updates-word-programs = restart programs
store-updates-word-session = log in again
store-updates-word-computer = restart
store-updates-nothing-chosen = Nothing is chosen.
store-updates-files = { $count ->
        [one] { $shown } file changes
       *[other] { $shown } files change
    }
store-updates-files-unknown = Which files change cannot be told now: { $reason }
store-updates-files-title = What changes, file by file
store-updates-update = Update { $shown }
store-updates-update-none = Update
store-updates-queued = In the queue
store-updates-gone = There is no update of this any more.
store-updates-open = Open its page
store-updates-news = What is new
store-updates-no-news = Its makers do not say what is new. The files that change are on the other tab.
store-updates-no-notes = Nothing is said about this release.
store-updates-urgency-high = important
store-updates-urgency-critical = closes a security hole
store-updates-restart-kernel = The computer still runs the kernel { $kernel }, which is not the system’s any more. Restart it to use the new one.
store-updates-restart-computer = Restart the computer: { $names } from the system before still runs.
store-updates-restart-session = Log out and in again: { $names } from the system before still runs.
store-updates-restart-programs = Close and open again: { $names } from the system before still runs.
store-updates-restart-names = { $count ->
        [one] { $names } and { $shown } more program
       *[other] { $names } and { $shown } more programs
    }
store-updates-marked = { $count ->
        [one] { $shown } of its files deserves a second look: set-id, kernel, boot or service
       *[other] { $shown } of its files deserve a second look: set-id, kernel, boot or service
    }
store-updates-restart-unknown = What still runs from the system before could not be found out: { $reason }
store-updates-restart-unseen = Programs of other people and of the system could not be looked at. Restarting the computer makes sure that none of them is from the system before.
store-updates-restart-why = Why
store-updates-restart-title = What still runs from the system before
store-updates-restart-lead = An update never changes a program while it runs. These go on as they were until they are started anew.
store-updates-restart-incomplete = Programs of other people and of the system could not all be looked at, so this list may be too short.
store-updates-program-itself = close and open it again
store-updates-program-session = log out and in again
store-updates-program-computer = restart the computer
store-updates-program-pid = process { $pid }
store-updates-program-files = uses { $files }, as it was before

## The store: History

store-history-title = History
store-history-made = { $moment }, { $ago }
store-history-working = Reading the states…
store-history-none = There is no history yet
store-history-none-lead = Every change of the system makes a state that you can come back to. The first change makes the first one.
store-history-undo = Undo
store-history-redo = Redo
store-history-room = Free space
store-history-slide = Slide along the line to compare a state with now.
store-history-choose-other = Now choose on the line what to compare it with.
store-history-state = State { $number }
store-history-state-named = { $name } (state { $number })
store-history-active = now, and at the next start
store-history-active-now = now
store-history-next = at the next start
store-history-next-once = at the next start, this once
store-history-came-back = State { $failed } did not start. The machine went back to state { $state } by itself.
store-history-chosen = You started state { $state } from the boot menu.
store-history-chosen-once = You started state { $state } from the boot menu, for this time. The next start is with state { $next } again.
store-history-not-used = State { $asked } was to start and could not be used. State { $state } runs, as before.
store-history-compare = Compare
store-history-keep-this = Keep this one
store-history-go-back = Go back
store-history-pending = not whole: its making was cut short
store-history-pinned = kept for ever
store-history-holds = { $count ->
        [one] { $shown } package
       *[other] { $shown } packages
    }
store-history-gives = gives back { $bytes }
store-history-about = This state
store-history-tab = { $name } { $shown }
store-history-packages = Packages
store-history-files = Files
store-history-go = Go to state { $number }
store-history-go-means = Takes a moment and no download. The state of now stays: come back the same way. Your own files are not touched.
store-history-next-only = Start it next time only
store-history-from-now = Start it from now on
store-history-start-means = Nothing that runs changes: the choice is for the boot menu.
store-history-now = Compare with now
store-history-other-end = Compare with another
store-history-other-stop = Stop choosing
store-history-pin = Keep for ever
store-history-unpin = No longer keep for ever
store-history-queued = In the queue
store-history-name = Name
store-history-name-hint = such as “before the big update”
store-history-save = Save
store-history-compared-now = What going from now to state { $to } changes:
store-history-compared = What differs on the way from state { $from } to state { $to }:
store-history-same = This is what you have now.
store-history-comparing = Comparing…
store-history-not-compared = Not compared.
store-history-no-packages = The packages are the same.
store-history-newer = { $count ->
        [one] { $shown } newer
       *[other] { $shown } newer
    }
store-history-older = { $count ->
        [one] { $shown } older
       *[other] { $shown } older
    }
store-history-come = { $count ->
        [one] { $shown } comes
       *[other] { $shown } come
    }
store-history-go-away = { $count ->
        [one] { $shown } goes
       *[other] { $shown } go
    }
store-history-other = { $shown } otherwise
store-history-comes = { $version } comes
store-history-goes = { $version } goes
store-history-upgrade = { $old } → { $new }
store-history-downgrade = { $old } → { $new } (older)
store-history-again = { $version }, laid out anew
store-history-marked = is there because it was chosen
store-history-unmarked = is only there as long as others need it
store-history-did-update-all = Updated the system
store-history-did-update = Updated { $names }
store-history-did-install = Installed { $names }
store-history-did-reinstall = Installed { $names } again
store-history-did-remove = Removed { $names }
store-history-did-mark = { $names } is there because it was chosen
store-history-did-mark-automatic = { $names } is only there as long as others need it
store-history-did-model = Followed a system model
store-history-did-bring = Brought the newer { $names }
store-history-names-more = { $names } and { $count } more
store-history-verify = Check every file
store-history-verifying = Every file is being compared with what it should be…
store-history-whole = { $count ->
        [one] { $shown } file was looked at and is as it should be.
       *[other] { $shown } files were looked at and are as they should be.
    }
store-history-damaged = { $count ->
        [one] { $shown } file is not as it should be.
       *[other] { $shown } files are not as they should be.
    }
store-history-mended = { $count ->
        [one] { $shown } file is as it should be again.
       *[other] { $shown } files are as they should be again.
    }
store-history-damage = { $path }: { $problem }
store-history-damage-more = { $count ->
        [one] and { $shown } more
       *[other] and { $shown } more
    }
store-history-repair = Repair
store-history-room-lead = Old states hold what you may go back to. Let go of those that you will not need; what they share with others stays.
store-history-room-all = All that can go ({ $shown })
store-history-stays-active = stays: it runs now
store-history-stays-pending = stays: not whole yet
store-history-stays-pinned = stays: kept for ever
store-history-none-chosen = No state is chosen.
store-history-sum = { $count ->
        [one] { $shown } state gives back { $bytes } at least.
       *[other] { $shown } states give back { $bytes } at least.
    }
store-history-remove = { $count ->
        [one] Remove { $shown } state
       *[other] Remove { $shown } states
    }
store-history-remove-ask = { $count ->
        [one] { $shown } state goes for good. You cannot go back to it afterwards.
       *[other] { $shown } states go for good. You cannot go back to them afterwards.
    }
store-history-keep = Keep them
# The store: somebody has to agree
store-authenticate-title = Confirm who you are
store-authenticate-what = What will be done
store-authenticate-other = Another program asks for this, not the store.
store-authenticate-who = Who confirms
store-authenticate-person = { $name } ({ $user }) confirms.
store-authenticate-user = { $user } confirms.
store-authenticate-password = Password
store-authenticate-empty = The password is still missing.
store-authenticate-too-long = That is longer than a password can be.
store-authenticate-caps = Caps Lock is on.
store-authenticate-refused =
    { $left ->
        [one] This was not the right password. One try is left.
       *[other] This was not the right password. { $left } tries are left.
    }
store-authenticate-broken = The password could not be checked: { $reason }. Nothing has been changed.
store-authenticate-checking = Checking…
store-authenticate-continue = Continue
store-authenticate-again = Try again
store-authenticate-cancel = Cancel
store-authenticate-plan = Packages
store-authenticate-action = Action
store-authenticate-command = Command
store-authenticate-process = Process

# The store: a look for updates, without a window
store-check-title =
    { $count ->
        [one] One update
       *[other] { $count } updates
    }
store-check-title-security =
    { $count ->
        [one] One update, for security
       *[other] { $count } updates, { $security } of them for security
    }
store-check-body = { $size } to download. Package lists of { $date }.
store-check-told = Updates told of: { $count }
store-check-nobody = Nothing said: this session shows no notifications.
store-check-battery = Not now: the battery is low.
store-check-metered = Not now: this network may cost money.
store-check-offline = Not now: the internet cannot be reached.
store-check-busy = Not now: the network is being used.
store-check-not-refreshed = Nothing said: no package list has been read yet, so nothing is known.
store-check-none = There are no updates in the package lists.
store-check-said-before = Nothing said: these updates were told of before.
store-check-failed = The look for updates could not begin: { $reason }
store-asked-plan =
    { $wish }: { $count ->
        [one] one package
       *[other] { $shown } packages
    }, { $download } to download
store-asked-and-more = { $first }, and { $count ->
        [one] one more thing after it
       *[other] { $count } more things after it
    }
## The store: operations in words (a wish, while it is done, afterwards)

store-said-two = { $first } and { $second }
store-said-more = { $count ->
        [one] { $names } and one more
       *[other] { $names } and { $shown } more
    }
store-said-install-wish = { $count ->
        [one] Install { $names }
       *[other] Install { $names }
    }
store-said-install-now = { $count ->
        [one] Installing { $names }
       *[other] Installing { $names }
    }
store-said-install-done = { $count ->
        [one] Installed { $names }
       *[other] Installed { $names }
    }
store-said-install-some-wish = Install packages
store-said-install-some-now = Installing packages
store-said-install-some-done = Installed packages
store-said-reinstall-wish = { $count ->
        [one] Install { $names } again
       *[other] Install { $names } again
    }
store-said-reinstall-now = { $count ->
        [one] Installing { $names } again
       *[other] Installing { $names } again
    }
store-said-reinstall-done = { $count ->
        [one] Installed { $names } again
       *[other] Installed { $names } again
    }
store-said-remove-wish = { $count ->
        [one] Remove { $names }
       *[other] Remove { $names }
    }
store-said-remove-now = { $count ->
        [one] Removing { $names }
       *[other] Removing { $names }
    }
store-said-remove-done = { $count ->
        [one] Removed { $names }
       *[other] Removed { $names }
    }
store-said-orphans-wish = Remove what nobody needs
store-said-orphans-now = Removing what nobody needs
store-said-orphans-done = Removed what nobody needs
store-said-sync-wish = Update everything
store-said-sync-now = Updating everything
store-said-sync-done = Updated everything
store-said-sync-part-now = { $count ->
        [one] Updating { $shown } package
       *[other] Updating { $shown } packages
    }
store-said-sync-part-done = { $count ->
        [one] Updated { $shown } package
       *[other] Updated { $shown } packages
    }, { $why ->
        [held] { $kept } held
       *[other] { $stay ->
            [one] { $kept } stays as it is
           *[other] { $kept } stay as they are
        }
    }
store-said-update-wish = { $count ->
        [one] Update { $names }
       *[other] Update { $names }
    }
store-said-update-now = { $count ->
        [one] Updating { $names }
       *[other] Updating { $names }
    }
store-said-update-done = { $count ->
        [one] Updated { $names }
       *[other] Updated { $names }
    }
store-said-explicit-wish = { $count ->
        [one] Remember that { $names } was chosen
       *[other] Remember that { $names } were chosen
    }
store-said-explicit-now = { $count ->
        [one] Remembering that { $names } was chosen
       *[other] Remembering that { $names } were chosen
    }
store-said-explicit-done = { $count ->
        [one] Remembered that { $names } was chosen
       *[other] Remembered that { $names } were chosen
    }
store-said-automatic-wish = { $count ->
        [one] Keep { $names } only while it is needed
       *[other] Keep { $names } only while they are needed
    }
store-said-automatic-now = { $count ->
        [one] Marking { $names } as there only while it is needed
       *[other] Marking { $names } as there only while they are needed
    }
store-said-automatic-done = { $count ->
        [one] { $names } stays only while it is needed
       *[other] { $names } stay only while they are needed
    }
store-said-local-wish = Install { $name } from a file
store-said-local-now = Installing { $name } from a file
store-said-local-done = Installed { $name } from a file
store-said-activate-wish = Go to state { $state }
store-said-activate-now = Going to state { $state }
store-said-activate-done = Went to state { $state }
store-said-back-wish = Go back to state { $state }
store-said-back-now = Going back to state { $state }
store-said-back-done = Went back to state { $state }
store-said-states-wish = { $count ->
        [one] Remove state { $state }
       *[other] Remove { $shown } states
    }
store-said-states-now = { $count ->
        [one] Removing state { $state }
       *[other] Removing { $shown } states
    }
store-said-states-done = { $count ->
        [one] Removed state { $state }
       *[other] Removed { $shown } states
    }
store-said-verify-wish = Check the system’s files
store-said-verify-now = Checking the system’s files
store-said-verify-done = Checked the system’s files
store-said-repair-wish = Check and mend the system’s files
store-said-repair-now = Checking and mending the system’s files
store-said-repair-done = Checked and mended the system’s files
store-said-refresh-all-wish = Read all package lists
store-said-refresh-all-now = Reading all package lists
store-said-refresh-all-done = Read all package lists anew
store-said-refresh-wish = Read the package list of { $name }
store-said-refresh-now = Reading the package list of { $name }
store-said-refresh-done = Read the package list of { $name } anew
store-said-add-wish = Save the source { $name }
store-said-add-now = Saving the source { $name }
store-said-add-done = Saved the source { $name }
store-said-away-wish = Remove the source { $name }
store-said-away-now = Removing the source { $name }
store-said-away-done = Removed the source { $name }
store-said-return-wish = Bring the source { $name } back
store-said-return-now = Bringing the source { $name } back
store-said-return-done = The source { $name } is back
store-said-on-wish = Switch the source { $name } on
store-said-on-now = Switching the source { $name } on
store-said-on-done = Switched the source { $name } on
store-said-off-wish = Switch the source { $name } off
store-said-off-now = Switching the source { $name } off
store-said-off-done = Switched the source { $name } off
store-said-bridge-wish = Get the newer Moult that { $name } asks for
store-said-bridge-now = Getting the newer Moult that { $name } asks for
store-said-bridge-done = Got the newer Moult that { $name } asked for
store-said-follow-wish = Follow { $stream } of { $name }
store-said-follow-now = Moving { $name } on to { $stream }
store-said-follow-done = { $name } follows { $stream }
store-said-stay-wish = Stay on { $point } of { $name }
store-said-stay-now = Moving { $name } to { $point }
store-said-stay-done = { $name } stays on { $point }
store-said-unfollow-wish = Go back to { $point } of { $name }
store-said-unfollow-now = Moving { $name } back to { $point }
store-said-unfollow-done = { $name } is back on { $point }
store-said-hold-wish = { $count ->
        [one] Hold { $names } at its release
       *[other] Hold { $names } at their releases
    }
store-said-hold-now = { $count ->
        [one] Holding { $names } at its release
       *[other] Holding { $names } at their releases
    }
store-said-hold-done = { $count ->
        [one] { $names } is held at its release
       *[other] { $names } are held at their releases
    }
store-said-unhold-wish = { $count ->
        [one] Let updates change { $names }
       *[other] Let updates change { $names }
    }
store-said-unhold-now = { $count ->
        [one] Letting go of { $names }
       *[other] Letting go of { $names }
    }
store-said-unhold-done = { $count ->
        [one] { $names } is no longer held
       *[other] { $names } are no longer held
    }
store-said-name-wish = Call state { $state } “{ $name }”
store-said-name-now = Naming state { $state } “{ $name }”
store-said-name-done = State { $state } is called “{ $name }”
store-said-unname-wish = Take the name of state { $state } away
store-said-unname-now = Taking the name of state { $state } away
store-said-unname-done = State { $state } has no name
store-said-once-wish = Start state { $state } next time
store-said-once-now = Having state { $state } started next time
store-said-once-done = State { $state } starts next time, and only then
store-said-usual-wish = Start as usual next time
store-said-usual-now = Making the next start the usual one
store-said-usual-done = The next start is the usual one again
store-said-again-wish = Start state { $state } next time again
store-said-again-now = Having state { $state } started next time again
store-said-again-done = State { $state } starts next time again, and only then
store-said-start-wish = Start state { $state } from now on
store-said-start-now = Having state { $state } started from now on
store-said-start-done = State { $state } starts from now on
store-said-pin-wish = Keep state { $state } for good
store-said-pin-now = Pinning state { $state }
store-said-pin-done = State { $state } is kept for good
store-said-unpin-wish = No longer keep state { $state } for good
store-said-unpin-now = Unpinning state { $state }
store-said-unpin-done = State { $state } may be removed again

## The store: installed

store-installed-title = Installed
store-installed-loading = Looking at what is installed…
store-installed-failed = What is installed could not be read.
store-installed-apps = Apps · { $shown }
store-installed-packages = System · { $shown }
store-installed-filter = Show only
store-installed-filter-hint = A part of the name
store-installed-shown = { $shown } of { $total }
store-installed-none-apps = No app that a catalogue describes is installed.
store-installed-none-packages = Nothing else is installed.
store-installed-none-found = Nothing here has this in its name or description.
store-installed-sort = In order of
store-installed-sort-name = Name
store-installed-sort-size = Size
store-installed-sort-came = Newest
store-installed-sort-chosen = Chosen first
store-installed-sizing = Reading sizes: { $done } of { $total }
store-installed-came-unknown = The states that are kept do not tell when anything came.
store-installed-held = held
store-installed-chosen = chosen
store-installed-needed = needed by others
store-installed-facts = Version { $version } from { $repository }
store-installed-facts-local = Version { $version }, from no source
store-installed-size = { $size } on the disk
store-installed-came = came on { $date }
store-installed-why-asking = Finding out why it is there…
store-installed-why-chosen = It was chosen.
store-installed-why-for = It is there for { $names }.
store-installed-why-direct = Needed directly by { $names }.
store-installed-why-nobody = Nobody chose it, and nothing needs it.
store-installed-why-held = It is held: updates leave it as it is.
store-installed-leaves-asking = Working out what would leave with it…
store-installed-leaves-alone = Nothing else would leave with it.
store-installed-leaves = { $count ->
        [one] { $names } would leave with it, as it cannot be without it.
       *[other] { $shown } packages would leave with it, as they cannot be without it: { $names }.
    }
store-installed-leaves-failed = It cannot be removed: { $reason }
store-installed-left = { $count ->
        [one] Afterwards, nobody would need { $names }.
       *[other] Afterwards, nobody would need { $names }.
    }
store-installed-waits = { $what }: waits in the queue
store-installed-open = Open its page
store-installed-hold = Hold at this release
store-installed-unhold = Let updates change it
store-installed-remove = Remove…
store-installed-orphans = { $count ->
        [one] { $names } is there, although nobody chose it and nobody needs it.
       *[other] { $shown } packages are there that nobody chose and nobody needs: { $names }.
    }
store-installed-orphans-bytes = { $count ->
        [one] It holds { $size }. That room is free when no state that is kept has it any more.
       *[other] They hold { $size }. That room is free when no state that is kept has them any more.
    }
store-installed-orphans-failed = Whether something is here that nobody needs could not be worked out: { $reason }
store-installed-orphans-remove = Remove what nobody needs…

## The store: queue

store-queue-title = Queue
store-queue-empty = Nothing is being done, and nothing waits.
store-queue-empty-more = What you install, update or remove is done here, one thing after the other.
store-queue-pause = Pause
store-queue-continue = Go on
store-queue-paused = The queue is paused: nothing new is begun.
store-queue-ended = Ended
store-queue-next = Next. Nothing has been changed yet.
store-queue-next-kept = Next. { $size } of it are downloaded already and kept. Nothing has been changed yet.
store-queue-waits = Waits for those before it. Nothing has been changed yet.
store-queue-starting = Asking whether it is allowed, and working it out once more…
store-queue-asking = It would change something that you have not seen. Look at it before it goes on.
store-queue-look = Look at it
store-queue-percent = { $percent } %
store-queue-check = Looking at the system again, to be sure that it is as it was planned.
store-queue-stopping-again = Stopping; then it waits until the queue goes on…
store-queue-waits-for = { $reason } It is tried again by itself.
store-queue-cancelled = You stopped it. Nothing was changed.
store-queue-failed = Not done: { $what }
store-queue-dismiss = Take off the list
store-queue-done-state = State { $state } is the active one.
store-queue-done-whole = { $files } files were compared, and all are as they should be.
store-queue-done-freed = { $size } are free again.
store-queue-done-repaired = { $path } was damaged and is as it should be again ({ $problem }).
store-queue-done-damaged = { $path } is damaged ({ $problem }).
store-queue-done-damage-more = { $count ->
        [one] One more file was not as it should be.
       *[other] { $shown } more files were not as they should be.
    }
store-queue-done-note = Note: { $text }
store-queue-read-updated = { $count ->
        [one] { $name } has a new list, with one package.
       *[other] { $name } has a new list, with { $packages } packages.
    }
store-queue-read-unchanged = { $count ->
        [one] { $name } has nothing new. It offers one package.
       *[other] { $name } has nothing new. It offers { $packages } packages.
    }
store-queue-read-moved = { $name } publishes its list at another place by now; what is read here stays as it is.
store-queue-read-newer = { $name } has a format ({ $format }) that only a newer Moult reads. The list before it stays in use.
store-queue-read-failed = { $name } could not be read. The list before it stays in use. { $reason }

## The store: sources

store-sources-title = Sources
store-sources-lead = { $count ->
        [one] One package is offered.
       *[other] { $shown } packages are offered.
    }
store-sources-loading = Looking at the sources…
store-sources-failed = The sources could not be read.
store-sources-none = There is no source yet, so nothing can be installed. Add one by its address.
store-sources-refresh-all = Read all lists anew
store-sources-add = Add a source…
store-sources-broken = { $path } does not count, because it cannot be read: { $reason }
store-sources-broken-at = { $path } does not count, because it cannot be read (line { $line }, column { $column }): { $reason }
store-sources-broken-one = The source { $name } in { $path } does not count, because it cannot be used: { $reason }
store-sources-broken-one-at = The source { $name } in { $path } does not count, because it cannot be used (line { $line }, column { $column }): { $reason }
store-sources-on = On
store-sources-off = Off
store-sources-signed = Signed by key { $key }, good until { $date }
store-sources-expired = Signed by key { $key }, but good only until { $date }: no newer list has been read since
store-sources-not-yet = A key is named for it, and no list has been read since
store-sources-unsigned = Not signed
store-sources-unsigned-means = Not signed: anybody between this computer and the source could change what comes from it, and nobody would notice. A public key of those who run it protects you.
store-sources-packages = { $count ->
        [one] One package
       *[other] { $shown } packages
    }
store-sources-nothing = Offers nothing while it is off
store-sources-never = never read
store-sources-refreshed = read on { $date }
store-sources-follows = follows { $stream }
store-sources-follows-list = follows { $stream }, list { $list } is in use
store-sources-stays = stays on { $point }
store-sources-newer = It has a format ({ $format }) by now that only a newer Moult reads. The list before it stays in use.
store-sources-bridge = Look at the newer Moult
store-sources-bridge-means = What it changes is shown first. When it is installed, open the store again and read the list of this source anew.
store-sources-bridge-none = No installed package brings this program, so that none can take its place: install a newer Moult in the way in which this one came.
store-sources-failed-first = It could not be read on { $date }, so it offers nothing: { $reason }
store-sources-failed-again = It could not be read on { $date }; the list before it stays in use: { $reason }
store-sources-waits = { $what }: waits in the queue
store-sources-address = Address
store-sources-mirror = Mirror
store-sources-priority = Priority
store-sources-file = Written down in
store-sources-refresh = Read its list anew
store-sources-change = Change…
store-sources-remove = Remove…
store-sources-remove-means = { $name } goes, with what it offers. What is installed from it stays, and gets no updates any more.
store-sources-remove-vendor = { $name } comes with the system ({ $file }): it is only switched off, and can be switched on again. What is installed from it stays.
store-sources-remove-now = Remove it
store-sources-keep = Keep it
store-sources-versions = Other versions…
store-sources-versions-on = Move on, or to another version…
store-sources-versions-asks = Asks the source over the network.
store-sources-versions-asking = Asking the source for its versions…
store-sources-versions-failed = The versions could not be read. { $reason }
store-sources-streams = Streams move on with every new list
store-sources-tags = Tags stay as they are
store-sources-history = Every published list, the newest first
store-sources-history-more = { $count ->
        [one] Show one older list
       *[other] Show { $shown } older lists
    }
store-sources-followed = You follow this
store-sources-stayed = You stay on this
store-sources-follow = Move on with { $stream }
store-sources-stay = Stay on { $point }
store-sources-list = now at list { $list }
store-sources-tag = tag { $tag }
store-sources-in-use = in use
store-sources-unsupported = has a format ({ $format }) that only a newer Moult reads
store-sources-add-title = Add a source
store-sources-change-title = Change { $name }
store-sources-name = Name
store-sources-name-hint = Letters, digits, - _ and .
store-sources-name-empty = The source needs a name.
store-sources-name-wrong = The name may have letters from a to z, digits, - _ and . (128 at most).
store-sources-name-taken = There is a source of this name already. Open it to change it.
store-sources-priority-hint = The larger one counts
store-sources-priority-wrong = A whole number, 0 or more.
store-sources-uri-hint = https://example.org/stone.index, or the beginning of a source with versions
store-sources-uri-hint-again = If a password belongs into it, type it once more: it is not shown here.
store-sources-uri-empty = The source needs an address.
store-sources-uri-wrong = An address begins with https://, http:// or file:///.
store-sources-description = Description (may be empty)
store-sources-keys = Public keys (may be empty)
store-sources-keys-hint = Minisign keys (RW…), separated by spaces. The list must be signed by one of them.
store-sources-key-wrong = Each key has 56 characters and begins with RW.
store-sources-keys-gone = Its list is checked with a key now. Without any it would no longer be: to have that, remove the source and add it anew.
store-sources-mirrors = Other addresses with the same content (may be empty)
store-sources-mirrors-hint = Separated by spaces; tried when the first one fails.
store-sources-mirror-wrong = Each is an address over the network, and https:// where the first one is.
store-sources-more = A source with versions
store-sources-version = What to follow (empty: the address is that of a single list)
store-sources-version-hint = stream/unstable moves on; tag/… and history/… stay
store-sources-version-wrong = It looks like stream/unstable, tag/… or history/…
store-sources-usual = Empty: the usual one
store-sources-channel = Channel
store-sources-architecture = Architecture
store-sources-word-wrong = Letters from a to z, digits, - _ and .; only for a source with versions.
store-sources-write-add = Add it and read its list
store-sources-write-change = Save it and read its list
store-sources-write-means = This asks for an administrator’s password. Nothing is installed by it.
store-updates-help = Open the updates
store-reader-gone = What shows programs and packages has stopped. Your system is as it was; nothing was being changed by it.
store-review-local = A file that you brought, signed by nobody: { $file }. Install it only if you trust where it comes from.

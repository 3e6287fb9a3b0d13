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

no-boot-loader = No boot loader yet: Moult does not install what starts a computer from this disk. The system on it starts in a container, not on a computer of its own.
done-title = The system is installed
done-disk = It is on { $disk }, completely written.
done-account = Log in as { $user }, with the password you chose.
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
failure-internal = Something happened that should not happen.
failure-internal-todo = Start over. The details below help whoever looks into it.
not-known = not known

## Programs without a window

moult-about = The graphical installer and store of Moult
moult-install-about = Install a system on this computer
moult-store-about = Browse, install and update software
moult-trace-help = Write one JSON line per event to stderr: screens, places of controls, jobs
moult-size-help = Open a window of this size instead of the whole screen, for example 1280x800
moult-is-root = moult does not run as root: the window needs no such power. Start it as an ordinary user; it asks for permission itself.
moult-no-store = The store is not there yet. “moult install” installs a system.
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

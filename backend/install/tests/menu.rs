//! The boot menu follows the states: on a real FAT in a small image, with kernels that are programs by their form alone.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use moult_boot::{Fat, Firmware, Machine, RootSource};
use moult_install::Menu;
use moult_packages::{Boot, BootRefusal, Coming, KernelFile, State, Status, Unwatched};
use tempfile::TempDir;

const MIB: usize = 1 << 20;

/// A system root and its EFI system partition.
struct World {
    folder: TempDir,
}

/// A program in the form that UEFI starts and `sbsign` signs, of about this many bytes; `seed` makes it differ from others. Its header has room
/// for more sections.
fn program(size: usize, seed: u64, said: &str) -> Vec<u8> {
    const HEADER: usize = 1024;
    const OPTIONAL: usize = 0x40 + 24;
    let machine: u32 = if cfg!(target_arch = "aarch64") { 0xaa64 } else { 0x8664 };
    let mut content = said.as_bytes().to_vec();
    content.extend(seed.to_le_bytes());
    content.resize(size.max(content.len()).next_multiple_of(4096), 7);
    let length = u32::try_from(content.len()).unwrap();
    let mut bytes = vec![0_u8; HEADER];
    bytes[..2].copy_from_slice(b"MZ");
    bytes[0x3c] = 0x40;
    bytes[0x40..0x44].copy_from_slice(b"PE\0\0");
    let mut put = |at: usize, value: u32| bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    // One section; a header of 240 bytes, of an application.
    put(0x44, machine | (1 << 16));
    put(0x54, 240 | (0x0206 << 16));
    let fields = [
        (0, 0x20b),
        (4, length),
        (16, 0x1000),
        (20, 0x1000),
        (32, 0x1000),
        (36, 512),
    ];
    for (at, value) in fields
        .into_iter()
        .chain([(56, 0x1000 + length), (60, 1024), (68, 10), (108, 16)])
    {
        put(OPTIONAL + at, value);
    }
    for (at, value) in [(8, length), (12, 0x1000), (16, length), (20, 1024), (36, 0x6000_0020)] {
        put(OPTIONAL + 240 + at, value);
    }
    bytes[OPTIONAL + 240..OPTIONAL + 245].copy_from_slice(b".text");
    bytes.extend(content);
    bytes
}

impl World {
    fn new(megabytes: usize) -> Self {
        let folder = TempDir::new().unwrap();
        fs::File::create(folder.path().join("esp"))
            .unwrap()
            .set_len((megabytes * MIB) as u64)
            .unwrap();
        let made = Command::new("/sbin/mkfs.vfat").arg(folder.path().join("esp")).output();
        assert!(made.unwrap().status.success(), "mkfs.vfat (dosfstools)");
        for path in ["root/etc", "root/.moult/states"] {
            fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        Self { folder }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// Makes a tree with a kernel of this many bytes.
    fn tree(&self, usr: &Path, version: &str, size: usize) {
        let (kernel, loader) = (usr.join("lib/kernel").join(version), usr.join("lib/systemd/boot/efi"));
        fs::create_dir_all(&kernel).unwrap();
        fs::create_dir_all(&loader).unwrap();
        let seed = version.bytes().map(u64::from).sum();
        fs::write(kernel.join("vmlinuz"), program(size, seed, "")).unwrap();
        fs::write(kernel.join("a.initrd"), b"an initrd").unwrap();
        let name = if cfg!(target_arch = "aarch64") { "aa64" } else { "x64" };
        let said = "#### LoaderInfo: systemd-boot 257 ####";
        fs::write(loader.join(format!("systemd-boot{name}.efi")), program(4096, 1, said)).unwrap();
        let said = "#### LoaderInfo: systemd-stub 257 ####";
        fs::write(loader.join(format!("linux{name}.efi.stub")), program(4096, 2, said)).unwrap();
        fs::write(usr.join("lib/os-release"), "ID=sample\nNAME=Sample\n").unwrap();
    }

    fn state(&self, id: u64, active: bool, version: &str, size: usize) -> State {
        let usr = match active {
            true => self.root().join("usr"),
            false => self.root().join(format!(".moult/states/{id}/usr")),
        };
        self.tree(&usr, version, size);
        State {
            id,
            created: 1_700_000_000 + i64::try_from(id).unwrap(),
            summary: "a test".into(),
            status: if active { Status::Active } else { Status::Archived },
            packages: 1,
            name: String::new(),
            pinned: false,
        }
    }

    fn machine(folder: &Path) -> Machine {
        let root = RootSource {
            uuid: Some("6a1c2c3e-0000-4000-8000-000000000001".into()),
            filesystem: "ext4".into(),
            ..RootSource::default()
        };
        let fat = Fat::open(&folder.join("esp"), 0).unwrap();
        Machine::new(Arc::new(fat), root, folder.join("root/etc"))
    }

    /// Gives it a key, with which each entry becomes one image.
    fn sign(&self) {
        let folder = self.root().join("etc/moult/secure-boot");
        fs::create_dir_all(&folder).unwrap();
        let made = Command::new("/usr/bin/openssl")
            .args(["req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=test/", "-keyout"])
            .arg(folder.join("db.key"))
            .arg("-out")
            .arg(folder.join("db.crt"))
            .output();
        assert!(made.unwrap().status.success(), "openssl");
        fs::set_permissions(folder.join("db.key"), fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn menu(&self) -> Menu {
        let folder = self.folder.path().to_owned();
        Menu::new(Firmware::Uefi, move |_| Ok(Self::machine(&folder)))
    }

    /// States that have entries, sorted; and the one that starts next.
    fn entries(&self) -> (Vec<u64>, Option<u64>) {
        let status = Self::machine(self.folder.path()).status().unwrap();
        let mut states: Vec<u64> = status.entries.iter().map(|entry| entry.state).collect();
        states.sort_unstable();
        (states, status.next.ok().and_then(|next| next.state))
    }

    fn image(&self) -> blake3::Hash {
        blake3::hash(&fs::read(self.folder.path().join("esp")).unwrap())
    }
}

#[test]
fn the_active_state_starts_and_the_others_stand_below_it() {
    let world = World::new(32);
    let states = [world.state(1, false, "6.1", MIB), world.state(2, true, "6.2", MIB)];
    let _ = world.menu().states_changed(&world.root(), &states, &Unwatched).unwrap();
    assert_eq!(world.entries(), (vec![1, 2], Some(2)));
}

#[test]
fn a_kernel_without_room_is_refused_before_anything_is_written_and_what_could_go_is_named() {
    let world = World::new(8);
    let states = [
        world.state(1, false, "6.1", 2 * MIB),
        world.state(2, true, "6.2", 2 * MIB),
    ];
    let menu = world.menu();
    let _ = menu.states_changed(&world.root(), &states, &Unwatched).unwrap();
    let before = world.image();

    // Before it is fetched: by its size.
    let coming = |size: usize| KernelFile {
        path: "lib/kernel/6.3/vmlinuz".into(),
        size: size as u64,
        content: None,
    };
    let refused = menu
        .check(&world.root(), &states, Coming::Files(&[coming(6 * MIB)]))
        .unwrap_err();
    let BootRefusal::Full {
        needed,
        free,
        states: could_go,
    } = refused
    else {
        panic!("{refused}");
    };
    assert!(needed > 6 * MIB as u64 && free < 4 * MIB as u64, "{needed} {free}");
    assert_eq!(could_go, [1]);
    menu.check(&world.root(), &states, Coming::Files(&[coming(MIB)]))
        .unwrap();
    // What the firmware does not read needs no room there.
    let map = KernelFile {
        path: "lib/kernel/6.3/System.map".into(),
        ..coming(60 * MIB)
    };
    menu.check(&world.root(), &states, Coming::Files(&[map])).unwrap();
    // Nor does what is there already.
    let kernel = world.root().join("usr/lib/kernel/6.2/vmlinuz");
    let same = KernelFile {
        path: "lib/kernel/6.2/vmlinuz".into(),
        size: fs::metadata(&kernel).unwrap().len(),
        content: Some(*blake3::hash(&fs::read(&kernel).unwrap()).as_bytes()),
    };
    menu.check(&world.root(), &states, Coming::Files(&[same])).unwrap();

    // As a whole tree, before the swap.
    let staged = world.root().join(".moult/states/3");
    world.tree(&staged.join("usr"), "6.3", 6 * MIB);
    let refused = menu
        .check(&world.root(), &states, Coming::Tree(3, &staged))
        .unwrap_err();
    assert!(matches!(refused, BootRefusal::Full { .. }), "{refused}");
    fs::remove_dir_all(&staged).unwrap();
    world.tree(&staged.join("usr"), "6.3", MIB);
    menu.check(&world.root(), &states, Coming::Tree(3, &staged)).unwrap();
    assert_eq!(world.image(), before, "a question wrote something");
}

#[test]
fn with_a_key_a_new_state_needs_room_for_an_image_of_its_own_even_with_the_kernel_that_is_there() {
    let world = World::new(15);
    let kernel = |world: &World| {
        let file = world.root().join("usr/lib/kernel/6.1/vmlinuz");
        KernelFile {
            path: "lib/kernel/6.1/vmlinuz".into(),
            size: fs::metadata(&file).unwrap().len(),
            content: Some(*blake3::hash(&fs::read(&file).unwrap()).as_bytes()),
        }
    };
    let states = [
        world.state(1, false, "6.1", 5 * MIB),
        world.state(2, true, "6.1", 5 * MIB),
    ];
    let menu = world.menu();
    let _ = menu.states_changed(&world.root(), &states, &Unwatched).unwrap();
    let coming = [kernel(&world)];
    menu.check(&world.root(), &states, Coming::Files(&coming)).unwrap();

    world.sign();
    // The kernel that both have is needed until the active one's image is there: the other one has no room before.
    let warned = menu.states_changed(&world.root(), &states, &Unwatched).unwrap();
    assert!(
        warned.len() == 1 && warned[0].contains("state 1 is not in the boot menu"),
        "{warned:?}"
    );
    assert_eq!(world.entries(), (vec![2], Some(2)));
    assert_eq!(
        menu.states_changed(&world.root(), &states, &Unwatched).unwrap(),
        Vec::<String>::new()
    );
    assert_eq!(world.entries(), (vec![1, 2], Some(2)));
    let staged = world.root().join(".moult/states/3");
    world.tree(&staged.join("usr"), "6.1", 5 * MIB);
    // What is said before anything is fetched is what is said of the whole tree.
    for coming in [Coming::Files(&coming), Coming::Tree(3, &staged)] {
        let refused = menu.check(&world.root(), &states, coming).unwrap_err();
        let BootRefusal::Full { needed, free, states } = refused else {
            panic!("{refused}");
        };
        assert!(
            needed > 5 * MIB as u64 && needed < 7 * MIB as u64 && free < needed,
            "{needed} {free}"
        );
        assert!(states.contains(&1), "{states:?}");
    }
}

#[test]
fn entries_leave_before_their_states_do() {
    let world = World::new(32);
    let states = [world.state(1, false, "6.1", MIB), world.state(2, true, "6.2", MIB)];
    let menu = world.menu();
    let _ = menu.states_changed(&world.root(), &states, &Unwatched).unwrap();
    let _ = menu.states_leave(&world.root(), &states[1..], &Unwatched).unwrap();
    assert_eq!(world.entries(), (vec![2], Some(2)));
}

#[test]
fn a_state_whose_entry_cannot_leave_stays_and_one_without_an_entry_may_go() {
    let world = World::new(32);
    let states = [world.state(1, false, "6.1", MIB), world.state(2, true, "6.2", MIB)];
    let menu = world.menu();
    let _ = menu.states_changed(&world.root(), &states, &Unwatched).unwrap();
    // The active one lost its kernel: no menu can be written for it.
    fs::remove_dir_all(world.root().join("usr/lib/kernel")).unwrap();
    let refused = menu.states_leave(&world.root(), &states[1..], &Unwatched).unwrap_err();
    assert!(matches!(refused, BootRefusal::NotBootable(_)), "{refused}");
    assert_eq!(world.entries().0, [1, 2]);

    // A third one never had an entry.
    let warned = menu.states_leave(&world.root(), &states, &Unwatched).unwrap();
    assert_eq!(warned.len(), 1, "{warned:?}");
}

#[test]
fn without_uefi_only_a_kernel_is_worth_a_word() {
    let world = World::new(8);
    let menu = Menu::new(Firmware::Bios, |_| panic!("nothing is looked for"));
    let bare = State {
        packages: 1,
        ..world.state(1, true, "6.1", 4096)
    };
    let warned = menu
        .states_changed(&world.root(), std::slice::from_ref(&bare), &Unwatched)
        .unwrap();
    assert_eq!(warned.len(), 1, "{warned:?}");
    fs::remove_dir_all(world.root().join("usr/lib/kernel")).unwrap();
    assert!(
        menu.states_changed(&world.root(), std::slice::from_ref(&bare), &Unwatched)
            .unwrap()
            .is_empty()
    );
    let huge = KernelFile {
        path: "lib/kernel/6.3/vmlinuz".into(),
        size: u64::MAX,
        content: None,
    };
    menu.check(&world.root(), &[bare], Coming::Files(&[huge])).unwrap();
}

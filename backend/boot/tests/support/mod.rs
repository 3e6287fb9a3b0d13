//! A machine for tests: programs that look like programs, trees of states, an ESP that fails on demand.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use moult_boot::{Architecture, Item, Machine, Mounted, Policy, Report, RootSource, Space, Tree, Volume};

/// A PE32+ program with one section that holds `content`.
pub fn program(content: &[u8]) -> Vec<u8> {
    program_with(content, 512)
}

/// As [`program`], with a header of this length.
pub fn program_with(content: &[u8], header: usize) -> Vec<u8> {
    let raw = content.len().div_ceil(512) * 512;
    let mut pe = vec![0_u8; header];
    pe[..2].copy_from_slice(b"MZ");
    pe[0x3c] = 0x80;
    pe[0x80..0x84].copy_from_slice(b"PE\0\0");
    let put16 = |pe: &mut Vec<u8>, at: usize, value: u16| pe[at..at + 2].copy_from_slice(&value.to_le_bytes());
    let put32 = |pe: &mut Vec<u8>, at: usize, value: u32| pe[at..at + 4].copy_from_slice(&value.to_le_bytes());
    put16(&mut pe, 0x84, 0x8664);
    put16(&mut pe, 0x86, 1);
    put16(&mut pe, 0x94, 240);
    put16(&mut pe, 0x96, 0x0206);
    let optional = 0x98;
    put16(&mut pe, optional, 0x20b);
    put32(&mut pe, optional + 4, raw as u32);
    put32(&mut pe, optional + 16, 0x1000);
    put32(&mut pe, optional + 20, 0x1000);
    put32(&mut pe, optional + 32, 0x1000);
    put32(&mut pe, optional + 36, 512);
    put32(&mut pe, optional + 56, 0x1000 + raw.next_multiple_of(0x1000) as u32);
    put32(&mut pe, optional + 60, header as u32);
    put16(&mut pe, optional + 68, 10);
    put32(&mut pe, optional + 108, 16);
    let section = optional + 240;
    pe[section..section + 5].copy_from_slice(b".text");
    put32(&mut pe, section + 8, raw as u32);
    put32(&mut pe, section + 12, 0x1000);
    put32(&mut pe, section + 16, raw as u32);
    put32(&mut pe, section + 20, header as u32);
    put32(&mut pe, section + 36, 0x6000_0020);
    pe.extend(content);
    pe.resize(header + raw, 0);
    pe
}

/// A program that says that it is systemd-boot.
pub fn loader(version: &str) -> Vec<u8> {
    program(format!("#### LoaderInfo: systemd-boot {version} ####").as_bytes())
}

/// A program that says that it is systemd's stub, with room in its header for more sections.
pub fn stub() -> Vec<u8> {
    program_with(b"#### LoaderInfo: systemd-stub 257.7 ####", 1024)
}

/// Adds a kernel with one initrd to a tree.
pub fn add_kernel(usr: &Path, version: &str, kernel: &[u8], initrd: &[u8]) {
    let directory = usr.join("lib/kernel").join(version);
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("vmlinuz"), program(kernel)).unwrap();
    fs::write(directory.join("10-early.initrd"), b"microcode").unwrap();
    fs::write(directory.join("50-main.initrd"), initrd).unwrap();
}

/// A folder in memory where there is one: syncing to a disk is slow, and no disk is tested here.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

/// A machine on a folder, with states to be made.
pub struct Lab {
    pub folder: tempfile::TempDir,
    pub machine: Machine,
    pub trees: Vec<Tree>,
}

impl Lab {
    pub fn new() -> Self {
        let folder = folder();
        fs::create_dir(folder.path().join("esp")).unwrap();
        let esp = Arc::new(Mounted::new(folder.path().join("esp")));
        Self::on(folder, esp)
    }

    pub fn on(folder: tempfile::TempDir, esp: Arc<dyn Volume>) -> Self {
        fs::create_dir_all(folder.path().join("etc")).unwrap();
        let root = RootSource {
            uuid: Some("0b9a5c5e-1111-2222-3333-444455556666".to_owned()),
            filesystem: "ext4".to_owned(),
            ..RootSource::default()
        };
        let mut machine = Machine::new(esp, root, folder.path().join("etc"));
        machine.architecture = Architecture::X86_64;
        Self {
            folder,
            machine,
            trees: Vec::new(),
        }
    }

    pub fn esp(&self) -> PathBuf {
        self.folder.path().join("esp")
    }

    pub fn usr(&self, state: u64) -> PathBuf {
        self.folder.path().join(format!("{state}/usr"))
    }

    /// A new active state with a kernel of its own.
    pub fn state(&mut self, state: u64) -> PathBuf {
        self.state_with(state, &format!("6.{state}.0"), format!("kernel of {state}").as_bytes())
    }

    pub fn state_with(&mut self, state: u64, version: &str, kernel: &[u8]) -> PathBuf {
        let usr = self.usr(state);
        fs::create_dir_all(usr.join("lib/systemd/boot/efi")).unwrap();
        fs::write(usr.join("lib/systemd/boot/efi/systemd-bootx64.efi"), loader("257.7")).unwrap();
        fs::write(usr.join("lib/systemd/systemd-bless-boot"), b"program").unwrap();
        fs::write(usr.join("lib/os-release"), "ID=aerynos\nPRETTY_NAME=\"AerynOS\"\n").unwrap();
        add_kernel(&usr, version, kernel, b"initrd");
        self.trees.push(Tree {
            state,
            active: false,
            created: 1_790_000_000 + state as i64,
            title: String::new(),
            usr: usr.clone(),
        });
        self.activate(state);
        usr
    }

    pub fn activate(&mut self, state: u64) {
        for tree in &mut self.trees {
            tree.active = tree.state == state;
        }
    }

    pub fn sync(&self) -> Report {
        self.machine.sync(&self.trees, &Policy::default()).unwrap()
    }

    /// Names of entries' files.
    pub fn entries(&self) -> Vec<String> {
        let items = self.machine.esp.list("loader/entries").unwrap();
        items.into_iter().map(|item| item.name).collect()
    }

    /// The file of a state's entry.
    pub fn entry(&self, state: u64) -> String {
        let files = self.entries();
        let found: Vec<&String> = files
            .iter()
            .filter(|file| {
                let stem = file.trim_end_matches(".conf");
                stem.split('+').next().unwrap().ends_with(&format!("-{state}"))
            })
            .collect();
        assert_eq!(found.len(), 1, "entries of {state} in {files:?}");
        found[0].clone()
    }

    pub fn read(&self, path: &str) -> Vec<u8> {
        self.machine.esp.read(path).unwrap().unwrap()
    }

    pub fn text(&self, state: u64) -> String {
        String::from_utf8(self.read(&format!("loader/entries/{}", self.entry(state)))).unwrap()
    }

    /// Changes an entry's counter the way the loader or `systemd-bless-boot` does: by its name.
    pub fn count(&self, state: u64, counter: &str) {
        let file = self.entry(state);
        let stem = file.trim_end_matches(".conf").split('+').next().unwrap().to_owned();
        let from = format!("loader/entries/{file}");
        let to = format!("loader/entries/{stem}{counter}.conf");
        self.machine.esp.rename(&from, &to).unwrap();
    }

    /// The same, where it is not so already.
    pub fn count_if_needed(&self, state: u64, counter: &str) {
        let file = self.entry(state);
        let has = file.contains('+');
        if has || !counter.is_empty() {
            self.count(state, counter);
        }
    }

    /// The state that starts next.
    pub fn next(&self) -> Option<u64> {
        self.machine.status().unwrap().next.unwrap().state
    }
}

/// An empty FAT in a file: `bits` 12, 16 or 32.
pub fn fat_image(path: &Path, kibibytes: u64, bits: &str) {
    let mkfs = ["/usr/sbin/mkfs.vfat", "/sbin/mkfs.vfat"]
        .into_iter()
        .find(|path| Path::new(path).exists());
    let output = Command::new(mkfs.expect("dosfstools"))
        .args(["-C", "-F", bits])
        .args(if bits == "12" { &[][..] } else { &["-s", "1"] })
        .arg(path)
        .arg(kibibytes.to_string())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// What the file system's own checker says: nothing is wrong.
pub fn fsck(path: &Path) {
    let fsck = ["/usr/sbin/fsck.fat", "/sbin/fsck.fat"]
        .into_iter()
        .find(|path| Path::new(path).exists());
    let output = Command::new(fsck.expect("dosfstools"))
        .arg("-nv")
        .arg(path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// A volume that stops working at its n-th change: as a kill does, or as a medium that has enough.
#[derive(Debug)]
pub struct Failing {
    pub inner: Arc<dyn Volume>,
    pub left: AtomicUsize,
    pub changes: AtomicUsize,
    /// Breaks off within the change: the temporary copy is left behind.
    pub leaves_half: bool,
}

impl Failing {
    pub fn new(inner: Arc<dyn Volume>, left: usize, leaves_half: bool) -> Self {
        Self {
            inner,
            left: AtomicUsize::new(left),
            changes: AtomicUsize::new(0),
            leaves_half,
        }
    }

    fn change(&self) -> io::Result<()> {
        self.changes.fetch_add(1, Ordering::SeqCst);
        let left = self.left.load(Ordering::SeqCst);
        if left == 0 {
            return Err(io::Error::other("the power is gone"));
        }
        self.left.store(left - 1, Ordering::SeqCst);
        Ok(())
    }
}

impl Volume for Failing {
    fn name(&self) -> String {
        self.inner.name()
    }

    fn copy_out(&self, path: &str, into: &mut dyn Write) -> io::Result<Option<u64>> {
        self.inner.copy_out(path, into)
    }

    fn list(&self, directory: &str) -> io::Result<Vec<Item>> {
        self.inner.list(directory)
    }

    fn write_new(&self, path: &str, from: &mut dyn Read) -> io::Result<u64> {
        if let Err(error) = self.change() {
            if self.leaves_half {
                let mut half = vec![0; 100];
                let read = from.read(&mut half)?;
                self.inner.write_new(&format!("{path}.moult-new"), &mut &half[..read])?;
            }
            return Err(error);
        }
        self.inner.write_new(path, from)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.change()?;
        self.inner.rename(from, to)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.change()?;
        self.inner.remove(path)
    }

    fn space(&self) -> io::Result<Space> {
        self.inner.space()
    }
}

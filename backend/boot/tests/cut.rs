//! A power cut at every single write to a FAT that this program writes itself.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use moult_boot::{Fat, Medium, Volume};

use support::{Lab, fat_image};

/// A medium in memory that takes so many writes and no more.
#[derive(Debug)]
struct Cut {
    bytes: Arc<Mutex<Vec<u8>>>,
    left: usize,
}

impl Medium for Cut {
    fn read_at(&mut self, into: &mut [u8], at: u64) -> io::Result<()> {
        let bytes = self.bytes.lock().unwrap();
        let from = bytes.get(at as usize..at as usize + into.len());
        into.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        if self.left == 0 {
            return Err(io::Error::other("the power is gone"));
        }
        self.left -= 1;
        self.bytes.lock().unwrap()[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn length(&mut self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap().len() as u64)
    }
}

fn image(bits: &str, kibibytes: u64) -> Vec<u8> {
    let folder = support::folder();
    let path = folder.path().join("fat");
    fat_image(&path, kibibytes, bits);
    std::fs::read(path).unwrap()
}

fn on(bytes: Vec<u8>, left: usize) -> (Fat, Arc<Mutex<Vec<u8>>>) {
    let bytes = Arc::new(Mutex::new(bytes));
    let cut = Cut {
        bytes: Arc::clone(&bytes),
        left,
    };
    (Fat::on("memory".to_owned(), Box::new(cut)).unwrap(), bytes)
}

/// Has `change` cut off after every number of writes, and `look` at what is there after the cut. Every `step`-th, to stay quick.
fn at_every_write(
    start: &[u8],
    step: usize,
    change: impl Fn(&dyn Volume) -> io::Result<()>,
    look: impl Fn(&dyn Volume),
) {
    for left in (0..).step_by(step) {
        let (volume, bytes) = on(start.to_vec(), left);
        let done = change(&volume).is_ok();
        drop(volume);
        let after = bytes.lock().unwrap().clone();
        let (again, _) = on(after, usize::MAX);
        look(&again);
        if done {
            assert!(left > 20 / step, "{left}");
            return;
        }
        change(&again).unwrap();
        look(&again);
    }
}

#[test]
fn a_replaced_file_is_the_old_or_the_new_one_after_a_cut_at_any_write() {
    for (bits, kibibytes) in [("12", 1440), ("16", 4096), ("32", 34_000)] {
        let (volume, bytes) = on(image(bits, kibibytes), usize::MAX);
        volume.write_new("EFI/BOOT/BOOTX64.EFI", &mut &[1; 9000][..]).unwrap();
        volume
            .write_new("EFI/BOOT/another name.efi", &mut &b"other"[..])
            .unwrap();
        let start = bytes.lock().unwrap().clone();

        // A larger image is copied for every cut: fewer of them.
        let step = if bits == "32" { 7 } else { 1 };
        at_every_write(
            &start,
            step,
            |volume| {
                volume
                    .write_new("efi/boot/bootx64.efi", &mut &[2; 5000][..])
                    .map(|_| ())
            },
            |volume| {
                let content = volume
                    .read("EFI/BOOT/BOOTX64.EFI")
                    .unwrap()
                    .expect("it is never missing");
                assert!(
                    content == [1; 9000] || content == [2; 5000],
                    "{} bytes, {:?}",
                    content.len(),
                    content.first()
                );
                assert_eq!(volume.read("EFI/BOOT/another name.efi").unwrap().unwrap(), b"other");
            },
        );
    }
}

#[test]
fn a_name_is_changed_without_a_moment_of_neither() {
    let (volume, bytes) = on(image("16", 4096), usize::MAX);
    volume
        .write_new("loader/entries/a+2-1.conf", &mut &b"entry"[..])
        .unwrap();
    let start = bytes.lock().unwrap().clone();
    at_every_write(
        &start,
        1,
        |volume| match volume.rename("loader/entries/a+2-1.conf", "loader/entries/a.conf") {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists) => Ok(()),
            result => result,
        },
        |volume| {
            let names = ["loader/entries/a+2-1.conf", "loader/entries/a.conf"];
            let whole = names
                .iter()
                .filter_map(|name| volume.read(name).unwrap())
                .any(|content| content == b"entry");
            assert!(whole, "{:?}", volume.list("loader/entries"));
        },
    );
}

#[test]
fn a_machine_whose_sync_is_cut_at_writes_all_over_starts() {
    let folder = support::folder();
    let mut lab = Lab::on(folder, Arc::new(on(image("16", 4096), usize::MAX).0));
    let (volume, bytes) = on(image("16", 4096), usize::MAX);
    lab.machine.esp = Arc::new(volume);
    lab.state(1);
    lab.sync();
    lab.count(1, "");
    let usr = lab.state(2);
    std::fs::write(
        Path::new(&usr).join("lib/systemd/boot/efi/systemd-bootx64.efi"),
        support::loader("258.1"),
    )
    .unwrap();
    let start = bytes.lock().unwrap().clone();

    let mut cuts = 0;
    for left in (0..).step_by(61) {
        let (volume, bytes) = on(start.clone(), left);
        lab.machine.esp = Arc::new(volume);
        let done = lab.machine.sync(&lab.trees, &moult_boot::Policy::default()).is_ok();
        let after = bytes.lock().unwrap().clone();
        lab.machine.esp = Arc::new(on(after, usize::MAX).0);
        let next = lab.machine.status().unwrap().next;
        let state = next.as_ref().ok().and_then(|next| next.state);
        assert!(matches!(state, Some(1 | 2)), "after {left} writes: {next:?}");
        if done {
            break;
        }
        assert_eq!(lab.sync().next.state, Some(2), "after {left} writes: again");
        cuts += 1;
    }
    assert!(cuts > 20, "{cuts} cuts");
}

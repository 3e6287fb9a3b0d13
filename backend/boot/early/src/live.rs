//! The medium that a person installs from: its image becomes the root, with the changes in memory.
//!
//! | below `/run/moult` | what it is |
//! |---|---|
//! | `carrier` | the file system that the medium is a file of, if it is one |
//! | `medium` | the medium: ISO 9660 |
//! | `ram` | copies of the image and its checksum, with `moult.toram`; carrier and medium are then gone |
//! | `live` | the image: squashfs or EROFS |
//! | `changes` | what was changed since; in memory |

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use rustix::mount::MountFlags;

use crate::console::{self, Answer, Console};
use crate::file_system::{mount_image, mount_virtual};
use crate::init::Boot;
use crate::medium::{self, CARRIER, MEDIUM, Medium};
use crate::words::Say;
use crate::{Error, switch};

const RAM: &str = "/run/moult/ram";
const LIVE: &str = "/run/moult/live";
const CHANGES: &str = "/run/moult/changes";
/// The image on the medium, in either form.
const IMAGES: [&str; 2] = ["moult/live.erofs", "moult/live.squashfs"];
/// Its checksum: BLAKE3 in hexadecimal digits, as `b3sum` writes it.
const CHECKSUM: &str = "moult/live.blake3";
/// MiB that the running system needs beside a copy of the image.
const BESIDE: u64 = 320;
const PIECE: usize = 1 << 20;

/// Finds the medium and mounts what it holds at `root`. `wanted` is the value of `moult.live`.
pub(crate) fn mount(boot: &mut Boot, wanted: &str, root: &Path) -> Result<(), Error> {
    let wanted = Medium::parse(wanted, &boot.line)?;
    leave();
    medium::mount(boot, &wanted)?;
    let mounted = image(boot).and_then(|image| overlay(boot, &image, root));
    if mounted.is_err() {
        leave();
    }
    mounted
}

/// Takes away what an attempt before this one mounted.
fn leave() {
    for path in [CHANGES, LIVE, RAM, MEDIUM, CARRIER] {
        while rustix::mount::unmount(path, rustix::mount::UnmountFlags::empty()).is_ok() {}
    }
}

/// The image, checked and copied as the command line says.
fn image(boot: &Boot) -> Result<PathBuf, Error> {
    let medium = Path::new(MEDIUM);
    let found = IMAGES.iter().map(|name| medium.join(name)).find(|path| path.is_file());
    let image = found.ok_or_else(|| Error::NotAMedium {
        path: medium.to_owned(),
        reason: format!("it has neither {}", IMAGES.join(" nor ")),
    })?;
    if boot.line.is_set("moult.check") {
        let good = check(&image, &boot.console)?;
        if good {
            boot.console.say(Say::GoodMedium);
        } else {
            boot.console.say(Say::DamagedMedium);
            if boot.console.ask(None) == Answer::Restart {
                return Err(Error::NotAMedium {
                    path: image,
                    reason: "its checksum is wrong".to_owned(),
                });
            }
        }
    }
    if boot.line.is_set("moult.toram") {
        return copy(&image, &boot.console);
    }
    Ok(image)
}

fn overlay(boot: &mut Boot, image: &Path, root: &Path) -> Result<(), Error> {
    mount_image(image, Path::new(LIVE), &mut boot.modules)?;
    let _ = boot.modules.load("overlay");
    let changes = Path::new(CHANGES);
    mount_virtual("tmpfs", changes, MountFlags::empty(), "mode=0755")?;
    for name in ["upper", "work"] {
        let path = changes.join(name);
        fs::create_dir_all(&path).map_err(|error| Error::io("making a folder", &path, error))?;
    }
    let data = format!("lowerdir={LIVE},upperdir={CHANGES}/upper,workdir={CHANGES}/work");
    mount_virtual("overlay", root, MountFlags::empty(), &data)?;
    console::log(&format!("the root is {} with its changes in memory", image.display()));
    Ok(())
}

/// Reads the whole image. Whether it is what its checksum says.
fn check(image: &Path, console: &Console) -> Result<bool, Error> {
    let path = Path::new(MEDIUM).join(CHECKSUM);
    let text = fs::read_to_string(&path).map_err(|error| Error::io("reading the checksum", &path, error))?;
    let wanted = text.split_whitespace().next().unwrap_or_default().to_owned();
    let mut hasher = blake3::Hasher::new();
    console.say(Say::Checking);
    let read = pieces(image, console, Say::Checked, &mut |piece| {
        let _ = hasher.update(piece);
        Ok(())
    });
    match read {
        Ok(()) => Ok(hasher.finalize().to_hex().as_str().eq_ignore_ascii_case(&wanted)),
        // What cannot be read is damaged, too.
        Err(error) => {
            console.write(&console.language.failure(&error));
            Ok(false)
        }
    }
}

/// Copies the image into memory and lets go of the medium.
fn copy(image: &Path, console: &Console) -> Result<PathBuf, Error> {
    let failed = |error: std::io::Error| Error::io("copying into memory", image, error);
    let size = fs::metadata(image).map_err(failed)?.len().div_ceil(1 << 20);
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let free = available(&meminfo).unwrap_or(0).saturating_sub(BESIDE);
    if size > free {
        return Err(Error::NoMemory { needed: size, free });
    }
    let ram = Path::new(RAM);
    mount_virtual(
        "tmpfs",
        ram,
        MountFlags::NOSUID | MountFlags::NODEV,
        "mode=0755,size=100%",
    )?;
    let name = image.file_name().unwrap_or_default();
    let path = ram.join(name);
    let mut file = File::create(&path).map_err(failed)?;
    console.say(Say::Copying);
    pieces(image, console, Say::Copied, &mut |piece| file.write_all(piece))?;
    let checksum = Path::new(MEDIUM).join(CHECKSUM);
    if checksum.is_file() {
        let _ = fs::copy(&checksum, ram.join("live.blake3")).map_err(failed)?;
    }
    switch::unmount(Path::new(MEDIUM));
    if Path::new(CARRIER).is_dir() {
        switch::unmount(Path::new(CARRIER));
    }
    console.say(Say::MediumNotNeeded);
    Ok(path)
}

/// MiB that can be used without anything being thrown out.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib >> 10)
}

/// Reads a file from end to end, and says how far it is, in per cent.
fn pieces(
    path: &Path,
    console: &Console,
    done: impl Fn(u64) -> Say<'static>,
    take: &mut dyn FnMut(&[u8]) -> std::io::Result<()>,
) -> Result<(), Error> {
    let failed = |error| Error::io("reading the medium", path, error);
    let mut file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len().max(1);
    let mut piece = vec![0; PIECE];
    let (mut read, mut shown) = (0_u64, None);
    loop {
        let count = file.read(&mut piece).map_err(failed)?;
        if count == 0 {
            break;
        }
        take(piece.get(..count).unwrap_or_default()).map_err(failed)?;
        read += count as u64;
        let percent = read.saturating_mul(100) / size;
        if shown != Some(percent) {
            console.progress(done(percent));
            shown = Some(percent);
        }
    }
    console.write("");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::available;

    #[test]
    fn the_memory_that_can_be_used_is_read() {
        let text = "MemTotal:        2027852 kB\nMemFree:          100000 kB\nMemAvailable:    1048576 kB\n";
        assert_eq!(available(text), Some(1024));
        assert_eq!(available("MemTotal: 1 kB\n"), None);
    }
}

//! Disks that are files: loop devices which free themselves.

use std::{
    fs::{File, OpenOptions},
    io,
    os::fd::AsRawFd,
    path::{Path, PathBuf},
};

use super::{Error, sys};

/// A loop device on an image file. Dropping it (or the end of this process, however it comes) frees the device as
/// soon as nothing else has it open or mounted; its partitions go with it.
#[derive(Debug)]
pub struct Disk {
    number: u32,
    image: PathBuf,
    device: File,
}

impl Disk {
    /// Makes the image when there is none (sparse, `size` bytes) and puts a loop device in front of it.
    ///
    /// # Errors
    /// When the image or the device cannot be opened.
    pub fn attach(image: &Path, size: u64) -> Result<Disk, Error> {
        Self::attach_with_blocks(image, size, 0)
    }

    /// The same with sectors of `block_size` bytes (512 or 4096; 0 is the kernel's choice).
    ///
    /// # Errors
    /// When the image or the device cannot be opened.
    pub fn attach_with_blocks(image: &Path, size: u64, block_size: u32) -> Result<Disk, Error> {
        let backing = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(image)
            .map_err(Error::file("opening the disk image", image))?;
        let has = backing
            .metadata()
            .map_err(Error::file("looking at the disk image", image))?
            .len();
        if has == 0 {
            backing
                .set_len(size)
                .map_err(Error::file("growing the disk image", image))?;
        }

        let control = open("/dev/loop-control".as_ref())?;
        loop {
            let number = sys::free_loop(&control).map_err(Error::system("finding a free loop device"))?;
            let device = open(&PathBuf::from(format!("/dev/loop{number}")))?;
            match sys::configure_loop(&device, backing.as_raw_fd(), block_size) {
                Ok(()) => {
                    return Ok(Disk {
                        number,
                        image: image.to_owned(),
                        device,
                    });
                }
                // Somebody else was quicker.
                Err(e) if e.kind() == io::ErrorKind::ResourceBusy => {}
                Err(e) => {
                    return Err(Error::System {
                        what: "setting up a loop device",
                        source: e,
                    });
                }
            }
        }
    }

    /// N of /dev/loopN.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// `loopN`.
    pub fn name(&self) -> String {
        format!("loop{}", self.number)
    }

    /// The file behind it.
    pub fn image(&self) -> &Path {
        &self.image
    }

    /// The open device, for looking at its bytes.
    pub fn device(&self) -> &File {
        &self.device
    }
}

fn open(path: &Path) -> Result<File, Error> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(Error::file("opening the loop device", path))
}

//! A sparse file shown as a disk, for tests and the lab. It goes away with the process, however that ends.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::sys;

/// A file shown as a disk. Dropping it, or the death of the process by whatever signal, removes the device and its partitions: the
/// kernel clears it at the last close (LO_FLAGS_AUTOCLEAR). The file stays.
#[derive(Debug)]
pub struct LoopDisk {
    device: File,
    name: String,
    image: PathBuf,
}

impl LoopDisk {
    /// Makes a sparse file of `size` bytes (which must not exist) and shows it with sectors of `sector_size` bytes.
    ///
    /// # Errors
    /// When the file exists, or there is no loop device to be had.
    pub fn create(image: &Path, size: u64, sector_size: u32) -> io::Result<Self> {
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(image)?
            .set_len(size)?;
        Self::attach(image, sector_size, false)
    }

    /// Shows a file that is there.
    ///
    /// # Errors
    /// When the file cannot be opened, or there is no loop device to be had.
    pub fn attach(image: &Path, sector_size: u32, read_only: bool) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(!read_only).open(image)?;
        let control = OpenOptions::new().read(true).write(true).open("/dev/loop-control")?;
        let mut busy = io::Error::from(io::ErrorKind::ResourceBusy);

        // Between asking and taking, somebody else may take it.
        for _ in 0..64 {
            let name = format!("loop{}", sys::loops::free_number(&control)?);
            let device = OpenOptions::new()
                .read(true)
                .write(true)
                .open(Path::new("/dev").join(&name))?;

            match sys::loops::configure(&device, &file, sector_size, read_only) {
                Ok(()) => {
                    return Ok(Self {
                        device,
                        name,
                        image: image.to_owned(),
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => busy = error,
                Err(error) => return Err(error),
            }
        }

        Err(busy)
    }

    /// Kernel name ("loop3").
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The device node.
    pub fn node(&self) -> PathBuf {
        Path::new("/dev").join(&self.name)
    }

    /// The file behind it.
    pub fn image(&self) -> &Path {
        &self.image
    }

    /// Writes everything back to the file.
    ///
    /// # Errors
    /// When writing fails.
    pub fn sync(&self) -> io::Result<()> {
        self.device.sync_all()?;
        sys::flush_buffers(&self.device)
    }

    /// Tells the kernel of a partition, for tests on kernels that read no tables. Bytes.
    ///
    /// # Errors
    /// When the kernel refuses, or has one there.
    pub fn add_partition(&self, number: u32, start: u64, size: u64) -> io::Result<PathBuf> {
        sys::add_partition(&self.device, number, start, size)?;
        Ok(Path::new("/dev").join(format!("{}p{number}", self.name)))
    }
}

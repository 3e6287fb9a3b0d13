//! A disk that remembers: a file that the kernel uses as a block device (FUSE below a loop device), served from here.
//! Each write and each flush is written down in its order. Out of that any image can be made that a loss of power could
//! have left: all that was flushed is on it, and of what came after the last flush any part.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustix::mount::MountFlags;

/// What the disk was asked to do.
enum Asked {
    Write {
        offset: u64,
        data: Vec<u8>,
    },
    Zero {
        offset: u64,
        length: u64,
    },
    /// All that was asked before is on the medium when this is answered.
    Flush,
}

/// What happened to a disk, from an image on.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Asked>>>);

/// A write may be torn at multiples of this.
const SECTOR: usize = 4096;
const LARGEST_WRITE: usize = 128 << 10;

// The numbers of linux/fuse.h.
const GETATTR: u32 = 3;
const SETATTR: u32 = 4;
const OPEN: u32 = 14;
const READ: u32 = 15;
const WRITE: u32 = 16;
const STATFS: u32 = 17;
const RELEASE: u32 = 18;
const FSYNC: u32 = 20;
const FLUSH: u32 = 25;
const INIT: u32 = 26;
const DESTROY: u32 = 38;
const FALLOCATE: u32 = 43;
const FORGET: u32 = 2;
const INTERRUPT: u32 = 36;
const BATCH_FORGET: u32 = 42;
const ENOSYS: i32 = 38;

/// Serves `image` as the file `at` (which must exist) until that is unmounted.
pub(crate) fn serve(image: &Path, at: &Path) -> Log {
    let device = OpenOptions::new().read(true).write(true).open("/dev/fuse").unwrap();
    let options = format!("fd={},rootmode=100600,user_id=0,group_id=0", device.as_raw_fd());
    let options = std::ffi::CString::new(options).unwrap();
    rustix::mount::mount("disk", at, "fuse", MountFlags::empty(), options.as_c_str()).unwrap();
    let image = OpenOptions::new().read(true).write(true).open(image).unwrap();
    let log = Log::default();
    let disk = Disk {
        device,
        image,
        log: log.clone(),
    };
    std::thread::spawn(move || disk.answer());
    log
}

struct Disk {
    device: File,
    image: File,
    log: Log,
}

fn number(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

fn short(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

impl Disk {
    fn answer(mut self) {
        let mut buffer = vec![0; LARGEST_WRITE + 8192];
        loop {
            // Unmounted, or a question that was taken back meanwhile.
            let length = match self.device.read(&mut buffer) {
                Ok(length) => length,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(_) => return,
            };
            let (opcode, unique) = (short(&buffer, 4), number(&buffer, 8));
            if matches!(opcode, FORGET | BATCH_FORGET | INTERRUPT) {
                continue;
            }
            let body = self.one(opcode, &buffer[40..length]);
            let (error, body) = body.map_or_else(|error| (-error, Vec::new()), |body| (0, body));
            let mut reply = Vec::with_capacity(16 + body.len());
            reply.extend_from_slice(&(16 + body.len() as u32).to_le_bytes());
            reply.extend_from_slice(&error.to_le_bytes());
            reply.extend_from_slice(&unique.to_le_bytes());
            reply.extend_from_slice(&body);
            let answered = self.device.write(&reply);
            if opcode == DESTROY || answered.is_err_and(|error| error.raw_os_error() == Some(19)) {
                return;
            }
        }
    }

    fn one(&self, opcode: u32, body: &[u8]) -> Result<Vec<u8>, i32> {
        let log = |asked| self.log.0.lock().unwrap().push(asked);
        Ok(match opcode {
            INIT => {
                // Version 7.31; readahead as asked; no flags: each write comes here before it is answered.
                let mut reply = [7u32.to_le_bytes(), 31u32.to_le_bytes()].concat();
                reply.extend_from_slice(&body[8..12]);
                reply.extend_from_slice(&[0; 8]);
                reply.extend_from_slice(&(LARGEST_WRITE as u32).to_le_bytes());
                reply.extend_from_slice(&1u32.to_le_bytes());
                reply.extend_from_slice(&[0; 36]);
                reply
            }
            GETATTR | SETATTR => {
                let size = self.image.metadata().unwrap().len();
                let mut reply = vec![0; 16];
                // A second is long enough.
                reply[0] = 1;
                for value in [1, size, size / 512, 0, 0, 0] {
                    reply.extend_from_slice(&u64::to_le_bytes(value));
                }
                for value in [0, 0, 0, 0o100_600, 1, 0, 0, 0, 4096, 0] {
                    reply.extend_from_slice(&u32::to_le_bytes(value));
                }
                reply
            }
            OPEN => vec![0; 16],
            READ => {
                let mut data = vec![0; short(body, 16) as usize];
                let read = self.image.read_at(&mut data, number(body, 8)).map_err(|_| 5)?;
                data.truncate(read);
                data
            }
            WRITE => {
                let (offset, size) = (number(body, 8), short(body, 16));
                let data = body[40..40 + size as usize].to_vec();
                self.image.write_all_at(&data, offset).map_err(|_| 5)?;
                log(Asked::Write { offset, data });
                [size.to_le_bytes(), [0; 4]].concat()
            }
            FALLOCATE => {
                let (offset, length) = (number(body, 8), number(body, 16));
                zero(&self.image, offset, length);
                log(Asked::Zero { offset, length });
                Vec::new()
            }
            FSYNC => {
                log(Asked::Flush);
                Vec::new()
            }
            STATFS => vec![0; 80],
            RELEASE | FLUSH | DESTROY => Vec::new(),
            _ => return Err(ENOSYS),
        })
    }
}

fn zero(image: &File, offset: u64, length: u64) {
    let zeros = vec![0; LARGEST_WRITE];
    let mut at = offset;
    while at < offset + length {
        let step = zeros.len().min((offset + length - at) as usize);
        image.write_all_at(&zeros[..step], at).unwrap();
        at += step as u64;
    }
}

impl Log {
    /// How much the disk was asked to do so far.
    pub(crate) fn length(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// The places right after each flush.
    pub(crate) fn flushes(&self) -> Vec<usize> {
        let asked = self.0.lock().unwrap();
        asked
            .iter()
            .enumerate()
            .filter(|(_, one)| matches!(one, Asked::Flush))
            .map(|(at, _)| at + 1)
            .collect()
    }

    /// Writes what was asked from `from` to `to` into the image; of each write, `part` says how many sectors get there.
    pub(crate) fn apply(&self, image: &File, from: usize, to: usize, part: &mut dyn FnMut(usize) -> usize) {
        for asked in &self.0.lock().unwrap()[from..to] {
            match asked {
                Asked::Write { offset, data } => {
                    let kept = (part(data.len().div_ceil(SECTOR)) * SECTOR).min(data.len());
                    image.write_all_at(&data[..kept], *offset).unwrap();
                }
                Asked::Zero { offset, length } if part(1) > 0 => zero(image, *offset, *length),
                Asked::Zero { .. } | Asked::Flush => {}
            }
        }
    }
}

//! Icons and screenshots: read and fetched beside the view, kept as long as there is room, looked up while drawing.
//!
//! Here is what is kept. [`decode`] makes pixels of files that strangers made, [`web`] fetches screenshots, and [`cache`]
//! keeps what was fetched on the disk.

mod cache;
mod decode;
#[cfg(test)]
mod tests;
mod web;

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use iced::Size;
use iced::widget::image::Handle;
use moult_api::{Item, ShotImage};
use tokio::sync::Semaphore;

use cache::Cache;
use decode::{Limits, Pixels, decode};

pub use web::Reach;

/// The widest an icon is shown in lists and on cards, in logical pixels.
pub const ICON: f32 = 64.0;
/// The widest an icon is shown on a page of its own, in logical pixels.
pub const LARGE_ICON: f32 = 128.0;

/// What an icon may be.
const ICONS: Limits = Limits {
    file: 1 << 20,
    side: 1024,
    pixels: 1024 * 1024,
};
/// What a screenshot may be: 12 million pixels take 48 MiB while they are scaled down.
const SHOTS: Limits = Limits {
    file: 8 << 20,
    side: 4096,
    pixels: 12 << 20,
};
/// Pixels of icons in memory, in bytes, where the window is small: 125 of 64 x 64.
const ICONS_ROOM: usize = 2 << 20;
/// Else as much as this part of the window's own pixels. A card of the densest page is six icons large, so half as many
/// again as can be seen at once stay.
const ICONS_PART: usize = 4;
/// Pixels of screenshots in memory, in bytes: those of one page, and some of the page before.
const SHOTS_ROOM: usize = 12 << 20;
/// Screenshots on the disk, in bytes.
const CACHE_ROOM: u64 = 64 << 20;
/// Screenshots that are fetched at the same time.
const AT_ONCE: usize = 3;

/// Only one large picture is decoded at a time, because of the memory that it takes.
static DECODING: Semaphore = Semaphore::const_new(1);
static FETCHING: Semaphore = Semaphore::const_new(AT_ONCE);

/// Pictures that are loaded. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Pictures {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    icons: Mutex<Shelf>,
    shots: Mutex<Shelf>,
    /// Physical pixels in a logical one, as the bits of an f32; 0 = 1.
    scale: AtomicU32,
    /// The area of the window in logical pixels.
    area: AtomicUsize,
    cache: OnceLock<Option<Cache>>,
}

/// Why there is no screenshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShotFailure {
    /// Its address is none that is asked: not on the web, or on this computer or in its own network.
    #[error("its address is not asked")]
    Refused,
    /// It did not arrive.
    #[error("it could not be fetched")]
    Unreachable,
    /// What arrived is no picture, or too large a one.
    #[error("what arrived is no picture that is shown")]
    NoPicture,
}

impl Pictures {
    /// The icon in this file, if it is loaded ([`Item::icon`]); [`ICON`] logical pixels wide at most.
    #[must_use]
    pub fn icon(&self, path: &str) -> Option<Handle> {
        lock(&self.shared.icons).get(path, side(ICON, self.scale()))
    }

    /// As [`icon`](Self::icon), [`LARGE_ICON`] wide at most; the small one until the large one is loaded.
    #[must_use]
    pub fn large_icon(&self, path: &str) -> Option<Handle> {
        let large = lock(&self.shared.icons).get(path, side(LARGE_ICON, self.scale()));

        large.or_else(|| self.icon(path))
    }

    /// Loads the icons of items that are about to be shown, on a thread that may wait for the disk.
    pub async fn load(&self, items: &[Item]) {
        let paths = items.iter().map(|item| item.icon.as_str());
        self.load_icons(paths, side(ICON, self.scale()), false).await;
    }

    /// Loads the icons of items that are about to be shown large.
    pub async fn load_large(&self, items: &[Item]) {
        let paths = items.iter().map(|item| item.icon.as_str());
        self.load_icons(paths, side(LARGE_ICON, self.scale()), true).await;
    }

    async fn load_icons<'a>(&self, paths: impl Iterator<Item = &'a str>, side: u32, large: bool) {
        let wanted: Vec<String> = {
            let icons = lock(&self.shared.icons);
            paths
                .filter(|path| !path.is_empty() && !icons.knows(path, side))
                .map(str::to_owned)
                .collect()
        };
        if wanted.is_empty() {
            return;
        }

        let decoded = tokio::task::spawn_blocking(move || {
            wanted
                .into_iter()
                .map(|path| {
                    let pixels = read_icon(Path::new(&path), side, large);
                    (path, pixels)
                })
                .collect::<Vec<_>>()
        });
        let Ok(decoded) = decoded.await else { return };

        let mut icons = lock(&self.shared.icons);
        for (path, pixels) in decoded {
            icons.keep(path, side, pixels);
        }
        icons.make_room(self.icons_room());
    }

    /// The picture of a screenshot that fits a width of logical pixels: the smallest that is as wide, else the widest.
    #[must_use]
    pub fn fitting<'a>(&self, images: &'a [ShotImage], width: f32) -> Option<&'a ShotImage> {
        let physical = side(width, self.scale());
        let enough = images
            .iter()
            .filter(|image| image.width >= physical)
            .min_by_key(|image| image.width);

        enough.or_else(|| images.iter().max_by_key(|image| image.width))
    }

    /// The screenshot at this address, if it is loaded.
    #[must_use]
    pub fn shot(&self, url: &str) -> Option<Handle> {
        lock(&self.shared.shots).any(url)
    }

    /// Fetches a screenshot (from the disk, if it was fetched before) that is shown in this room of logical pixels, and
    /// scales it down to that.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn load_shot(&self, url: &str, room: (f32, f32), reach: Reach) -> Result<(), ShotFailure> {
        let scale = self.scale();
        let room = (side(room.0, scale), side(room.1, scale));
        if lock(&self.shared.shots).knows(url, room.0) {
            return Ok(());
        }

        let bytes = self.bytes_of(url, reach).await?;
        let pixels = {
            let _turn = DECODING.acquire().await;
            let decoded = tokio::task::spawn_blocking(move || Some(decode(&bytes, SHOTS)?.fit(room.0, room.1)));
            decoded.await.ok().flatten().ok_or(ShotFailure::NoPicture)?
        };

        let mut shots = lock(&self.shared.shots);
        shots.forget(url);
        shots.keep(url.to_owned(), room.0, Some(pixels));
        shots.make_room(SHOTS_ROOM);

        Ok(())
    }

    async fn bytes_of(&self, url: &str, reach: Reach) -> Result<Vec<u8>, ShotFailure> {
        let cache = self
            .shared
            .cache
            .get_or_init(|| cache::folder().map(|folder| Cache::new(folder, CACHE_ROOM)))
            .clone();
        let kept = match cache.clone() {
            Some(cache) => {
                let url = url.to_owned();
                let read = tokio::task::spawn_blocking(move || cache.read(&url, SHOTS.file));
                read.await.ok().flatten()
            }
            None => None,
        };
        let stale = match kept {
            Some(kept) if kept.is_fresh => return Ok(kept.bytes),
            other => other.map(|kept| kept.bytes),
        };

        let fetched = {
            let _turn = FETCHING.acquire().await;
            web::fetch(url, reach, SHOTS.file).await
        };
        match (fetched, stale) {
            (Ok(bytes), _) => {
                if let Some(cache) = cache {
                    let (url, copy) = (url.to_owned(), bytes.clone());
                    // Nobody waits for it: the picture is shown meanwhile.
                    drop(tokio::task::spawn_blocking(move || cache.write(&url, &copy)));
                }
                Ok(bytes)
            }
            (Err(_), Some(stale)) => Ok(stale),
            (Err(failure), None) => Err(failure),
        }
    }

    /// How many physical pixels a logical one has, from now on: pictures are made for it.
    pub fn set_scale(&self, scale: f32) {
        self.shared.scale.store(scale.to_bits(), Ordering::Relaxed);
    }

    /// How large the window is, in logical pixels.
    pub fn set_size(&self, size: Size) {
        let area = size.width.max(0.0) * size.height.max(0.0);
        self.shared.area.store(area as usize, Ordering::Relaxed);
    }

    /// Bytes that the pixels of icons may take.
    fn icons_room(&self) -> usize {
        let area = self.shared.area.load(Ordering::Relaxed) as f32;
        let pixels = area * self.scale() * self.scale();
        (pixels as usize * 4 / ICONS_PART).max(ICONS_ROOM)
    }

    fn scale(&self) -> f32 {
        match self.shared.scale.load(Ordering::Relaxed) {
            0 => 1.0,
            bits => f32::from_bits(bits),
        }
    }

    /// A picture that a test shows.
    #[cfg(test)]
    pub(crate) fn put_icon(&self, path: &str, side: u32, rgba: Vec<u8>) {
        let pixels = Pixels {
            width: side,
            height: side,
            rgba,
        };
        lock(&self.shared.icons).keep(path.to_owned(), side, Some(pixels));
    }

    /// A screenshot that a test shows.
    #[cfg(test)]
    pub(crate) fn put_shot(&self, url: &str, (width, height): (u32, u32), rgba: Vec<u8>) {
        lock(&self.shared.shots).keep(url.to_owned(), width, Some(Pixels { width, height, rgba }));
    }
}

/// Physical pixels of a length; 64 to 4096 for whatever a window says.
fn side(logical: f32, scale: f32) -> u32 {
    let physical = logical * scale;

    if physical.is_finite() {
        physical.ceil().clamp(64.0, SHOTS.side as f32) as u32
    } else {
        64
    }
}

fn lock(shelf: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Pictures by name and the width that they were made for; those that nobody looked up for longest go first.
#[derive(Debug, Default)]
struct Shelf {
    known: HashMap<String, Vec<Kept>>,
    /// Counts looks, to know the oldest.
    clock: u64,
}

#[derive(Debug)]
struct Kept {
    side: u32,
    used: u64,
    bytes: usize,
    /// None: it was looked at and is no picture.
    handle: Option<Handle>,
}

impl Shelf {
    fn knows(&self, name: &str, side: u32) -> bool {
        let kept = self.known.get(name).into_iter().flatten();

        kept.into_iter().any(|kept| kept.side == side)
    }

    fn get(&mut self, name: &str, side: u32) -> Option<Handle> {
        self.find(name, |kept| kept.side == side)
    }

    fn any(&mut self, name: &str) -> Option<Handle> {
        self.find(name, |_| true)
    }

    fn find(&mut self, name: &str, fits: impl Fn(&Kept) -> bool) -> Option<Handle> {
        self.clock += 1;
        let kept = self.known.get_mut(name)?.iter_mut().find(|kept| fits(kept))?;
        kept.used = self.clock;

        kept.handle.clone()
    }

    fn keep(&mut self, name: String, side: u32, pixels: Option<Pixels>) {
        self.clock += 1;
        let bytes = pixels.as_ref().map_or(0, |pixels| pixels.rgba.len());
        let handle = pixels.map(|pixels| Handle::from_rgba(pixels.width, pixels.height, pixels.rgba));
        self.known.entry(name).or_default().push(Kept {
            side,
            used: self.clock,
            bytes,
            handle,
        });
    }

    fn forget(&mut self, name: &str) {
        let _ = self.known.remove(name);
    }

    /// Lets the longest unused go until the rest takes this many bytes at most. The newest stays in any case.
    fn make_room(&mut self, bytes: usize) {
        /// A name, and what is known of it, take memory too.
        const BESIDE: usize = 256;

        let size = |kept: &Kept| kept.bytes + BESIDE;
        let mut all: Vec<(u64, usize)> = self
            .known
            .values()
            .flatten()
            .map(|kept| (kept.used, size(kept)))
            .collect();
        all.sort_unstable_by(|one, other| other.cmp(one));

        let mut taken = 0;
        let fits = |(_, size): &&(u64, usize)| {
            taken += size;
            taken <= bytes
        };
        let staying = all.iter().take_while(fits).count().max(1);
        if staying < all.len()
            && let Some((oldest, _)) = all.get(staying - 1)
        {
            self.known.retain(|_, kept| {
                kept.retain(|kept| kept.used >= *oldest);
                !kept.is_empty()
            });
        }
    }
}

/// An icon's file as pixels; None if it is no picture, or too large. A large one may lie beside the one that is named.
fn read_icon(path: &Path, side: u32, large: bool) -> Option<Pixels> {
    let beside = if large { larger(path) } else { None };
    let bytes = beside
        .and_then(|path| read(&path, ICONS.file))
        .or_else(|| read(path, ICONS.file))?;

    Some(decode(&bytes, ICONS)?.fit(side, side))
}

/// Catalogues keep the icons of one size in a folder: `icons/ORIGIN/64x64/NAME.png`.
fn larger(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;

    (folder.file_name()? == "64x64").then(|| {
        folder
            .with_file_name("128x128")
            .join(path.file_name().unwrap_or_default())
    })
}

/// A file's bytes, up to a limit; None for what is no file. Waits for nobody.
fn read(path: &Path, limit: u64) -> Option<Vec<u8>> {
    let file = File::options()
        .read(true)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open(path)
        .ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() > limit {
        return None;
    }

    let mut bytes = Vec::new();
    let _ = file.take(limit).read_to_end(&mut bytes).ok()?;

    Some(bytes)
}

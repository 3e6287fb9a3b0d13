//! Icons: read beside the view, kept as long as there is room, looked up while drawing.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use iced::widget::image::Handle;
use moult_api::Item;

/// A larger file is no icon, in bytes.
const LARGEST_FILE: u64 = 1 << 20;
/// A wider or higher picture is no icon, in pixels.
const LARGEST_SIDE: u32 = 1024;
/// Icons in memory; at 64 pixels each takes 16 KiB.
const MOST: usize = 600;

/// Pictures that are loaded. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Pictures {
    icons: Arc<Mutex<Icons>>,
}

#[derive(Debug, Default)]
struct Icons {
    /// None: it was looked at and is no picture.
    known: HashMap<String, (u64, Option<Handle>)>,
    /// Counts loads, to know the oldest.
    clock: u64,
}

impl Pictures {
    /// The icon in this file, if it is loaded ([`Item::icon`]).
    #[must_use]
    pub fn icon(&self, path: &str) -> Option<Handle> {
        let icons = self.icons.lock().unwrap_or_else(PoisonError::into_inner);

        icons.known.get(path).and_then(|(_, handle)| handle.clone())
    }

    /// Loads the icons of items that are about to be shown, on a thread that may wait for the disk.
    pub async fn load(&self, items: &[Item]) {
        let wanted: Vec<String> = {
            let icons = self.icons.lock().unwrap_or_else(PoisonError::into_inner);
            items
                .iter()
                .map(|item| &item.icon)
                .filter(|path| !path.is_empty() && !icons.known.contains_key(*path))
                .cloned()
                .collect()
        };
        if wanted.is_empty() {
            return;
        }

        let decoded = tokio::task::spawn_blocking(move || {
            wanted
                .into_iter()
                .map(|path| {
                    let handle = read(Path::new(&path));
                    (path, handle)
                })
                .collect::<Vec<_>>()
        });
        if let Ok(decoded) = decoded.await {
            self.keep(decoded);
        }
    }

    fn keep(&self, decoded: Vec<(String, Option<Handle>)>) {
        let mut icons = self.icons.lock().unwrap_or_else(PoisonError::into_inner);
        for (path, handle) in decoded {
            icons.clock += 1;
            let now = icons.clock;
            let _ = icons.known.insert(path, (now, handle));
        }

        if icons.known.len() > MOST {
            let mut ages: Vec<u64> = icons.known.values().map(|(age, _)| *age).collect();
            ages.sort_unstable();
            let keep_from = ages.get(ages.len() - MOST).copied().unwrap_or_default();
            icons.known.retain(|_, (age, _)| *age >= keep_from);
        }
    }
}

/// A PNG file as pixels; None if it is none, or too large.
fn read(path: &Path) -> Option<Handle> {
    let file = File::open(path).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }

    decode(BufReader::new(file.take(LARGEST_FILE)))
}

fn decode(input: impl std::io::BufRead) -> Option<Handle> {
    // The decoder wants to seek; an icon is small enough to be held.
    let mut bytes = Vec::new();
    let _ = input.take(LARGEST_FILE).read_to_end(&mut bytes).ok()?;
    let mut decoder = png::Decoder::new_with_limits(
        std::io::Cursor::new(bytes),
        png::Limits {
            bytes: 8 * LARGEST_FILE as usize,
        },
    );
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = reader.info().size();
    if width == 0 || height == 0 || width > LARGEST_SIDE || height > LARGEST_SIDE {
        return None;
    }

    let mut pixels = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut pixels).ok()?;
    pixels.truncate(frame.buffer_size());
    let rgba = match frame.color_type {
        png::ColorType::Rgba => pixels,
        png::ColorType::GrayscaleAlpha => pixels
            .chunks_exact(2)
            .flat_map(|pair| [pair[0], pair[0], pair[0], pair[1]])
            .collect(),
        _ => return None,
    };

    Some(Handle::from_rgba(width, height, rgba))
}

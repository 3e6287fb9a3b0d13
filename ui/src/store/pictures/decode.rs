//! Pictures that strangers made, as pixels: PNG, JPEG and WebP, within limits, and scaled down to what is shown.

use std::io::Cursor;

/// What a picture may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes of its file.
    pub(super) file: u64,
    /// Pixels of its width, and of its height.
    pub(super) side: u32,
    /// Pixels in all.
    pub(super) pixels: usize,
}

impl Limits {
    fn allow(self, width: u32, height: u32) -> bool {
        let sides = 1..=self.side;

        sides.contains(&width) && sides.contains(&height) && width as usize * height as usize <= self.pixels
    }
}

/// Red, green, blue and alpha (not multiplied in), one byte each, row by row.
#[derive(Debug)]
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) rgba: Vec<u8>,
}

/// A file's picture, whatever its name says it is; None for none, and for one beyond the limits.
///
/// The decoders are other people's, and at least one of them has an assertion that a broken file can meet (zune-jpeg 0.4.21,
/// in `bitstream.rs`): a decoder that panics has found no picture.
pub(super) fn decode(bytes: &[u8], limits: Limits) -> Option<Pixels> {
    if bytes.len() as u64 > limits.file {
        return None;
    }

    std::panic::catch_unwind(|| by_its_first_bytes(bytes, limits)).unwrap_or_default()
}

fn by_its_first_bytes(bytes: &[u8], limits: Limits) -> Option<Pixels> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => png(bytes, limits),
        [0xff, 0xd8, 0xff, ..] => jpeg(bytes, limits),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => webp(bytes, limits),
        _ => None,
    }
}

fn png(bytes: &[u8], limits: Limits) -> Option<Pixels> {
    // 16 bits a channel before they become 8, and the rows that are being unfiltered.
    let memory = limits.pixels.saturating_mul(8).saturating_add(1 << 20);
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: memory });
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);

    let mut reader = decoder.read_info().ok()?;
    let (width, height) = reader.info().size();
    if !limits.allow(width, height) {
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

    Pixels::new(frame.width, frame.height, rgba)
}

fn jpeg(bytes: &[u8], limits: Limits) -> Option<Pixels> {
    use zune_core::colorspace::ColorSpace;
    use zune_core::options::DecoderOptions;

    let side = limits.side as usize;
    let options = DecoderOptions::default()
        .set_max_width(side)
        .set_max_height(side)
        .jpeg_set_max_scans(32)
        .jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(bytes, options);
    decoder.decode_headers().ok()?;
    let (width, height) = decoder.dimensions()?;
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    if !limits.allow(width, height) {
        return None;
    }

    Pixels::new(width, height, decoder.decode().ok()?)
}

fn webp(bytes: &[u8], limits: Limits) -> Option<Pixels> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).ok()?;
    let (width, height) = decoder.dimensions();
    if !limits.allow(width, height) {
        return None;
    }

    decoder.set_memory_limit(limits.pixels.saturating_mul(4));
    let mut pixels = vec![0; decoder.output_buffer_size()?];
    decoder.read_image(&mut pixels).ok()?;
    let rgba = if decoder.has_alpha() {
        pixels
    } else {
        pixels
            .chunks_exact(3)
            .flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255])
            .collect()
    };

    Pixels::new(width, height, rgba)
}

impl Pixels {
    fn new(width: u32, height: u32, rgba: Vec<u8>) -> Option<Self> {
        (rgba.len() == width as usize * height as usize * 4).then_some(Self { width, height, rgba })
    }

    /// As it is, or smaller so that it fits; never larger. Its proportions stay.
    pub(super) fn fit(self, width: u32, height: u32) -> Self {
        let ratio = (f64::from(width) / f64::from(self.width)).min(f64::from(height) / f64::from(self.height));
        if ratio >= 1.0 {
            return self;
        }

        let scaled = |side: u32| ((f64::from(side) * ratio).round() as u32).max(1);
        self.shrink(scaled(self.width), scaled(self.height))
    }

    /// Each new pixel is the mean of the old ones that it covers, by how much it covers them.
    fn shrink(&self, width: u32, height: u32) -> Self {
        let across = covers(self.width, width);
        let down = covers(self.height, height);
        let row_bytes = self.width as usize * 4;
        let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
        // One new row, red, green and blue multiplied by alpha.
        let mut sums = vec![[0.0_f32; 4]; width as usize];

        for cover in &down {
            sums.fill([0.0; 4]);
            let rows = self.rgba.chunks_exact(row_bytes).skip(cover.first);
            for (row, down) in rows.zip(&cover.weights) {
                for (sum, cover) in sums.iter_mut().zip(&across) {
                    let pixels = row.chunks_exact(4).skip(cover.first);
                    for (pixel, across) in pixels.zip(&cover.weights) {
                        let alpha = f32::from(pixel[3]) * across * down;
                        sum[0] += f32::from(pixel[0]) * alpha;
                        sum[1] += f32::from(pixel[1]) * alpha;
                        sum[2] += f32::from(pixel[2]) * alpha;
                        sum[3] += alpha;
                    }
                }
            }
            for [red, green, blue, alpha] in &sums {
                let color = |sum: f32| {
                    if *alpha > 0.0 {
                        (sum / alpha).round().clamp(0.0, 255.0) as u8
                    } else {
                        0
                    }
                };
                rgba.extend([
                    color(*red),
                    color(*green),
                    color(*blue),
                    alpha.round().clamp(0.0, 255.0) as u8,
                ]);
            }
        }

        Self { width, height, rgba }
    }
}

/// Which old pixels a new one covers, and how much of it each is; the weights add up to 1.
struct Cover {
    first: usize,
    weights: Vec<f32>,
}

fn covers(old: u32, new: u32) -> Vec<Cover> {
    let step = f64::from(old) / f64::from(new);

    (0..new)
        .map(|at| {
            let (from, to) = (f64::from(at) * step, f64::from(at + 1) * step);
            let (first, last) = (from.floor(), to.ceil().min(f64::from(old)));
            let weight = |pixel: u32| {
                let (start, end) = (f64::from(pixel), f64::from(pixel) + 1.0);
                ((end.min(to) - start.max(from)).max(0.0) / step) as f32
            };

            Cover {
                first: first as usize,
                weights: (first as u32..last as u32).map(weight).collect(),
            }
        })
        .collect()
}

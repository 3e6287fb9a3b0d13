//! Screenshots as PNG files, and how much of one differs from another.

use std::{fs::File, io::BufReader, ops::Range, path::Path};

use super::{Error, Shot};

/// Pictures larger than this are none of ours: 8K.
const PIXELS: usize = 7680 * 4320;

/// A part of a screen, in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Columns.
    pub x: Range<usize>,
    /// Rows.
    pub y: Range<usize>,
}

impl Shot {
    /// Reads a PNG with 8 bits a channel, RGB or RGBA (whose fourth channel is ignored), or with a palette.
    ///
    /// # Errors
    /// [`Error::Picture`] when it is something else or cut off.
    pub fn from_png(path: &Path) -> Result<Shot, Error> {
        let file = File::open(path).map_err(Error::file("opening the picture", path))?;
        let mut decoder = png::Decoder::new(BufReader::new(file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().map_err(|_| Error::Picture("not a PNG"))?;
        let size = reader
            .output_buffer_size()
            .filter(|size| *size <= PIXELS * 4)
            .ok_or(Error::Picture("too large"))?;
        let mut bytes = vec![0; size];
        let frame = reader.next_frame(&mut bytes).map_err(|_| Error::Picture("cut off"))?;
        let channels = match (frame.color_type, frame.bit_depth) {
            (png::ColorType::Rgb, png::BitDepth::Eight) => 3,
            (png::ColorType::Rgba, png::BitDepth::Eight) => 4,
            _ => return Err(Error::Picture("not 8 bits of red, green and blue")),
        };
        let pixels = bytes
            .get(..frame.buffer_size())
            .unwrap_or_default()
            .chunks_exact(channels);
        Ok(Shot {
            width: frame.width as usize,
            height: frame.height as usize,
            rgb: pixels.flat_map(|pixel| pixel.iter().take(3)).copied().collect(),
        })
    }

    /// The share, 0 to 1, of the pixels of `region` (everything if `None`) that differ from `other` by more than `tolerance` in
    /// any channel. Pictures of different sizes differ everywhere, and so does a region that is not wholly in them.
    pub fn difference(&self, other: &Shot, region: Option<&Region>, tolerance: u8) -> f64 {
        let whole = Region {
            x: 0..self.width,
            y: 0..self.height,
        };
        let region = region.unwrap_or(&whole);
        let count = region.x.len() * region.y.len();
        let inside = region.x.end <= self.width && region.y.end <= self.height;
        if (self.width, self.height) != (other.width, other.height) || count == 0 || !inside {
            return 1.0;
        }

        let differs = |x: usize, y: usize| match (self.at(x, y), other.at(x, y)) {
            (Some(ours), Some(theirs)) => ours.iter().zip(theirs).any(|(a, b)| a.abs_diff(b) > tolerance),
            _ => true,
        };
        let rows = region.y.clone();
        let different: usize = rows.map(|y| region.x.clone().filter(|x| differs(*x, y)).count()).sum();
        different as f64 / count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shot(colour: [u8; 3]) -> Shot {
        Shot {
            width: 10,
            height: 4,
            rgb: colour.repeat(40),
        }
    }

    #[test]
    fn the_share_of_other_pixels_is_counted_by_region_and_with_a_tolerance() {
        let (black, mut other) = (shot([0; 3]), shot([8, 0, 0]));
        assert!(black.difference(&other, None, 7) > 0.999);
        assert!(black.difference(&other, None, 8) < 0.001);

        other.rgb[..3].copy_from_slice(&[255; 3]);
        assert!((black.difference(&other, None, 8) - 1.0 / 40.0).abs() < 1e-9);
        let right = Region { x: 5..10, y: 0..4 };
        assert!(black.difference(&other, Some(&right), 8) < 0.001);
        let outside = Region { x: 9..11, y: 0..4 };
        assert!(black.difference(&other, Some(&outside), 8) > 0.999);
    }

    #[test]
    fn pictures_of_other_sizes_are_wholly_different() {
        let mut small = shot([0; 3]);
        small.height = 2;
        assert!(small.difference(&shot([0; 3]), None, 255) > 0.999);
    }

    #[test]
    fn a_png_is_read_as_it_was_written_and_a_cut_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let mut encoder = png::Encoder::new(File::create(&path).unwrap(), 10, 4);
        encoder.set_color(png::ColorType::Rgb);
        let picture = shot([1, 2, 3]);
        encoder.write_header().unwrap().write_image_data(&picture.rgb).unwrap();
        assert_eq!(Shot::from_png(&path).unwrap(), picture);

        let mut encoder = png::Encoder::new(File::create(&path).unwrap(), 10, 4);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(vec![9, 9, 9, 1, 2, 3]);
        encoder.write_header().unwrap().write_image_data(&[1; 40]).unwrap();
        assert_eq!(Shot::from_png(&path).unwrap(), picture);

        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        assert!(Shot::from_png(&path).is_err());
    }
}

//! How a component is stored in the cache: fields one after the other, numbers with seven bits a byte, texts and lists
//! with their length before them. Only this crate reads it; any change of a type here needs another
//! [`FORMAT`](crate::cache::FORMAT).

use std::path::PathBuf;

use crate::component::{
    Block, Brief, Color, Component, ContentRating, Developer, Icon, Image, Kind, Language, Link, Release, Screenshot,
    Span, Style, Typed, Urgency,
};
use crate::error::{Failure, FileReport, Report, SkipReason, Skipped};

/// The bytes that are not read yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unpacker<'a>(pub(crate) &'a [u8]);

impl<'a> Unpacker<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }
}

/// Can be stored in the cache. Reading gives `None` for bytes that are none of its.
pub(crate) trait Pack: Sized {
    fn pack(&self, out: &mut Vec<u8>);
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self>;
}

/// The value that these bytes are, all of them.
pub(crate) fn whole<T: Pack>(bytes: &[u8]) -> Option<T> {
    let mut from = Unpacker(bytes);
    let value = T::unpack(&mut from)?;
    from.0.is_empty().then_some(value)
}

impl Pack for u64 {
    fn pack(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        out.push(rest.to_le_bytes()[0]);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = from.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return None;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

impl Pack for u32 {
    fn pack(&self, out: &mut Vec<u8>) {
        u64::from(*self).pack(out);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<u32> {
        u64::unpack(from)?.try_into().ok()
    }
}

impl Pack for i64 {
    fn pack(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<i64> {
        Some(i64::from_le_bytes(from.bytes(8)?.try_into().ok()?))
    }
}

impl Pack for i32 {
    fn pack(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<i32> {
        Some(i32::from_le_bytes(from.bytes(4)?.try_into().ok()?))
    }
}

impl Pack for bool {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<bool> {
        match from.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Pack for String {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.len() as u64).pack(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<String> {
        let length = usize::try_from(u64::unpack(from)?).ok()?;
        Some(std::str::from_utf8(from.bytes(length)?).ok()?.to_owned())
    }
}

impl Pack for PathBuf {
    fn pack(&self, out: &mut Vec<u8>) {
        use std::os::unix::ffi::OsStrExt;
        let bytes = self.as_os_str().as_bytes();
        (bytes.len() as u64).pack(out);
        out.extend_from_slice(bytes);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<PathBuf> {
        use std::os::unix::ffi::OsStringExt;
        let length = usize::try_from(u64::unpack(from)?).ok()?;
        Some(PathBuf::from(std::ffi::OsString::from_vec(
            from.bytes(length)?.to_vec(),
        )))
    }
}

impl<T: Pack> Pack for Vec<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.len() as u64).pack(out);
        self.iter().for_each(|item| item.pack(out));
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Vec<T>> {
        // Each item has at least one byte.
        let length = usize::try_from(u64::unpack(from)?)
            .ok()
            .filter(|length| *length <= from.0.len())?;
        let mut items = Vec::with_capacity(length.min(64));
        for _ in 0..length {
            items.push(T::unpack(from)?);
        }
        Some(items)
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        if let Some(value) = self {
            value.pack(out);
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Option<T>> {
        if bool::unpack(from)? {
            T::unpack(from).map(Some)
        } else {
            Some(None)
        }
    }
}

/// Fields in this order.
macro_rules! fields {
    ($type:ty { $($field:ident),* $(,)? }) => {
        impl $crate::pack::Pack for $type {
            fn pack(&self, out: &mut Vec<u8>) {
                $(self.$field.pack(out);)*
            }

            fn unpack(from: &mut $crate::pack::Unpacker<'_>) -> Option<Self> {
                Some(Self { $($field: $crate::pack::Pack::unpack(from)?),* })
            }
        }
    };
}
pub(crate) use fields;

/// A variant is its number, followed by what it has.
macro_rules! variants {
    ($type:ident { $($number:literal => $variant:ident $(($value:ident))? $({ $($field:ident),* })?),* $(,)? }) => {
        impl Pack for $type {
            fn pack(&self, out: &mut Vec<u8>) {
                match self {
                    $($type::$variant $(($value))? $({ $($field),* })? => {
                        out.push($number);
                        $($value.pack(out);)?
                        $($($field.pack(out);)*)?
                    })*
                }
            }

            fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
                match from.byte()? {
                    $($number => {
                        $(let $value = Pack::unpack(from)?;)?
                        Some($type::$variant $(($value))? $({ $($field: Pack::unpack(from)?),* })?)
                    })*
                    _ => None,
                }
            }
        }
    };
}

fields!(Brief {
    id,
    kind,
    packages,
    categories,
    name,
    summary,
    icons,
    extends,
    described,
    screenshots,
    languages,
    noted,
    developed
});
fields!(Component {
    id,
    kind,
    packages,
    priority,
    origin,
    source,
    name,
    original_name,
    summary,
    description,
    categories,
    keywords,
    icons,
    screenshots,
    releases,
    project_license,
    metadata_license,
    project_group,
    developer,
    urls,
    launchables,
    provides,
    bundles,
    content_rating,
    extends,
    replaces,
    compulsory_for,
    languages,
    colors,
});
variants!(Kind {
    0 => Generic, 1 => DesktopApp, 2 => ConsoleApp, 3 => WebApp, 4 => Addon, 5 => Font, 6 => Codec, 7 => InputMethod,
    8 => Firmware, 9 => Driver, 10 => Localization, 11 => Service, 12 => Repository, 13 => OperatingSystem,
    14 => IconTheme, 15 => Runtime,
});
variants!(Block { 0 => Paragraph(spans), 1 => Bullets(items), 2 => Numbers(items) });
fields!(Span { text, style });
variants!(Style { 0 => Plain, 1 => Emphasis, 2 => Code });
variants!(Icon {
    0 => Cached { name, width, height, scale, source },
    1 => Stock(name),
    2 => Remote { url, width, height, scale },
});
fields!(Screenshot {
    default,
    caption,
    images
});
fields!(Image {
    url,
    width,
    height,
    scale,
    thumbnail
});
fields!(Release {
    version,
    time,
    development,
    urgency,
    description,
    url
});
variants!(Urgency { 0 => Unknown, 1 => Low, 2 => Medium, 3 => High, 4 => Critical });
fields!(Developer { id, name });
fields!(Link { kind, url });
fields!(Typed { kind, value });
fields!(ContentRating { scheme, attributes });
fields!(Language { locale, percentage });
fields!(Color { dark, rgb });
fields!(Report {
    files,
    beyond_limit,
    files_beyond_limit
});
fields!(FileReport {
    path,
    icons,
    origin,
    components,
    skipped,
    reasons,
    failure
});
fields!(Skipped { id, offset, reason });
variants!(SkipReason {
    0 => Malformed(what), 1 => NotUtf8, 2 => TooLarge, 3 => TooDeep, 4 => Entity(name), 5 => Alias, 6 => Unfinished,
    7 => Id, 8 => Name, 9 => WrongType(field),
});
variants!(Failure {
    0 => Unreadable(why), 1 => NotAFile, 2 => Compression(why), 3 => TooLarge(limit), 4 => CutOff, 5 => NotACatalogue,
    6 => TooDamaged,
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]
    use super::*;

    #[test]
    fn numbers_come_back_whatever_their_size() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            let mut out = Vec::new();
            number.pack(&mut out);
            assert_eq!(whole::<u64>(&out), Some(number));
            assert_eq!(whole::<u64>(&out[..out.len() - 1]), None);
        }
        assert_eq!(whole::<u64>(&[0xff; 9]), None);
        assert_eq!(whole::<u64>(&[0xff; 11]), None);
    }

    #[test]
    fn a_list_that_states_more_items_than_bytes_is_refused_at_once() {
        let mut out = Vec::new();
        u64::MAX.pack(&mut out);
        out.push(0);
        assert_eq!(whole::<Vec<String>>(&out), None);
    }
}

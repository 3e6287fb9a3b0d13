//! A component on its way: what both formats share.

use crate::component::{Component, Icon, Image, Link, Release, Screenshot, Typed};
use crate::error::SkipReason;
use crate::languages::{Best, Languages};
use crate::limits;
use crate::text;

/// What a catalogue says for all of its components.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) origin: String,
    pub(crate) media_base: String,
    pub(crate) priority: i32,
}

/// What is to be done with a component that is known already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Merge {
    /// It is one of its own.
    #[default]
    None,
    /// Its data are added.
    Append,
    /// Its data take the place of those there.
    Replace,
    /// It is removed.
    Remove,
}

impl Merge {
    pub(crate) fn from_name(name: &str) -> Merge {
        match name {
            "append" => Merge::Append,
            "replace" => Merge::Replace,
            "remove-component" => Merge::Remove,
            _ => Merge::None,
        }
    }
}

/// What one piece of a file gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) component: Component,
    pub(crate) merge: Merge,
}

/// Texts of which the best translation is kept while a component is read.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) component: Component,
    pub(crate) merge: Merge,
    pub(crate) name: Best<String>,
    pub(crate) original_name: String,
    pub(crate) summary: Best<String>,
    pub(crate) description: Best<Vec<crate::component::Block>>,
    pub(crate) developer: Best<String>,
    /// Words by rank: the best language and the untranslated ones are kept.
    pub(crate) keywords: Vec<(u16, String)>,
}

impl Draft {
    pub(crate) fn new(header: &Header, source: u32) -> Draft {
        let mut draft = Draft::default();
        draft.component.priority = header.priority;
        draft.component.origin.clone_from(&header.origin);
        draft.component.source = source;
        draft
    }

    pub(crate) fn name(&mut self, rank: u16, name: String, languages: &Languages) {
        if rank == languages.fallback() && self.original_name.is_empty() {
            self.original_name.clone_from(&name);
        }
        self.name.offer(Some(rank), name);
    }

    pub(crate) fn keyword(&mut self, rank: u16, words: &str) {
        // Some catalogues have them as one list with semicolons, as desktop entries do.
        for word in words.split(';').filter_map(|word| text::line(word, limits::TEXT)) {
            if self.keywords.len() < 2 * limits::LIST {
                self.keywords.push((rank, word));
            }
        }
    }

    /// The component, if it has what each one must have.
    pub(crate) fn finish(self, languages: &Languages) -> Result<Read, SkipReason> {
        let mut component = self.component;
        if component.id.is_empty() {
            return Err(SkipReason::Id);
        }
        component.name = self.name.take();
        if component.name.is_empty() && self.merge == Merge::None {
            return Err(SkipReason::Name);
        }
        if self.original_name != component.name {
            component.original_name = self.original_name;
        }
        component.summary = self.summary.take();
        component.description = self.description.take();
        component.developer.name = self.developer.take();
        let best = self.keywords.iter().map(|(rank, _)| *rank).min();
        let fallback = languages.fallback();
        for (rank, word) in self.keywords {
            if Some(rank) == best || rank == fallback {
                add(&mut component.keywords, word);
            }
        }
        let mut screenshots = Vec::new();
        for mut screenshot in std::mem::take(&mut component.screenshots) {
            screenshot
                .images
                .sort_by_key(|image| std::cmp::Reverse((pixels(image), !image.thumbnail)));
            if !screenshot.images.is_empty() {
                screenshots.push(screenshot);
            }
        }
        screenshots.sort_by_key(|screenshot: &Screenshot| !screenshot.default);
        component.screenshots = screenshots;
        sort_releases(&mut component.releases);
        Ok(Read {
            component,
            merge: self.merge,
        })
    }
}

fn pixels(image: &Image) -> u64 {
    u64::from(image.width) * u64::from(image.height)
}

/// Newest first: by time where both have one, otherwise as the file has them; the newest ones are kept.
pub(crate) fn sort_releases(releases: &mut Vec<Release>) {
    if releases.iter().all(|release| release.time.is_some()) {
        releases.sort_by_key(|release| std::cmp::Reverse(release.time));
    }
    releases.truncate(limits::RELEASES);
}

/// Adds to a short list what is not in it.
pub(crate) fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if list.len() < limits::LIST && !list.contains(&item) {
        list.push(item);
    }
}

/// Adds to a long list; what is there twice is rare and harmless.
pub(crate) fn add_many<T>(list: &mut Vec<T>, item: T) {
    if list.len() < limits::LONG_LIST {
        list.push(item);
    }
}

/// A value with what it is, if both can be shown.
pub(crate) fn typed(kind: &str, value: &str) -> Option<Typed> {
    Some(Typed {
        kind: text::word(kind)?,
        value: text::line(value, limits::TEXT)?,
    })
}

/// A web address with what is there.
pub(crate) fn link(kind: &str, url: &str) -> Option<Link> {
    Some(Link {
        kind: text::word(kind).unwrap_or_else(|| "homepage".to_owned()),
        url: text::url(url, "")?,
    })
}

/// Sizes larger than any screen are no sizes.
pub(crate) fn size(pixels: Option<u32>) -> u32 {
    pixels.filter(|pixels| *pixels <= 1 << 16).unwrap_or(0)
}

/// A factor is 1 to 8.
pub(crate) fn scale(scale: Option<u32>) -> u32 {
    scale.filter(|scale| (1..=8).contains(scale)).unwrap_or(1)
}

/// An icon of the kind that the format names; `origin` is the base of its address and its file.
pub(crate) fn icon(
    kind: &str,
    value: &str,
    width: Option<u32>,
    height: Option<u32>,
    factor: Option<u32>,
    origin: (&str, u32),
) -> Option<Icon> {
    let (base, source) = origin;
    let scale = scale(factor);
    let (width, height) = (size(width), size(height));
    match kind {
        "cached" => {
            // Icons of old catalogues have no size: those lay in the folder for 64.
            let width = if width == 0 { 64 } else { width };
            let height = if height == 0 { width } else { height };
            Some(Icon::Cached {
                name: text::word(value)?,
                width,
                height,
                scale,
                source,
            })
        }
        "stock" => Some(Icon::Stock(text::word(value)?)),
        "remote" => Some(Icon::Remote {
            url: text::url(value, base)?,
            width,
            height,
            scale,
        }),
        _ => None,
    }
}

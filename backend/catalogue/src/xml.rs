//! One component in AppStream's XML, as in a catalogue or in a metainfo file.

use quick_xml::events::BytesStart;

use crate::component::{Color, Component, ContentRating, Image, Kind, Language, Release, Screenshot, Typed, Urgency};
use crate::draft::{self, Draft, Header, Merge, Read, add, add_many};
use crate::error::SkipReason;
use crate::languages::{Best, Languages};
use crate::limits;
use crate::markup::{Walker, attribute, number};
use crate::text;

/// What the start tag of `components` says. Nothing in it is needed.
pub(crate) fn header(tag: &[u8], header: &mut Header) {
    let Ok(tag) = std::str::from_utf8(tag) else { return };
    let Ok(Some(start)) = Walker::new(tag).child() else {
        return;
    };
    let value = |name| attribute(&start, name).ok().flatten();
    if let Some(origin) = value("origin").and_then(|origin| text::word(&origin)) {
        header.origin = origin;
    }
    if let Some(base) = value("media_baseurl").and_then(|base| text::url(&base, "")) {
        header.media_base = base;
    }
    if let Some(priority) = value("priority").and_then(|priority| priority.trim().parse().ok()) {
        header.priority = priority;
    }
}

/// The id of a piece that may be broken anywhere, for the report; empty when there is none.
pub(crate) fn id(piece: &[u8]) -> String {
    let text = String::from_utf8_lossy(piece.get(..piece.len().min(4096)).unwrap_or_default());
    let Some((_, rest)) = text.split_once("<id>") else {
        return String::new();
    };
    rest.split_once("</id>")
        .and_then(|(id, _)| text::word(id))
        .unwrap_or_default()
}

/// Reads one component.
pub(crate) fn component(piece: &[u8], header: &Header, source: u32, languages: &Languages) -> Result<Read, SkipReason> {
    let piece = std::str::from_utf8(piece).map_err(|_| SkipReason::NotUtf8)?;
    let mut reader = ComponentReader {
        walker: Walker::new(piece),
        languages,
        header,
        draft: Draft::new(header, source),
    };
    let Some(start) = reader.walker.child()? else {
        return Err(SkipReason::Unfinished);
    };
    reader.draft.component.kind = attribute(&start, "type")?.map_or(Kind::Generic, |kind| Kind::from_name(&kind));
    reader.draft.merge = attribute(&start, "merge")?.map_or(Merge::None, |merge| Merge::from_name(&merge));
    if let Some(priority) = attribute(&start, "priority")?.and_then(|priority| priority.trim().parse().ok()) {
        reader.draft.component.priority = priority;
    }
    while let Some(child) = reader.walker.child()? {
        reader.element(&child)?;
    }
    reader.draft.finish(languages)
}

struct ComponentReader<'a, 'b> {
    walker: Walker<'a>,
    languages: &'b Languages,
    header: &'b Header,
    draft: Draft,
}

impl ComponentReader<'_, '_> {
    fn rank(&self, start: &BytesStart<'_>) -> Result<Option<u16>, SkipReason> {
        Ok(self.languages.rank(attribute(start, "xml:lang")?.as_deref()))
    }

    /// One element of the component, to its end.
    fn element(&mut self, start: &BytesStart<'_>) -> Result<(), SkipReason> {
        match start.name().as_ref() {
            "id" => self.draft.component.id = self.walker.word()?.ok_or(SkipReason::Id)?,
            "name" => {
                let Some(rank) = self.rank(start)? else {
                    return self.walker.skip();
                };
                if let Some(name) = self.walker.line()? {
                    self.draft.name(rank, name, self.languages);
                }
            }
            "summary" => {
                let rank = self.rank(start)?;
                if !self.draft.summary.wants(rank) {
                    return self.walker.skip();
                }
                if let Some(summary) = self.walker.line()? {
                    self.draft.summary.offer(rank, summary);
                }
            }
            "description" => {
                let rank = self.rank(start)?;
                if !self.draft.description.wants(rank) {
                    return self.walker.skip();
                }
                let blocks = self.walker.blocks(self.languages)?;
                if !blocks.is_empty() {
                    self.draft.description.offer(rank, blocks);
                }
            }
            "developer_name" => self.developer_name(start)?,
            "developer" => {
                if let Some(id) = attribute(start, "id")?.and_then(|id| text::word(&id)) {
                    self.draft.component.developer.id = id;
                }
                while let Some(child) = self.walker.child()? {
                    match child.name().as_ref() {
                        "name" => self.developer_name(&child)?,
                        _ => self.walker.skip()?,
                    }
                }
            }
            "keywords" => {
                let rank = self.rank(start)?;
                while let Some(child) = self.walker.child()? {
                    let own = attribute(&child, "xml:lang")?;
                    let rank = if own.is_some() {
                        self.languages.rank(own.as_deref())
                    } else {
                        rank
                    };
                    match (rank, child.name().as_ref()) {
                        (Some(rank), "keyword") => {
                            let word = self.walker.line()?.unwrap_or_default();
                            self.draft.keyword(rank, &word);
                        }
                        _ => self.walker.skip()?,
                    }
                }
            }
            "categories" => self.words("category", |component, word| add(&mut component.categories, word))?,
            "replaces" => self.words("id", |component, word| add(&mut component.replaces, word))?,
            "provides" => self.provides()?,
            "screenshots" => {
                while let Some(child) = self.walker.child()? {
                    match child.name().as_ref() {
                        "screenshot" => self.screenshot(&child)?,
                        _ => self.walker.skip()?,
                    }
                }
            }
            "releases" => {
                while let Some(child) = self.walker.child()? {
                    match child.name().as_ref() {
                        "release" => self.release(&child)?,
                        _ => self.walker.skip()?,
                    }
                }
            }
            "content_rating" => self.content_rating(start)?,
            "languages" => {
                while let Some(child) = self.walker.child()? {
                    let percentage = number(&child, "percentage")?.filter(|percentage| *percentage <= 100);
                    if let Some(locale) = self.walker.word()? {
                        add(&mut self.draft.component.languages, Language { locale, percentage });
                    }
                }
            }
            "branding" => {
                while let Some(child) = self.walker.child()? {
                    let dark = match attribute(&child, "scheme_preference")?.as_deref() {
                        Some("dark") => Some(true),
                        Some("light") => Some(false),
                        _ => None,
                    };
                    let value = self.walker.line()?.unwrap_or_default();
                    if let Some(rgb) = text::color(&value) {
                        add(&mut self.draft.component.colors, Color { dark, rgb });
                    }
                }
            }
            _ => return self.simple(start),
        }
        Ok(())
    }

    /// Elements that have nothing but text.
    fn simple(&mut self, start: &BytesStart<'_>) -> Result<(), SkipReason> {
        let name = start.name();
        let name = name.as_ref();
        match name {
            "pkgname" | "extends" | "compulsory_for_desktop" => {
                let Some(word) = self.walker.word()? else { return Ok(()) };
                let component = &mut self.draft.component;
                match name {
                    "pkgname" => add(&mut component.packages, word),
                    "extends" => add(&mut component.extends, word),
                    _ => add(&mut component.compulsory_for, word),
                }
            }
            "project_license" | "metadata_license" | "project_group" => {
                let line = self.walker.line()?.unwrap_or_default();
                let component = &mut self.draft.component;
                match name {
                    "project_license" => component.project_license = line,
                    "metadata_license" => component.metadata_license = line,
                    _ => component.project_group = line,
                }
            }
            "url" | "launchable" | "bundle" => {
                let kind = attribute(start, "type")?.unwrap_or_default();
                let line = self.walker.line()?.unwrap_or_default();
                let component = &mut self.draft.component;
                match name {
                    "url" => draft::link(&kind, &line)
                        .into_iter()
                        .for_each(|link| add(&mut component.urls, link)),
                    list => {
                        let list = if list == "bundle" {
                            &mut component.bundles
                        } else {
                            &mut component.launchables
                        };
                        draft::typed(&kind, &line)
                            .into_iter()
                            .for_each(|typed| add(list, typed));
                    }
                }
            }
            "icon" => {
                let kind = attribute(start, "type")?.unwrap_or_default();
                let (width, height) = (number(start, "width")?, number(start, "height")?);
                let scale = number(start, "scale")?;
                let value = self.walker.line()?.unwrap_or_default();
                let origin = (self.header.media_base.as_str(), self.draft.component.source);
                let icon = draft::icon(&kind, &value, width, height, scale, origin);
                icon.into_iter()
                    .for_each(|icon| add(&mut self.draft.component.icons, icon));
            }
            _ => self.walker.skip()?,
        }
        Ok(())
    }

    fn developer_name(&mut self, start: &BytesStart<'_>) -> Result<(), SkipReason> {
        let rank = self.rank(start)?;
        if !self.draft.developer.wants(rank) {
            return self.walker.skip();
        }
        if let Some(name) = self.walker.line()? {
            self.draft.developer.offer(rank, name);
        }
        Ok(())
    }

    fn words(&mut self, element: &str, put: fn(&mut Component, String)) -> Result<(), SkipReason> {
        while let Some(child) = self.walker.child()? {
            if child.name().as_ref() != element {
                self.walker.skip()?;
            } else if let Some(word) = self.walker.word()? {
                put(&mut self.draft.component, word);
            }
        }
        Ok(())
    }

    fn provides(&mut self) -> Result<(), SkipReason> {
        while let Some(child) = self.walker.child()? {
            let name = child.name();
            let kind = match name.as_ref() {
                // The older name of the same.
                "mimetype" => "mediatype",
                name => name,
            };
            let value = self.walker.line()?.unwrap_or_default();
            let typed = draft::typed(kind, &value);
            typed
                .into_iter()
                .for_each(|typed| add_many(&mut self.draft.component.provides, typed));
        }
        Ok(())
    }

    fn screenshot(&mut self, start: &BytesStart<'_>) -> Result<(), SkipReason> {
        let default = attribute(start, "type")?.as_deref() == Some("default");
        let mut caption = Best::default();
        let mut images: Vec<(u16, Image)> = Vec::new();
        while let Some(child) = self.walker.child()? {
            let rank = self.rank(&child)?;
            match (rank, child.name().as_ref()) {
                (Some(_), "caption") => {
                    let line = self.walker.line()?.unwrap_or_default();
                    caption.offer(rank, line);
                }
                (Some(rank), "image") => {
                    let mut image = Image {
                        url: String::new(),
                        width: draft::size(number(&child, "width")?),
                        height: draft::size(number(&child, "height")?),
                        scale: draft::scale(number(&child, "scale")?),
                        thumbnail: attribute(&child, "type")?.as_deref() == Some("thumbnail"),
                    };
                    let line = self.walker.line()?.unwrap_or_default();
                    if let Some(url) = text::url(&line, &self.header.media_base).filter(|_| images.len() < limits::LIST)
                    {
                        image.url = url;
                        images.push((rank, image));
                    }
                }
                _ => self.walker.skip()?,
            }
        }
        let best = images.iter().map(|(rank, _)| *rank).min();
        let images = images
            .into_iter()
            .filter(|(rank, _)| Some(*rank) == best)
            .map(|(_, image)| image)
            .collect();
        add(
            &mut self.draft.component.screenshots,
            Screenshot {
                default,
                caption: caption.take(),
                images,
            },
        );
        Ok(())
    }

    fn release(&mut self, start: &BytesStart<'_>) -> Result<(), SkipReason> {
        let version = attribute(start, "version")?.and_then(|version| text::line(&version, limits::ID));
        let time = match attribute(start, "timestamp")? {
            Some(timestamp) => text::time(&timestamp),
            None => attribute(start, "date")?.and_then(|date| text::time(&date)),
        };
        let mut release = Release {
            version: version.unwrap_or_default(),
            time,
            development: attribute(start, "type")?.as_deref() == Some("development"),
            urgency: attribute(start, "urgency")?.map_or(Urgency::Unknown, |urgency| Urgency::from_name(&urgency)),
            ..Release::default()
        };
        let mut description = Best::default();
        while let Some(child) = self.walker.child()? {
            match child.name().as_ref() {
                "description" => {
                    let rank = self.rank(&child)?;
                    if description.wants(rank) {
                        description.offer(rank, self.walker.blocks(self.languages)?);
                    } else {
                        self.walker.skip()?;
                    }
                }
                "url" => {
                    let line = self.walker.line()?.unwrap_or_default();
                    release.url = text::url(&line, "").unwrap_or_default();
                }
                _ => self.walker.skip()?,
            }
        }
        release.description = description.take();
        if !release.version.is_empty() {
            add_many(&mut self.draft.component.releases, release);
        }
        Ok(())
    }

    fn content_rating(&mut self, start: &BytesStart<'_>) -> Result<(), SkipReason> {
        let scheme = attribute(start, "type")?.and_then(|scheme| text::word(&scheme));
        let mut attributes: Vec<Typed> = Vec::new();
        while let Some(child) = self.walker.child()? {
            let id = attribute(&child, "id")?.unwrap_or_default();
            let value = self.walker.line()?.unwrap_or_default();
            draft::typed(&id, &value)
                .into_iter()
                .for_each(|typed| add(&mut attributes, typed));
        }
        if let Some(scheme) = scheme {
            self.draft.component.content_rating = Some(ContentRating { scheme, attributes });
        }
        Ok(())
    }
}

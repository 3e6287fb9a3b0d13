//! One component in DEP-11, Debian's form of AppStream.

use crate::component::{Block, Color, ContentRating, Image, Kind, Language, Release, Screenshot, Typed, Urgency};
use crate::draft::{self, Draft, Header, Merge, Read, add, add_many};
use crate::error::SkipReason;
use crate::languages::{Best, Languages};
use crate::limits;
use crate::markup;
use crate::node::Node;
use crate::text;

/// What one document is.
#[derive(Debug)]
pub(crate) enum Document {
    /// The first one, which says what the file is.
    Header(Header),
    /// A component.
    Component(Box<Read>),
}

/// The id of a piece that may be broken anywhere, for the report; empty when there is none.
pub(crate) fn id(piece: &[u8]) -> String {
    let text = String::from_utf8_lossy(piece.get(..piece.len().min(4096)).unwrap_or_default());
    let id = text
        .lines()
        .find_map(|line| line.strip_prefix("ID:"))
        .and_then(text::word);
    id.unwrap_or_default()
}

/// Reads one document.
pub(crate) fn document(
    piece: &[u8],
    header: &Header,
    source: u32,
    languages: &Languages,
) -> Result<Document, SkipReason> {
    let piece = std::str::from_utf8(piece).map_err(|_| SkipReason::NotUtf8)?;
    let node = Node::read(piece)?;
    let Node::Map(entries) = &node else {
        return Err(wrong("document"));
    };
    if node.text_of("File") == Some("DEP-11") {
        return Ok(Document::Header(Header {
            origin: node
                .text_of("Origin")
                .and_then(text::word)
                .unwrap_or_else(|| header.origin.clone()),
            media_base: node
                .text_of("MediaBaseUrl")
                .and_then(|base| text::url(base, ""))
                .unwrap_or_default(),
            priority: node
                .text_of("Priority")
                .and_then(|text| text.trim().parse().ok())
                .unwrap_or(header.priority),
        }));
    }
    let mut draft = Draft::new(header, source);
    for (key, value) in entries {
        field(&mut draft, key, value, header, languages)?;
    }
    draft.finish(languages).map(|read| Document::Component(Box::new(read)))
}

fn wrong(field: &str) -> SkipReason {
    SkipReason::WrongType(field.to_owned())
}

/// One field of a component. Fields of the wrong type that are not needed are as if they were not there.
fn field(
    draft: &mut Draft,
    key: &str,
    value: &Node<'_>,
    header: &Header,
    languages: &Languages,
) -> Result<(), SkipReason> {
    let component = &mut draft.component;
    match key {
        "ID" => component.id = text::word(value.text().ok_or_else(|| wrong("ID"))?).ok_or(SkipReason::Id)?,
        "Type" => component.kind = Kind::from_name(value.text().unwrap_or_default()),
        "Merge" => draft.merge = Merge::from_name(value.text().unwrap_or_default()),
        "Priority" => {
            component.priority = value
                .text()
                .and_then(|text| text.trim().parse().ok())
                .unwrap_or(component.priority);
        }
        "Package" => {
            let name = value.text().ok_or_else(|| wrong("Package"))?;
            text::word(name)
                .into_iter()
                .for_each(|name| add(&mut component.packages, name));
        }
        "Name" => {
            if value.entries().is_empty() {
                return Err(wrong("Name"));
            }
            for (language, name) in value.entries() {
                if let (Some(rank), Some(name)) = (languages.rank(Some(language)), line(Some(name))) {
                    draft.name(rank, name, languages);
                }
            }
        }
        "Summary" => draft.summary = translated(value, languages),
        "Description" => draft.description = blocks(value, languages)?,
        "DeveloperName" => draft.developer = translated(value, languages),
        "Developer" => {
            component.developer.id = value.text_of("id").and_then(text::word).unwrap_or_default();
            if let Some(name) = value.get("name") {
                draft.developer = translated(name, languages);
            }
        }
        "Keywords" => {
            for (language, words) in value.entries() {
                let Some(rank) = languages.rank(Some(language)) else {
                    continue;
                };
                words
                    .items()
                    .iter()
                    .filter_map(Node::text)
                    .for_each(|word| draft.keyword(rank, word));
            }
        }
        "Categories" => words(value, &mut component.categories),
        "Extends" => words(value, &mut component.extends),
        "Replaces" => {
            words(value, &mut component.replaces);
            for id in value
                .items()
                .iter()
                .filter_map(|item| item.text_of("id"))
                .filter_map(text::word)
            {
                add(&mut component.replaces, id);
            }
        }
        "CompulsoryForDesktops" => words(value, &mut component.compulsory_for),
        "ProjectGroup" => component.project_group = line(Some(value)).unwrap_or_default(),
        "ProjectLicense" => component.project_license = line(Some(value)).unwrap_or_default(),
        "MetadataLicense" => component.metadata_license = line(Some(value)).unwrap_or_default(),
        "Icon" => icons(value, header, draft),
        "Screenshots" => {
            for item in value.items() {
                add(&mut component.screenshots, screenshot(item, header, languages));
            }
        }
        "Releases" => {
            for item in value.items() {
                if let Some(release) = release(item, languages)? {
                    add_many(&mut component.releases, release);
                }
            }
        }
        "Url" => {
            for (kind, url) in value.entries() {
                let link = url.text().and_then(|url| draft::link(kind, url));
                link.into_iter().for_each(|link| add(&mut component.urls, link));
            }
        }
        "Launchable" => {
            for (kind, values) in value.entries() {
                for value in values.items().iter().filter_map(Node::text) {
                    let typed = draft::typed(kind, value);
                    typed
                        .into_iter()
                        .for_each(|typed| add(&mut component.launchables, typed));
                }
            }
        }
        "Bundles" => {
            for item in value.items() {
                let typed = item
                    .text_of("type")
                    .zip(item.text_of("id"))
                    .and_then(|(kind, id)| draft::typed(kind, id));
                typed.into_iter().for_each(|typed| add(&mut component.bundles, typed));
            }
        }
        "Provides" => provides(value, &mut component.provides),
        "ContentRating" => component.content_rating = content_rating(value),
        "Languages" => {
            for item in value.items() {
                if let Some(locale) = item.text_of("locale").and_then(text::word) {
                    let percentage = item.number_of("percentage").filter(|percentage| *percentage <= 100);
                    add(&mut component.languages, Language { locale, percentage });
                }
            }
        }
        "Branding" => {
            for item in value.get("colors").map(Node::items).unwrap_or_default() {
                let dark = match item.text_of("scheme-preference") {
                    Some("dark") => Some(true),
                    Some("light") => Some(false),
                    _ => None,
                };
                if let Some(rgb) = item.text_of("value").and_then(text::color) {
                    add(&mut component.colors, Color { dark, rgb });
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn line(node: Option<&Node<'_>>) -> Option<String> {
    text::line(node?.text()?, limits::TEXT)
}

/// The best translation of one line.
fn translated(value: &Node<'_>, languages: &Languages) -> Best<String> {
    let mut best = Best::default();
    for (language, value) in value.entries() {
        let rank = languages.rank(Some(language));
        if best.wants(rank)
            && let Some(line) = line(Some(value))
        {
            best.offer(rank, line);
        }
    }
    best
}

/// The best translation of a description.
fn blocks(value: &Node<'_>, languages: &Languages) -> Result<Best<Vec<Block>>, SkipReason> {
    let mut best = Best::default();
    for (language, value) in value.entries() {
        let rank = languages.rank(Some(language));
        if best.wants(rank)
            && let Some(markup) = value.text()
        {
            let blocks = markup::fragment(markup, languages)?;
            if !blocks.is_empty() {
                best.offer(rank, blocks);
            }
        }
    }
    Ok(best)
}

fn words(value: &Node<'_>, into: &mut Vec<String>) {
    value
        .items()
        .iter()
        .filter_map(Node::text)
        .filter_map(text::word)
        .for_each(|word| add(into, word));
}

fn icons(value: &Node<'_>, header: &Header, draft: &mut Draft) {
    for (kind, value) in value.entries() {
        let mut put = |name: Option<&str>, node: &Node<'_>| {
            let sizes = (
                node.number_of("width"),
                node.number_of("height"),
                node.number_of("scale"),
            );
            let origin = (header.media_base.as_str(), draft.component.source);
            let icon = name.and_then(|name| draft::icon(kind, name, sizes.0, sizes.1, sizes.2, origin));
            icon.into_iter().for_each(|icon| add(&mut draft.component.icons, icon));
        };
        match value {
            Node::Scalar(name) => put(Some(name), value),
            Node::List(items) => {
                for item in items {
                    put(item.text_of("name").or_else(|| item.text_of("url")), item);
                }
            }
            Node::Map(_) => {}
        }
    }
}

fn image(node: &Node<'_>, thumbnail: bool, header: &Header) -> Option<Image> {
    Some(Image {
        url: text::url(node.text_of("url")?, &header.media_base)?,
        width: draft::size(node.number_of("width")),
        height: draft::size(node.number_of("height")),
        scale: draft::scale(node.number_of("scale")),
        thumbnail,
    })
}

fn screenshot(node: &Node<'_>, header: &Header, languages: &Languages) -> Screenshot {
    let mut images: Vec<(u16, Image)> = Vec::new();
    let thumbnails = node
        .get("thumbnails")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .map(|node| (node, true));
    for (node, thumbnail) in node
        .get("source-image")
        .map(|node| (node, false))
        .into_iter()
        .chain(thumbnails)
    {
        if let (Some(rank), Some(image)) = (languages.rank(node.text_of("lang")), image(node, thumbnail, header))
            && images.len() < limits::LIST
        {
            images.push((rank, image));
        }
    }
    let best = images.iter().map(|(rank, _)| *rank).min();
    Screenshot {
        default: node.text_of("default") == Some("true"),
        caption: node
            .get("caption")
            .map(|caption| translated(caption, languages).take())
            .unwrap_or_default(),
        images: images
            .into_iter()
            .filter(|(rank, _)| Some(*rank) == best)
            .map(|(_, image)| image)
            .collect(),
    }
}

fn release(node: &Node<'_>, languages: &Languages) -> Result<Option<Release>, SkipReason> {
    let Some(version) = node
        .text_of("version")
        .and_then(|version| text::line(version, limits::ID))
    else {
        return Ok(None);
    };
    let description = match node.get("description") {
        Some(description) => blocks(description, languages)?.take(),
        None => Vec::new(),
    };
    Ok(Some(Release {
        version,
        time: node
            .text_of("unix-timestamp")
            .or_else(|| node.text_of("date"))
            .and_then(text::time),
        development: node.text_of("type") == Some("development"),
        urgency: Urgency::from_name(node.text_of("urgency").unwrap_or_default()),
        description,
        url: node
            .get("url")
            .and_then(|url| url.text_of("details"))
            .and_then(|url| text::url(url, ""))
            .unwrap_or_default(),
    }))
}

fn provides(value: &Node<'_>, into: &mut Vec<Typed>) {
    for (key, values) in value.entries() {
        // In the words of the XML form.
        let kind = match key.as_ref() {
            "mimetypes" | "mediatypes" => "mediatype",
            "binaries" => "binary",
            "libraries" => "library",
            "fonts" => "font",
            "modaliases" => "modalias",
            "ids" => "id",
            other => other,
        };
        for item in values.items() {
            let value = item
                .text()
                .or_else(|| item.text_of("name"))
                .or_else(|| item.text_of("service"))
                .or_else(|| item.text_of("file"))
                .or_else(|| item.text_of("guid"));
            let typed = value.and_then(|value| draft::typed(kind, value));
            typed.into_iter().for_each(|typed| add_many(into, typed));
        }
    }
}

fn content_rating(value: &Node<'_>) -> Option<ContentRating> {
    let (scheme, levels) = value.entries().first()?;
    let mut attributes = Vec::new();
    for (id, level) in levels.entries() {
        let typed = level.text().and_then(|level| draft::typed(id, level));
        typed.into_iter().for_each(|typed| add(&mut attributes, typed));
    }
    Some(ContentRating {
        scheme: text::word(scheme)?,
        attributes,
    })
}

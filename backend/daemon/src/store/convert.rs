//! Between the words of the shelf and the words of the contract.

use moult_api::{
    BlockKind, Category, Filter, Front, Item, ItemDetails, ItemKind, ItemPage, ReleaseNote, Shot, ShotImage, SpanStyle,
    TextBlock, TextSpan, Trust, Urgency, WebLink,
};
use moult_catalogue as catalogue;
use moult_catalogue::{Block, Component, Span, Style};
use moult_shelf as shelf;

pub(crate) fn filter(filter: Filter) -> shelf::Filter {
    shelf::Filter {
        category: filter.category,
        kinds: filter.kinds.into_iter().map(wanted).collect(),
        installed: filter.installed,
        repository: filter.repository,
    }
}

fn wanted(kind: ItemKind) -> shelf::ItemKind {
    match kind {
        ItemKind::App => shelf::ItemKind::App,
        ItemKind::ConsoleApp => shelf::ItemKind::ConsoleApp,
        ItemKind::Addon => shelf::ItemKind::Addon,
        ItemKind::Font => shelf::ItemKind::Font,
        ItemKind::Component => shelf::ItemKind::Component,
        ItemKind::System => shelf::ItemKind::System,
    }
}

fn kind(kind: shelf::ItemKind) -> ItemKind {
    match kind {
        shelf::ItemKind::App => ItemKind::App,
        shelf::ItemKind::ConsoleApp => ItemKind::ConsoleApp,
        shelf::ItemKind::Addon => ItemKind::Addon,
        shelf::ItemKind::Font => ItemKind::Font,
        shelf::ItemKind::Component => ItemKind::Component,
        shelf::ItemKind::System => ItemKind::System,
    }
}

pub(crate) fn item(item: shelf::Item, holds: &[String]) -> Item {
    Item {
        held: holds.binary_search(&item.package).is_ok(),
        id: item.id,
        package: item.package,
        name: item.name,
        summary: item.summary,
        kind: kind(item.kind),
        // A name that is no text could not be opened by it.
        icon: item
            .icon
            .and_then(|path| path.into_os_string().into_string().ok())
            .unwrap_or_default(),
        version: item.version,
        repository: item.repository,
        installed: item.installed,
        newer: item.newer,
    }
}

pub(crate) fn items(items: Vec<shelf::Item>, holds: &[String]) -> Vec<Item> {
    items.into_iter().map(|one| item(one, holds)).collect()
}

pub(crate) fn page(page: shelf::Page, holds: &[String]) -> ItemPage {
    ItemPage {
        items: items(page.items, holds),
        total: page.total,
    }
}

pub(crate) fn front(front: shelf::Front, holds: &[String]) -> Front {
    Front {
        featured: items(front.featured, holds),
        fresh: items(front.fresh, holds),
        categories: front
            .categories
            .into_iter()
            .map(|(id, items)| Category {
                id: id.to_owned(),
                items,
            })
            .collect(),
        items: front.items,
        packages: front.packages,
    }
}

pub(crate) fn details(details: shelf::Details, trust: Trust, holds: &[String]) -> ItemDetails {
    let package = details.packages.first();
    let offered = details.packages.iter().find(|info| !info.repository.is_empty());
    let own = Component::default();
    let component = details.component.as_ref().unwrap_or(&own);
    let mut description = blocks(&component.description);
    if description.is_empty() {
        description = package.map(|info| paragraphs(&info.description)).unwrap_or_default();
    }
    let licenses = package.map(|info| info.licenses.join(" AND ")).unwrap_or_default();
    let homepage = package.map(|info| info.homepage.as_str()).unwrap_or_default();
    ItemDetails {
        description,
        screenshots: component.screenshots.iter().map(shot).collect(),
        releases: component.releases.iter().map(release).collect(),
        license: match component.project_license.is_empty() {
            true => licenses,
            false => component.project_license.clone(),
        },
        developer: component.developer.name.clone(),
        links: links(component, homepage),
        categories: details.categories.into_iter().map(str::to_owned).collect(),
        addons: details.addons,
        desktop_id: component
            .launchables
            .iter()
            .find(|launchable| launchable.kind == "desktop-id")
            .map(|launchable| launchable.value.clone())
            .unwrap_or_default(),
        trust,
        download_bytes: offered.map_or(0, |info| info.size),
        installed_bytes: details.installed_bytes,
        item: item(details.item, holds),
    }
}

/// The package's own homepage counts where the catalogue names none.
fn links(component: &Component, homepage: &str) -> Vec<WebLink> {
    let link = |kind: &str, url: &str| WebLink {
        kind: kind.to_owned(),
        url: url.to_owned(),
    };
    let mut links: Vec<WebLink> = component.urls.iter().map(|url| link(&url.kind, &url.url)).collect();
    let known = links.iter().any(|link| link.kind == "homepage");
    let web = moult_packages::Url::parse(homepage)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    if let Some(url) = web.filter(|_| !known) {
        links.push(link("homepage", url.as_str()));
    }
    links.sort_by_key(|link| link.kind != "homepage");
    links
}

/// The paragraphs of a plain text: empty lines part them, lines that begin with a bullet are a list.
fn paragraphs(text: &str) -> Vec<TextBlock> {
    let mut blocks: Vec<TextBlock> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let line: String = line
            .trim()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        if line.is_empty() {
            open = false;
            continue;
        }
        let bullet = ["- ", "* ", "• "].iter().find_map(|mark| line.strip_prefix(mark));
        let span = |text: &str| TextSpan {
            text: text.to_owned(),
            style: SpanStyle::Plain,
        };
        match (bullet, blocks.last_mut()) {
            (Some(text), Some(last)) if last.kind == BlockKind::Bullets && open => last.lines.push(vec![span(text)]),
            (Some(text), _) => blocks.push(TextBlock {
                kind: BlockKind::Bullets,
                lines: vec![vec![span(text)]],
            }),
            (None, Some(last)) if open => match last.lines.last_mut().and_then(|line| line.last_mut()) {
                Some(before) => {
                    before.text.push(' ');
                    before.text.push_str(&line);
                }
                None => last.lines.push(vec![span(&line)]),
            },
            (None, _) => blocks.push(TextBlock {
                kind: BlockKind::Paragraph,
                lines: vec![vec![span(&line)]],
            }),
        }
        open = true;
    }
    blocks
}

fn blocks(blocks: &[Block]) -> Vec<TextBlock> {
    let block = |block: &Block| TextBlock {
        kind: match block {
            Block::Paragraph(_) => BlockKind::Paragraph,
            Block::Bullets(_) => BlockKind::Bullets,
            Block::Numbers(_) => BlockKind::Numbers,
        },
        lines: block.lines().map(|line| line.iter().map(span).collect()).collect(),
    };
    blocks.iter().map(block).collect()
}

fn span(span: &Span) -> TextSpan {
    TextSpan {
        text: span.text.clone(),
        style: match span.style {
            Style::Plain => SpanStyle::Plain,
            Style::Emphasis => SpanStyle::Emphasis,
            Style::Code => SpanStyle::Code,
        },
    }
}

fn shot(shot: &catalogue::Screenshot) -> Shot {
    let image = |image: &catalogue::Image| ShotImage {
        url: image.url.clone(),
        width: image.width.saturating_mul(image.scale.max(1)),
        height: image.height.saturating_mul(image.scale.max(1)),
    };
    Shot {
        caption: shot.caption.clone(),
        images: shot.images.iter().map(image).collect(),
    }
}

pub(crate) fn release(release: &catalogue::Release) -> ReleaseNote {
    ReleaseNote {
        version: release.version.clone(),
        time: release.time.unwrap_or(0),
        urgency: match release.urgency {
            catalogue::Urgency::Unknown => Urgency::Unknown,
            catalogue::Urgency::Low => Urgency::Low,
            catalogue::Urgency::Medium => Urgency::Medium,
            catalogue::Urgency::High => Urgency::High,
            catalogue::Urgency::Critical => Urgency::Critical,
        },
        description: blocks(&release.description),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_becomes_paragraphs_and_lists() {
        let text = "It reads\nletters.\n\n- fast\n- small\n  and safe\n\nMade\u{7}here.";
        let blocks = paragraphs(text);
        let shown: Vec<(BlockKind, Vec<String>)> = blocks
            .iter()
            .map(|block| {
                let lines = block
                    .lines
                    .iter()
                    .map(|line| line.iter().map(|span| span.text.clone()).collect());
                (block.kind, lines.collect())
            })
            .collect();
        let line = |text: &str| text.to_owned();
        assert_eq!(
            shown,
            [
                (BlockKind::Paragraph, vec![line("It reads letters.")]),
                (BlockKind::Bullets, vec![line("fast"), line("small and safe")]),
                (BlockKind::Paragraph, vec![line("Made here.")]),
            ]
        );
        assert!(paragraphs(" \n\n ").is_empty());
    }

    #[test]
    fn the_homepage_comes_first_and_only_addresses_of_the_web_are_links() {
        let component = Component {
            urls: vec![catalogue::Link {
                kind: "help".into(),
                url: "https://example.org/help".into(),
            }],
            ..Component::default()
        };
        let links = |homepage: &str| {
            links(&component, homepage)
                .into_iter()
                .map(|link| link.kind)
                .collect::<Vec<_>>()
        };
        assert_eq!(links("https://example.org"), ["homepage", "help"]);
        assert_eq!(links("file:///etc/passwd"), ["help"]);
        assert_eq!(links("javascript:alert(1)"), ["help"]);
        assert_eq!(links(""), ["help"]);
    }
}

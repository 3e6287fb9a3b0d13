//! Reads real catalogues and says how long it took: `cargo run --release -p moult-catalogue --example measure -- FILE...`
//!
//! Each FILE is read cold, and then together from a cache. `--xml OUT FILE` writes a DEP-11 file as AppStream XML, with all
//! its languages, and ends.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use granit_parser::{Event, Parser};
use moult_catalogue::{Catalogue, Languages, Limits, Source, Sources};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [flag, out, file] if flag == "--xml" => convert(Path::new(file), Path::new(out)),
        files if !files.is_empty() => measure(files),
        _ => Err("give the files to read, or --xml OUT FILE".into()),
    }
}

fn measure(files: &[String]) -> Result<(), Box<dyn Error>> {
    let languages = Languages::new(std::env::var("LANG").ok());
    let limits = Limits::default();
    println!("before: {}", memory());
    for file in files {
        let sources = Sources::new().with(Source {
            path: file.into(),
            ..Source::default()
        });
        let (start, before) = (Instant::now(), processor());
        let (catalogue, _) = Catalogue::open(&sources, &languages, None, &limits)?;
        println!(
            "{file}: cold in {:.1?} ({:.1?} of it on a processor), {} components; {}",
            start.elapsed(),
            processor().saturating_sub(before),
            catalogue.len(),
            memory()
        );
        for file in &catalogue.report().files {
            println!(
                "  {} read, {} skipped, failure: {:?}",
                file.components, file.skipped, file.failure
            );
            for skipped in &file.reasons {
                println!("  {} at byte {}: {}", skipped.id, skipped.offset, skipped.reason);
            }
        }
    }
    let folder = std::env::temp_dir().join(format!("moult-catalogue-{}", std::process::id()));
    let cache = folder.join("cache");
    let mut sources = Sources::new();
    for file in files {
        sources = sources.with(Source {
            path: file.into(),
            ..Source::default()
        });
    }
    for _ in 0..3 {
        let start = Instant::now();
        let (catalogue, used) = Catalogue::open(&sources, &languages, Some(&cache), &limits)?;
        let opened = start.elapsed();
        let size = std::fs::metadata(&cache)?.len();
        let start = Instant::now();
        let words: usize = catalogue
            .search_entries()
            .map(|entry| entry.map(|entry| entry.words.len()))
            .sum::<Result<_, _>>()?;
        let searched = start.elapsed();
        println!(
            "cache {used:?} in {opened:.1?} ({size} bytes); {words} words for a search in {searched:.1?}; {}",
            memory()
        );
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// Time that this thread was running, as a busy machine cannot change it.
fn processor() -> std::time::Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|number| number.parse().ok());
    std::time::Duration::from_nanos(nanoseconds.unwrap_or(0))
}

/// What this process holds, and the most that it held.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let lines = status
        .lines()
        .filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A YAML value.
enum Node {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    fn text(&self) -> &str {
        if let Node::Text(text) = self { text } else { "" }
    }

    fn items(&self) -> &[Node] {
        if let Node::List(items) = self { items } else { &[] }
    }

    fn entries(&self) -> &[(String, Node)] {
        if let Node::Map(entries) = self { entries } else { &[] }
    }

    fn get(&self, key: &str) -> &Node {
        const NOTHING: &Node = &Node::List(Vec::new());
        self.entries()
            .iter()
            .find(|(name, _)| name == key)
            .map_or(NOTHING, |(_, value)| value)
    }
}

fn convert(file: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(File::open(file)?), &mut text)?;
    let mut xml = BufWriter::new(File::create(out)?);
    let mut open: Vec<(bool, Vec<Node>)> = Vec::new();
    let mut written = false;
    for event in Parser::new_from_str(&text) {
        let node = match event?.0 {
            Event::Scalar(value, ..) => Node::Text(value.into_owned()),
            Event::SequenceStart(..) => {
                open.push((false, Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push((true, Vec::new()));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some((false, items)) => Node::List(items),
                Some((true, items)) => {
                    let mut items = items.into_iter();
                    let mut entries = Vec::new();
                    while let (Some(key), Some(value)) = (items.next(), items.next()) {
                        entries.push((key.text().to_owned(), value));
                    }
                    Node::Map(entries)
                }
                None => return Err("an end without a beginning".into()),
            },
            _ => continue,
        };
        match open.last_mut() {
            Some((_, items)) => items.push(node),
            None if !written => {
                let (origin, base) = (node.get("Origin").text(), node.get("MediaBaseUrl").text());
                writeln!(xml, "<?xml version=\"1.0\" encoding=\"utf-8\"?>")?;
                writeln!(
                    xml,
                    "<components version=\"0.16\" origin=\"{origin}\" media_baseurl=\"{base}\">"
                )?;
                written = true;
            }
            None => component(&mut xml, &node)?,
        }
    }
    writeln!(xml, "</components>")?;
    xml.flush()?;
    Ok(())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn element(xml: &mut impl Write, indent: usize, name: &str, attributes: &str, text: &str) -> io::Result<()> {
    writeln!(xml, "{:indent$}<{name}{attributes}>{}</{name}>", "", escape(text))
}

/// ` xml:lang="…"`, nothing for the untranslated text.
fn language(language: &str) -> String {
    if language == "C" {
        String::new()
    } else {
        format!(" xml:lang=\"{}\"", escape(language))
    }
}

fn translated(xml: &mut impl Write, indent: usize, name: &str, node: &Node) -> io::Result<()> {
    node.entries()
        .iter()
        .try_for_each(|(tag, text)| element(xml, indent, name, &language(tag), text.text()))
}

fn described(xml: &mut impl Write, indent: usize, node: &Node) -> io::Result<()> {
    for (tag, text) in node.entries() {
        writeln!(
            xml,
            "{:indent$}<description{}>\n{}\n{:indent$}</description>",
            "",
            language(tag),
            text.text(),
            ""
        )?;
    }
    Ok(())
}

fn sized(node: &Node) -> String {
    let of = |name| match node.get(name).text() {
        "" => String::new(),
        value => format!(" {name}=\"{}\"", escape(value)),
    };
    format!("{}{}{}", of("width"), of("height"), of("scale"))
}

fn component(xml: &mut impl Write, node: &Node) -> io::Result<()> {
    writeln!(xml, "  <component type=\"{}\">", escape(node.get("Type").text()))?;
    for (key, value) in node.entries() {
        match key.as_str() {
            "ID" => element(xml, 4, "id", "", value.text())?,
            "Package" => element(xml, 4, "pkgname", "", value.text())?,
            "Name" => translated(xml, 4, "name", value)?,
            "Summary" => translated(xml, 4, "summary", value)?,
            "DeveloperName" => translated(xml, 4, "developer_name", value)?,
            "Description" => described(xml, 4, value)?,
            "ProjectLicense" => element(xml, 4, "project_license", "", value.text())?,
            "ProjectGroup" => element(xml, 4, "project_group", "", value.text())?,
            "Extends" => value
                .items()
                .iter()
                .try_for_each(|item| element(xml, 4, "extends", "", item.text()))?,
            "Categories" => {
                writeln!(xml, "    <categories>")?;
                value
                    .items()
                    .iter()
                    .try_for_each(|item| element(xml, 6, "category", "", item.text()))?;
                writeln!(xml, "    </categories>")?;
            }
            "Keywords" => {
                for (tag, words) in value.entries() {
                    writeln!(xml, "    <keywords{}>", language(tag))?;
                    words
                        .items()
                        .iter()
                        .try_for_each(|item| element(xml, 6, "keyword", "", item.text()))?;
                    writeln!(xml, "    </keywords>")?;
                }
            }
            "Url" => {
                for (kind, url) in value.entries() {
                    element(xml, 4, "url", &format!(" type=\"{}\"", escape(kind)), url.text())?;
                }
            }
            "Icon" => {
                for (kind, icons) in value.entries() {
                    let kind = format!(" type=\"{}\"", escape(kind));
                    if let Node::Text(name) = icons {
                        element(xml, 4, "icon", &kind, name)?;
                    }
                    for icon in icons.items() {
                        let name = format!("{}{}", icon.get("name").text(), icon.get("url").text());
                        element(xml, 4, "icon", &format!("{kind}{}", sized(icon)), &name)?;
                    }
                }
            }
            "Launchable" => {
                for (kind, items) in value.entries() {
                    for item in items.items() {
                        element(
                            xml,
                            4,
                            "launchable",
                            &format!(" type=\"{}\"", escape(kind)),
                            item.text(),
                        )?;
                    }
                }
            }
            "Provides" => {
                writeln!(xml, "    <provides>")?;
                for (kind, items) in value.entries() {
                    let kind = match kind.as_str() {
                        "mimetypes" | "mediatypes" => "mediatype",
                        "binaries" => "binary",
                        "libraries" => "library",
                        "fonts" => "font",
                        "modaliases" => "modalias",
                        "ids" => "id",
                        other => other,
                    };
                    for item in items.items() {
                        let keys = ["name", "service", "file"].iter().map(|key| item.get(key).text());
                        let text = keys.fold(item.text(), |text, other| if text.is_empty() { other } else { text });
                        element(xml, 6, kind, "", text)?;
                    }
                }
                writeln!(xml, "    </provides>")?;
            }
            "Screenshots" => {
                writeln!(xml, "    <screenshots>")?;
                for shot in value.items() {
                    let default = if shot.get("default").text() == "true" {
                        " type=\"default\""
                    } else {
                        ""
                    };
                    writeln!(xml, "      <screenshot{default}>")?;
                    translated(xml, 8, "caption", shot.get("caption"))?;
                    let source = shot.get("source-image");
                    element(
                        xml,
                        8,
                        "image",
                        &format!(" type=\"source\"{}", sized(source)),
                        source.get("url").text(),
                    )?;
                    for image in shot.get("thumbnails").items() {
                        let attributes = format!(" type=\"thumbnail\"{}", sized(image));
                        element(xml, 8, "image", &attributes, image.get("url").text())?;
                    }
                    writeln!(xml, "      </screenshot>")?;
                }
                writeln!(xml, "    </screenshots>")?;
            }
            "Releases" => {
                writeln!(xml, "    <releases>")?;
                for release in value.items() {
                    let mut attributes = String::new();
                    for (key, name) in [
                        ("version", "version"),
                        ("type", "type"),
                        ("unix-timestamp", "timestamp"),
                        ("urgency", "urgency"),
                    ] {
                        if !release.get(key).text().is_empty() {
                            attributes += &format!(" {name}=\"{}\"", escape(release.get(key).text()));
                        }
                    }
                    writeln!(xml, "      <release{attributes}>")?;
                    described(xml, 8, release.get("description"))?;
                    writeln!(xml, "      </release>")?;
                }
                writeln!(xml, "    </releases>")?;
            }
            "ContentRating" => {
                for (scheme, levels) in value.entries() {
                    writeln!(xml, "    <content_rating type=\"{}\">", escape(scheme))?;
                    for (id, level) in levels.entries() {
                        element(
                            xml,
                            6,
                            "content_attribute",
                            &format!(" id=\"{}\"", escape(id)),
                            level.text(),
                        )?;
                    }
                    writeln!(xml, "    </content_rating>")?;
                }
            }
            "Languages" => {
                writeln!(xml, "    <languages>")?;
                for item in value.items() {
                    let percentage = format!(" percentage=\"{}\"", escape(item.get("percentage").text()));
                    element(xml, 6, "lang", &percentage, item.get("locale").text())?;
                }
                writeln!(xml, "    </languages>")?;
            }
            _ => {}
        }
    }
    writeln!(xml, "  </component>")
}

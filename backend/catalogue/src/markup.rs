//! The walk over one piece of XML: bounded in depth, with no entities but the predefined ones.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::{resolve_xml_entity, unescape_with};
use quick_xml::events::{BytesStart, Event};

use crate::component::{Block, Style};
use crate::error::SkipReason;
use crate::languages::Languages;
use crate::limits;
use crate::text::{self, Spans};

/// One step of a walk.
#[derive(Debug)]
pub(crate) enum Step<'a> {
    /// An element begins. An empty one ends in the next step.
    Open(BytesStart<'a>),
    /// The element at hand ends.
    Close,
    /// Text in it.
    Text(Cow<'a, str>),
}

/// Walks over a well-formed piece. What opens an element must go on to its end.
pub(crate) struct Walker<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

impl<'a> Walker<'a> {
    pub(crate) fn new(piece: &'a str) -> Walker<'a> {
        let mut reader = Reader::from_str(piece);
        reader.config_mut().expand_empty_elements = true;
        Walker { reader, depth: 0 }
    }

    pub(crate) fn step(&mut self) -> Result<Step<'a>, SkipReason> {
        loop {
            let event = self
                .reader
                .read_event()
                .map_err(|error| SkipReason::Malformed(error.to_string()))?;
            return Ok(match event {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > limits::DEPTH {
                        return Err(SkipReason::TooDeep);
                    }
                    Step::Open(start)
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Step::Close
                }
                Event::Text(text) => Step::Text(text.into_inner()),
                Event::CData(text) => Step::Text(text.into_inner()),
                Event::GeneralRef(entity) => {
                    let character = entity.resolve_char_ref().map_err(|_| unknown(&entity))?;
                    match character {
                        Some(character) => Step::Text(Cow::Owned(character.to_string())),
                        None => Step::Text(Cow::Borrowed(
                            resolve_xml_entity(&entity).ok_or_else(|| unknown(&entity))?,
                        )),
                    }
                }
                Event::Eof => return Err(SkipReason::Unfinished),
                Event::DocType(_) => return Err(SkipReason::Malformed("a document type inside".to_owned())),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::Empty(_) => continue,
            });
        }
    }

    /// The next element in the one at hand, or its end.
    pub(crate) fn child(&mut self) -> Result<Option<BytesStart<'a>>, SkipReason> {
        loop {
            match self.step()? {
                Step::Open(start) => return Ok(Some(start)),
                Step::Close => return Ok(None),
                Step::Text(_) => {}
            }
        }
    }

    /// To the end of the element at hand.
    pub(crate) fn skip(&mut self) -> Result<(), SkipReason> {
        let mut inside = 1_usize;
        while inside > 0 {
            match self.step()? {
                Step::Open(_) => inside += 1,
                Step::Close => inside -= 1,
                Step::Text(_) => {}
            }
        }
        Ok(())
    }

    /// All text in the element at hand as it is, to its end. Of more than `limit` bytes nothing is kept.
    pub(crate) fn raw(&mut self, limit: usize) -> Result<Option<String>, SkipReason> {
        let mut all = String::new();
        let mut fits = true;
        let mut inside = 1_usize;
        while inside > 0 {
            match self.step()? {
                Step::Open(_) => inside += 1,
                Step::Close => inside -= 1,
                Step::Text(text) => {
                    fits &= all.len() + text.len() <= limit;
                    if fits {
                        all.push_str(&text);
                    }
                }
            }
        }
        Ok(fits.then_some(all))
    }

    /// One line of text.
    pub(crate) fn line(&mut self) -> Result<Option<String>, SkipReason> {
        // Indentation in the file may be long, what is left of it not.
        Ok(self
            .raw(4 * limits::TEXT)?
            .and_then(|raw| text::line(&raw, limits::TEXT)))
    }

    /// One word that is no path.
    pub(crate) fn word(&mut self) -> Result<Option<String>, SkipReason> {
        Ok(self.raw(4 * limits::ID)?.and_then(|raw| text::word(&raw)))
    }

    /// The blocks of a description, to the end of its element, with the paragraphs of one language.
    pub(crate) fn blocks(&mut self, languages: &Languages) -> Result<Vec<Block>, SkipReason> {
        let mut found: Vec<(u16, Block)> = Vec::new();
        let mut count = 0;
        while let Some(start) = self.child()? {
            let name = start.name();
            let rank = languages.rank(attribute(&start, "xml:lang")?.as_deref());
            let (Some(rank), true) = (rank, count < limits::BLOCKS) else {
                self.skip()?;
                continue;
            };
            match name.as_ref() {
                "p" => {
                    count += 1;
                    let spans = self.spans()?;
                    if let Some(items) = text::starred(&spans) {
                        found.push((rank, Block::Bullets(items)));
                    } else if !spans.is_empty() {
                        found.push((rank, Block::Paragraph(spans)));
                    }
                }
                kind @ ("ul" | "ol") => {
                    // The items of one list may be in many languages: one list for each.
                    let mut lists: Vec<(u16, Vec<_>)> = Vec::new();
                    while let Some(item) = self.child()? {
                        let own = attribute(&item, "xml:lang")?;
                        let rank = if own.is_some() {
                            languages.rank(own.as_deref())
                        } else {
                            Some(rank)
                        };
                        let (Some(rank), true, "li") = (rank, count < limits::BLOCKS, item.name().as_ref()) else {
                            self.skip()?;
                            continue;
                        };
                        count += 1;
                        let spans = self.spans()?;
                        if spans.is_empty() {
                            continue;
                        }
                        match lists.iter_mut().find(|(known, _)| *known == rank) {
                            Some((_, items)) => items.push(spans),
                            None => lists.push((rank, vec![spans])),
                        }
                    }
                    for (rank, items) in lists {
                        let list = if kind == "ol" {
                            Block::Numbers(items)
                        } else {
                            Block::Bullets(items)
                        };
                        found.push((rank, list));
                    }
                }
                _ => self.skip()?,
            }
        }
        let best = found.iter().map(|(rank, _)| *rank).min();
        Ok(found
            .into_iter()
            .filter(|(rank, _)| Some(*rank) == best)
            .map(|(_, block)| block)
            .collect())
    }

    /// One paragraph or item.
    fn spans(&mut self) -> Result<Vec<crate::component::Span>, SkipReason> {
        let mut spans = Spans::default();
        let mut styles = vec![Style::Plain];
        while let Some(style) = styles.last().copied() {
            match self.step()? {
                Step::Open(start) => styles.push(match start.name().as_ref() {
                    "em" => Style::Emphasis,
                    "code" => Style::Code,
                    _ => style,
                }),
                Step::Close => {
                    styles.pop();
                }
                Step::Text(text) => spans.push(&text, style),
            }
        }
        Ok(spans.take())
    }
}

/// A description in DEP-11 is a piece of XML in a string.
pub(crate) fn fragment(markup: &str, languages: &Languages) -> Result<Vec<Block>, SkipReason> {
    let whole = format!("<description>{markup}</description>");
    let mut walker = Walker::new(&whole);
    if walker.child()?.is_none() {
        return Ok(Vec::new());
    }
    walker.blocks(languages)
}

fn unknown(entity: &str) -> SkipReason {
    SkipReason::Entity(entity.chars().take(40).collect())
}

/// The value of an attribute, if the element has it.
pub(crate) fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, SkipReason> {
    if start.attributes_raw().trim().is_empty() {
        return Ok(None);
    }
    for attribute in start.attributes().with_checks(false).take(limits::ATTRIBUTES) {
        let attribute = attribute.map_err(|error| SkipReason::Malformed(error.to_string()))?;
        if attribute.key.as_ref() == name {
            if attribute.value.len() > limits::TEXT {
                return Ok(None);
            }
            let value = unescape_with(&attribute.value, resolve_xml_entity)
                .map_err(|error| SkipReason::Malformed(error.to_string()))?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// A whole number in an attribute; one that is none counts as absent.
pub(crate) fn number(start: &BytesStart<'_>, name: &str) -> Result<Option<u32>, SkipReason> {
    Ok(attribute(start, name)?.and_then(|value| value.trim().parse().ok()))
}

//! One YAML document as a small tree. Aliases are refused, so that no document is larger than its text.

use std::borrow::Cow;

use granit_parser::{Event, Parser};

use crate::error::SkipReason;
use crate::limits;

/// A value.
#[derive(Debug, PartialEq)]
pub(crate) enum Node<'a> {
    Scalar(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Map(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl<'a> Node<'a> {
    /// The one document in this text.
    pub(crate) fn read(text: &'a str) -> Result<Node<'a>, SkipReason> {
        let options = granit_parser::options! {
            emit_comments: false,
            flow_nesting_limit: limits::DEPTH,
            block_nesting_limit: limits::DEPTH,
        };
        let mut open: Vec<Open<'a>> = Vec::new();
        let mut root = None;
        let mut count = 0_usize;
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, _) = event.map_err(|error| SkipReason::Malformed(error.to_string()))?;
            let node = match event {
                Event::Scalar(value, ..) => Node::Scalar(value),
                Event::SequenceStart(..) => {
                    open.push(Open::List(Vec::new()));
                    if open.len() > limits::DEPTH {
                        return Err(SkipReason::TooDeep);
                    }
                    continue;
                }
                Event::MappingStart(..) => {
                    open.push(Open::Map(Vec::new(), None));
                    if open.len() > limits::DEPTH {
                        return Err(SkipReason::TooDeep);
                    }
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                    Some(Open::List(items)) => Node::List(items),
                    Some(Open::Map(entries, _)) => Node::Map(entries),
                    None => return Err(SkipReason::Malformed("an end without a beginning".to_owned())),
                },
                Event::Alias(_) | Event::UnresolvedAlias(_) => return Err(SkipReason::Alias),
                _ => continue,
            };
            count += 1;
            if count > limits::NODES {
                return Err(SkipReason::TooLarge);
            }
            match open.last_mut() {
                Some(Open::List(items)) => items.push(node),
                Some(Open::Map(entries, key)) => match (key.take(), node) {
                    (Some(Some(key)), node) => entries.push((key, node)),
                    // A key that is no text names nothing known: it goes with its value.
                    (Some(None), _) => {}
                    (None, Node::Scalar(text)) => *key = Some(Some(text)),
                    (None, _) => *key = Some(None),
                },
                None if root.is_some() => {
                    return Err(SkipReason::Malformed("more than one document".to_owned()));
                }
                None => root = Some(node),
            }
        }
        root.ok_or(SkipReason::Unfinished)
    }

    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Node::Scalar(text) => Some(text),
            Node::List(_) | Node::Map(_) => None,
        }
    }

    /// A whole number.
    pub(crate) fn number(&self) -> Option<u32> {
        self.text()?.trim().parse().ok()
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Node<'a>] {
        match self {
            Node::List(items) => items,
            Node::Scalar(_) | Node::Map(_) => &[],
        }
    }

    /// The entries of a map; none of anything else.
    pub(crate) fn entries(&self) -> &[(Cow<'a, str>, Node<'a>)] {
        match self {
            Node::Map(entries) => entries,
            Node::Scalar(_) | Node::List(_) => &[],
        }
    }

    /// The value of a key in a map; of a key that is there twice the first.
    pub(crate) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.entries()
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// The text of a key in a map.
    pub(crate) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// The number of a key in a map.
    pub(crate) fn number_of(&self, key: &str) -> Option<u32> {
        self.get(key)?.number()
    }
}

/// A list or a map on its way. A map has `Some(None)` as key when the value that follows is to be dropped.
enum Open<'a> {
    List(Vec<Node<'a>>),
    Map(Vec<(Cow<'a, str>, Node<'a>)>, Option<Option<Cow<'a, str>>>),
}

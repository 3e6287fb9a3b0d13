//! One file: its pieces, and what each of them gives.

use std::io::Read as Input;

use crate::draft::{Header, Read};
use crate::error::{Failure, FileReport, SkipReason, Skipped};
use crate::frame::{FrameKind, Frames};
use crate::languages::Languages;
use crate::limits::{Limits, REASONS};
use crate::sources::{Format, Opened, look, plain};
use crate::{xml, yaml};

/// What is read with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) languages: &'a Languages,
    pub(crate) limits: &'a Limits,
}

impl Reading<'_> {
    /// Reads an opened file; each component goes to `sink`.
    pub(crate) fn file(&self, opened: &mut Opened, source: u32, sink: &mut dyn FnMut(Read)) -> FileReport {
        let mut report = FileReport {
            path: opened.path.clone(),
            icons: opened.icons.clone(),
            origin: opened.stem(),
            ..FileReport::default()
        };
        let header = Header {
            origin: report.origin.clone(),
            priority: opened.priority,
            ..Header::default()
        };
        let outcome = match &mut opened.file {
            Err(failure) => Err(failure.clone()),
            Ok(file) => match plain(file) {
                Err(error) => Err(unreadable(&error)),
                Ok((input, format)) => self.pieces(input, format, header, source, &mut report, sink),
            },
        };
        report.failure = outcome.err();
        report
    }

    /// Reads bytes that were not found in a file.
    pub(crate) fn stream(&self, input: impl Input, sink: &mut dyn FnMut(Read)) -> FileReport {
        let mut report = FileReport::default();
        let outcome = match look(Box::new(input)) {
            Err(error) => Err(unreadable(&error)),
            Ok((input, format)) => self.pieces(input, format, Header::default(), 0, &mut report, sink),
        };
        report.failure = outcome.err();
        report
    }

    fn pieces(
        &self,
        input: Box<dyn Input + '_>,
        format: Format,
        mut header: Header,
        source: u32,
        report: &mut FileReport,
        sink: &mut dyn FnMut(Read),
    ) -> Result<(), Failure> {
        let mut frames = Frames::new(input, self.limits);
        let mut headed = false;
        loop {
            let frame = match format {
                Format::Xml => frames.next_xml()?,
                Format::Yaml => frames.next_yaml()?,
            };
            let Some(frame) = frame else { break };
            let bytes = frames.bytes(&frame);
            let read = match (&frame.kind, format) {
                (FrameKind::Root, _) => {
                    xml::header(bytes, &mut header);
                    report.origin.clone_from(&header.origin);
                    continue;
                }
                (FrameKind::Bad(reason), _) => Err(reason.clone()),
                (FrameKind::Component, Format::Xml) => xml::component(bytes, &header, source, self.languages),
                (FrameKind::Component, Format::Yaml) => match yaml::document(bytes, &header, source, self.languages) {
                    Ok(yaml::Document::Header(stated)) => {
                        headed = true;
                        header = stated;
                        report.origin.clone_from(&header.origin);
                        continue;
                    }
                    Ok(yaml::Document::Component(read)) => Ok(*read),
                    Err(reason) => Err(reason),
                },
            };
            match read {
                Ok(read) => {
                    report.components += 1;
                    sink(read);
                }
                Err(reason) => {
                    report.skipped += 1;
                    if report.reasons.len() < REASONS {
                        let id = match format {
                            Format::Xml => xml::id(bytes),
                            Format::Yaml => yaml::id(bytes),
                        };
                        report.reasons.push(Skipped {
                            id,
                            offset: frame.offset,
                            reason: short(reason),
                        });
                    }
                }
            }
        }
        if format == Format::Yaml && !headed && report.components == 0 {
            return Err(Failure::NotACatalogue);
        }
        Ok(())
    }
}

/// The words of a parser may quote what it read.
fn short(reason: SkipReason) -> SkipReason {
    let cut = |text: String| text.chars().filter(|each| !each.is_control()).take(200).collect();
    match reason {
        SkipReason::Malformed(what) => SkipReason::Malformed(cut(what)),
        SkipReason::WrongType(field) => SkipReason::WrongType(cut(field)),
        other => other,
    }
}

fn unreadable(error: &std::io::Error) -> Failure {
    crate::frame::failure(error)
}

//! What strangers may write: it costs the broken component, never the file, and never a panic.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod common;

use common::{between, catalogue, components, ids, whole, within};
use moult_catalogue::{Failure, Limits, SkipReason};
use proptest::prelude::*;

/// The reason for the one piece between two whole ones.
fn reason(broken: &[u8]) -> SkipReason {
    let (found, report) = components(&between(broken));
    assert_eq!(ids(&found), ["first", "last"], "{}", String::from_utf8_lossy(broken));
    assert_eq!((report.skipped, report.reasons.len()), (1, 1), "{report:?}");
    assert_eq!(report.failure, None);
    report.reasons[0].reason.clone()
}

#[test]
fn a_component_with_mismatched_tags_is_skipped_alone() {
    let found = reason(b"<component><id>bad</id><name>x</summary></component>");
    assert!(matches!(found, SkipReason::Malformed(_)), "{found:?}");
}

#[test]
fn a_component_without_an_end_is_skipped_alone() {
    assert_eq!(reason(b"<component><id>bad</id><name>x</name>"), SkipReason::Unfinished);
}

#[test]
fn a_component_with_a_comment_that_never_ends_is_skipped_alone() {
    let found = reason(b"<component><id>bad</id><!-- x </component>");
    assert_eq!(found, SkipReason::Unfinished);
}

#[test]
fn a_component_that_is_not_utf8_is_skipped_with_its_id() {
    assert_eq!(
        reason(b"<component><id>bad</id><name>\xff\xfe</name></component>"),
        SkipReason::NotUtf8
    );
    let (_, report) = components(&between(b"<component><id>bad</id><name>\xff</name></component>"));
    assert_eq!(report.reasons[0].id, "bad");
}

#[test]
fn a_component_that_is_nested_too_deeply_is_skipped() {
    let mut deep = b"<component><id>bad</id><name>x</name>".to_vec();
    deep.extend(b"<a>".repeat(10_000));
    deep.extend(b"</a>".repeat(10_000));
    deep.extend(b"</component>");
    assert_eq!(reason(&deep), SkipReason::TooDeep);
}

#[test]
fn a_component_without_an_id_or_a_name_is_skipped() {
    assert_eq!(reason(b"<component><name>x</name></component>"), SkipReason::Id);
    assert_eq!(
        reason(b"<component><id>../../etc</id><name>x</name></component>"),
        SkipReason::Id
    );
    assert_eq!(reason(b"<component><id>bad</id></component>"), SkipReason::Name);
    assert_eq!(reason(b"<component/>"), SkipReason::Id);
}

#[test]
fn entities_that_a_document_declares_are_unknown() {
    let mut text =
        b"<!DOCTYPE x [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
            .to_vec();
    for entity in ["b", "f", "nbsp"] {
        text.extend(between(
            format!("<component><id>bad</id><name>&{entity};</name></component>").as_bytes(),
        ));
    }
    let (found, report) = components(&text);
    assert_eq!(ids(&found), ["first", "last", "first", "last", "first", "last"]);
    let reasons: Vec<_> = report.reasons.into_iter().map(|skipped| skipped.reason).collect();
    let unknown = |name: &str| SkipReason::Entity(name.to_owned());
    assert_eq!(reasons, [unknown("b"), unknown("f"), unknown("nbsp")]);
}

#[test]
fn a_document_type_without_declarations_is_passed_over() {
    let text = format!("<!DOCTYPE components SYSTEM \"x.dtd\">{}", catalogue(&whole("a", "")));
    assert_eq!(ids(&components(text.as_bytes()).0), ["a"]);
}

#[test]
fn predefined_and_numeric_entities_are_characters() {
    let text = catalogue("<component><id>a</id><name>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;</name></component>");
    assert_eq!(components(text.as_bytes()).0[0].name, "<&>\"'AB");
    assert!(matches!(
        reason(b"<component><id>bad</id><name>&#xD800;</name></component>"),
        SkipReason::Entity(_)
    ));
}

#[test]
fn a_huge_attribute_costs_its_component_only_when_the_component_is_too_large() {
    let limits = {
        let mut limits = Limits::default();
        limits.component = 100_000;
        limits
    };
    let huge = |size: usize| {
        between(
            format!(
                "<component type=\"{}\"><id>huge</id><name>x</name></component>",
                "y".repeat(size)
            )
            .as_bytes(),
        )
    };
    assert_eq!(ids(&within(&huge(90_000), &limits).0), ["first", "huge", "last"]);
    let (found, report) = within(&huge(1_000_000), &limits);
    assert_eq!(ids(&found), ["first", "last"]);
    assert_eq!(report.reasons[0].reason, SkipReason::TooLarge);
}

#[test]
fn a_file_of_components_without_an_end_is_given_up() {
    let (found, report) = components(
        b"<components>"
            .iter()
            .copied()
            .chain(b"<component a=\"".repeat(100_000))
            .collect::<Vec<_>>()
            .as_slice(),
    );
    assert!(found.is_empty());
    assert_eq!(report.failure, Some(Failure::TooDamaged));
}

#[test]
fn reasons_are_bounded_and_the_count_is_not() {
    let text = catalogue(&"<component><name>x</name></component>".repeat(500));
    let (_, report) = components(text.as_bytes());
    assert_eq!(report.skipped, 500);
    assert!(report.reasons.len() < 100);
}

#[test]
fn every_truncation_keeps_the_components_before_it() {
    let text =
        catalogue(&(whole("one", "<summary>s</summary>") + &whole("two", "<keywords><keyword>k</keyword></keywords>")));
    let ends: Vec<usize> = text
        .match_indices("</component>")
        .map(|(at, tag)| at + tag.len())
        .collect();
    let end = text.find("</components>").unwrap() + "</components>".len();
    for length in 0..text.len() {
        let (found, report) = components(&text.as_bytes()[..length]);
        assert_eq!(
            found.len(),
            ends.iter().filter(|end| **end <= length).count(),
            "{length}"
        );
        assert_eq!(report.failure.is_none(), length >= end, "{length}: {report:?}");
    }
}

#[test]
fn what_is_no_catalogue_is_said_to_be_none() {
    let inputs = [
        b"".as_slice(),
        b"\xef\xbb\xbf",
        b"<html></html>",
        b"hello",
        b"<",
        b"\xff\xfe<\0c\0",
        b"- a\n- b\n",
    ];
    for input in inputs {
        let (found, report) = components(input);
        assert!(found.is_empty());
        assert_eq!(report.failure, Some(Failure::NotACatalogue), "{input:?}");
    }
}

#[test]
fn a_byte_order_mark_and_other_line_ends_change_nothing() {
    let xml = catalogue(&whole("one", "<summary>a\nb</summary>"));
    let yaml =
        "---\nFile: DEP-11\nOrigin: o\n---\nID: one\nName:\n  C: x\nSummary:\n  C: y\n---\nID: two\nName:\n  C: x\n";
    for text in [xml.as_str(), yaml] {
        let expected = components(text.as_bytes()).0;
        let changed = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        let (found, report) = components(changed.as_bytes());
        assert_eq!(report.failure, None);
        assert_eq!(found, expected);
        assert!(!found.is_empty());
    }
}

fn yaml(document: &str) -> String {
    let whole = |id: &str| format!("---\nID: {id}\nPackage: p\nName:\n  C: Name\n");
    format!(
        "---\nFile: DEP-11\nVersion: '0.16'\nOrigin: o\n{}---\n{document}\n{}",
        whole("first"),
        whole("last")
    )
}

fn yaml_reason(document: &str) -> SkipReason {
    let (found, report) = components(yaml(document).as_bytes());
    assert_eq!(ids(&found), ["first", "last"], "{document}");
    assert_eq!((report.skipped, report.failure), (1, None));
    report.reasons[0].reason.clone()
}

#[test]
fn a_yaml_alias_bomb_is_refused_at_its_first_alias() {
    let mut bomb = "ID: bomb\nName:\n  C: x\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..40 {
        let before = format!("*a{}, ", level - 1).repeat(9);
        bomb += &format!("a{level}: &a{level} [{before}]\n");
    }
    assert_eq!(yaml_reason(&bomb), SkipReason::Alias);
}

#[test]
fn yaml_that_is_malformed_or_of_the_wrong_type_is_skipped_alone() {
    assert!(matches!(
        yaml_reason("ID: bad\nName: [unclosed"),
        SkipReason::Malformed(_)
    ));
    assert!(matches!(yaml_reason("ID: \"bad"), SkipReason::Malformed(_)));
    assert_eq!(yaml_reason("- a\n- b"), SkipReason::WrongType("document".to_owned()));
    assert_eq!(
        yaml_reason("ID: [a]\nName:\n  C: x"),
        SkipReason::WrongType("ID".to_owned())
    );
    assert_eq!(yaml_reason("ID: a\nName: x"), SkipReason::WrongType("Name".to_owned()));
    assert_eq!(yaml_reason("ID: a\nSummary:\n  C: x"), SkipReason::Name);
}

#[test]
fn yaml_nested_too_deeply_is_skipped() {
    let deep = format!("ID: bad\nName:\n  C: x\ndeep: {}{}", "[".repeat(200), "]".repeat(200));
    let found = yaml_reason(&deep);
    assert!(
        matches!(found, SkipReason::TooDeep | SkipReason::Malformed(_)),
        "{found:?}"
    );
}

#[test]
fn fields_of_the_wrong_type_that_are_not_needed_are_as_if_they_were_not_there() {
    let odd = "ID: odd\nName:\n  C: x\nSummary: 5\nKeywords: {C: 5}\nIcon: [a]\nScreenshots: {a: b}\nReleases: 7\nUrl: x\n\
               Provides: [1]\nCategories: {a: b}\nContentRating: 3\nLanguages: x\nLaunchable: 1\nBundles: {}\nBranding: 1\n";
    let (found, report) = components(yaml(odd).as_bytes());
    assert_eq!(ids(&found), ["first", "odd", "last"], "{report:?}");
}

#[test]
fn a_yaml_document_that_is_too_large_is_skipped_alone() {
    let mut limits = Limits::default();
    limits.component = 100_000;
    let text = yaml(&format!("ID: big\nName:\n  C: {}", "x".repeat(1_000_000)));
    let (found, report) = within(text.as_bytes(), &limits);
    assert_eq!(ids(&found), ["first", "last"]);
    assert_eq!(report.reasons[0].reason, SkipReason::TooLarge);
}

#[test]
fn a_file_with_more_bytes_than_the_limit_is_left_where_the_limit_is() {
    let mut limits = Limits::default();
    limits.plain = 300_000;
    let text = catalogue(&whole("a", &"<x/>".repeat(1000)).repeat(1000));
    let (found, report) = within(text.as_bytes(), &limits);
    assert!((10..200).contains(&found.len()), "{}", found.len());
    assert_eq!(report.failure, Some(Failure::TooLarge(300_000)));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        components(&bytes);
    }

    #[test]
    fn no_pieces_of_xml_make_the_reader_panic(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "<components>", "<component>", "<component/>", "</component>", "</components>", "<id>", "</id>", "<!--", "-->",
        "<![CDATA[", "]]>", "x", "&amp;", "&#1;", "<p>", "</p>", "<description>", "</description>", "<name xml:lang=\"de\">",
        "<name>", "</name>", "\"", "'", ">", "<", "<?", "?>", "<!DOCTYPE", "[", "]>", "\0", "é",
    ]), 0..60)) {
        components(pieces.concat().as_bytes());
    }

    #[test]
    fn no_pieces_of_yaml_make_the_reader_panic(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "\n---\n", "ID: a", "\n", "Name:", "  C: x", "- ", "[", "]", "{", "}", "&a ", "*a", "!!t ", "|", ">-", "\"", "'",
        "Icon:", "  cached:", "  - name: x", "File: DEP-11", "? ", ": ", "#", "\t", "...", "%YAML 1.1", "é",
    ]), 0..60)) {
        components(pieces.concat().as_bytes());
    }
}

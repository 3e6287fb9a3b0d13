//! Catalogues as the specification has them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod common;

use common::components;
use moult_catalogue::{
    Block, Color, Component, ContentRating, Developer, Icon, Image, Kind, Language, Link, Release, Screenshot, Span,
    Style, Typed, Urgency,
};

const XML: &str = r##"<?xml version="1.0" encoding="utf-8"?>
<components version="1.0" origin="test-main" media_baseurl="https://media.example/pool" priority="5">
  <!-- <component><id>in a comment</id></component> -->
  <component type="desktop-application">
    <id>org.example.App</id>
    <pkgname>app</pkgname>
    <name>App</name>
    <name xml:lang="fr">Appli</name>
    <name xml:lang="de">Anwendung</name>
    <summary>An app</summary>
    <description>
      <p>Some <em>very</em>
        good <code>app</code>.</p>
      <ul><li>one</li><li>two</li></ul>
      <ol><li>first</li></ol>
    </description>
    <description xml:lang="fr"><p>Bonne</p></description>
    <project_license>MPL-2.0</project_license>
    <metadata_license>CC0-1.0</metadata_license>
    <project_group>GNOME</project_group>
    <developer id="example.org"><name>Example</name></developer>
    <url type="homepage">https://example.org</url>
    <url type="bugtracker">javascript:alert(1)</url>
    <launchable type="desktop-id">org.example.App.desktop</launchable>
    <bundle type="flatpak">app/org.example.App/x86_64/stable</bundle>
    <icon type="cached" width="64" height="64" scale="2">app.png</icon>
    <icon type="cached" width="64" height="64">../../app.png</icon>
    <icon type="stock">app</icon>
    <icon type="remote" width="128" height="128">app/128.png</icon>
    <categories><category>Graphics</category><category>Graphics</category></categories>
    <keywords><keyword>paint</keyword></keywords>
    <keywords xml:lang="de"><keyword>malen</keyword></keywords>
    <keywords xml:lang="fr"><keyword>peindre</keyword></keywords>
    <provides><mediatype>image/png</mediatype><binary>app</binary></provides>
    <screenshots>
      <screenshot><image type="source" width="10" height="10">https://s.example/2.png</image></screenshot>
      <screenshot type="default">
        <caption>Main</caption><caption xml:lang="de">Haupt</caption>
        <image type="thumbnail" width="100" height="50">1-s.png</image>
        <image type="source" width="800" height="400">1.png</image>
      </screenshot>
    </screenshots>
    <releases>
      <release version="1.0" timestamp="1000000"/>
      <release version="1.1~rc" type="development" date="2024-05-01" urgency="critical">
        <description><p>Fixed</p></description><url>https://example.org/1.1</url>
      </release>
    </releases>
    <content_rating type="oars-1.1"><content_attribute id="violence-cartoon">mild</content_attribute></content_rating>
    <languages><lang percentage="80">de</lang></languages>
    <branding><color type="primary" scheme_preference="dark">#0a0B0c</color></branding>
    <compulsory_for_desktop>GNOME</compulsory_for_desktop>
    <replaces><id>org.example.Old</id></replaces>
    <extends>org.example.Suite</extends>
    <unknown><id>not this one</id></unknown>
  </component>
</components>
"##;

const YAML: &str = r##"---
File: DEP-11
Version: '1.0'
Origin: test-main
MediaBaseUrl: https://media.example/pool
Priority: 5
---
Type: desktop-application
ID: org.example.App
Package: app
Name:
  fr: Appli
  de: Anwendung
  C: App
Summary:
  C: An app
Description:
  fr: <p>Bonne</p>
  C: >-
    <p>Some <em>very</em>
    good <code>app</code>.</p>

    <ul><li>one</li><li>two</li></ul>

    <ol><li>first</li></ol>
ProjectLicense: MPL-2.0
MetadataLicense: CC0-1.0
ProjectGroup: GNOME
Developer:
  id: example.org
  name:
    C: Example
Url:
  homepage: https://example.org
  bugtracker: javascript:alert(1)
Launchable:
  desktop-id:
  - org.example.App.desktop
Bundles:
- type: flatpak
  id: app/org.example.App/x86_64/stable
Icon:
  cached:
  - {name: app.png, width: 64, height: 64, scale: 2}
  - {name: ../../app.png, width: 64, height: 64}
  stock: app
  remote:
  - {url: app/128.png, width: 128, height: 128}
Categories:
- Graphics
- Graphics
Keywords:
  C: [paint]
  de: [malen]
  fr: [peindre]
Provides:
  mediatypes: [image/png]
  binaries: [app]
Screenshots:
- source-image: {url: https://s.example/2.png, width: 10, height: 10}
- default: true
  caption:
    C: Main
    de: Haupt
  thumbnails:
  - {url: 1-s.png, width: 100, height: 50}
  source-image: {url: 1.png, width: 800, height: 400}
Releases:
- version: '1.0'
  unix-timestamp: 1000000
- version: 1.1~rc
  type: development
  date: 2024-05-01
  urgency: critical
  description:
    C: <p>Fixed</p>
  url:
    details: https://example.org/1.1
ContentRating:
  oars-1.1:
    violence-cartoon: mild
Languages:
- {locale: de, percentage: 80}
Branding:
  colors:
  - {type: primary, scheme-preference: dark, value: '#0a0B0c'}
CompulsoryForDesktops: [GNOME]
Replaces:
- id: org.example.Old
Extends: [org.example.Suite]
Unknown: {ID: not this one}
"##;

fn span(text: &str, style: Style) -> Span {
    Span {
        text: text.to_owned(),
        style,
    }
}

fn plain(text: &str) -> Vec<Span> {
    vec![span(text, Style::Plain)]
}

fn typed(kind: &str, value: &str) -> Typed {
    Typed {
        kind: kind.to_owned(),
        value: value.to_owned(),
    }
}

fn image(url: &str, width: u32, height: u32, thumbnail: bool) -> Image {
    Image {
        url: url.to_owned(),
        width,
        height,
        scale: 1,
        thumbnail,
    }
}

fn expected() -> Component {
    Component {
        id: "org.example.App".into(),
        kind: Kind::DesktopApp,
        packages: vec!["app".into()],
        priority: 5,
        origin: "test-main".into(),
        source: 0,
        name: "Anwendung".into(),
        original_name: "App".into(),
        summary: "An app".into(),
        description: vec![
            Block::Paragraph(vec![
                span("Some ", Style::Plain),
                span("very ", Style::Emphasis),
                span("good ", Style::Plain),
                span("app", Style::Code),
                span(".", Style::Plain),
            ]),
            Block::Bullets(vec![plain("one"), plain("two")]),
            Block::Numbers(vec![plain("first")]),
        ],
        categories: vec!["Graphics".into()],
        keywords: vec!["paint".into(), "malen".into()],
        icons: vec![
            Icon::Cached {
                name: "app.png".into(),
                width: 64,
                height: 64,
                scale: 2,
                source: 0,
            },
            Icon::Stock("app".into()),
            Icon::Remote {
                url: "https://media.example/pool/app/128.png".into(),
                width: 128,
                height: 128,
                scale: 1,
            },
        ],
        screenshots: vec![
            Screenshot {
                default: true,
                caption: "Haupt".into(),
                images: vec![
                    image("https://media.example/pool/1.png", 800, 400, false),
                    image("https://media.example/pool/1-s.png", 100, 50, true),
                ],
            },
            Screenshot {
                default: false,
                caption: String::new(),
                images: vec![image("https://s.example/2.png", 10, 10, false)],
            },
        ],
        releases: vec![
            Release {
                version: "1.1~rc".into(),
                time: Some(1_714_521_600),
                development: true,
                urgency: Urgency::Critical,
                description: vec![Block::Paragraph(plain("Fixed"))],
                url: "https://example.org/1.1".into(),
            },
            Release {
                version: "1.0".into(),
                time: Some(1_000_000),
                ..Release::default()
            },
        ],
        project_license: "MPL-2.0".into(),
        metadata_license: "CC0-1.0".into(),
        project_group: "GNOME".into(),
        developer: Developer {
            id: "example.org".into(),
            name: "Example".into(),
        },
        urls: vec![Link {
            kind: "homepage".into(),
            url: "https://example.org".into(),
        }],
        launchables: vec![typed("desktop-id", "org.example.App.desktop")],
        provides: vec![typed("mediatype", "image/png"), typed("binary", "app")],
        bundles: vec![typed("flatpak", "app/org.example.App/x86_64/stable")],
        content_rating: Some(ContentRating {
            scheme: "oars-1.1".into(),
            attributes: vec![typed("violence-cartoon", "mild")],
        }),
        extends: vec!["org.example.Suite".into()],
        replaces: vec!["org.example.Old".into()],
        compulsory_for: vec!["GNOME".into()],
        languages: vec![Language {
            locale: "de".into(),
            percentage: Some(80),
        }],
        colors: vec![Color {
            dark: Some(true),
            rgb: 0x000a_0b0c,
        }],
    }
}

#[test]
fn each_field_of_the_xml_form_is_read() {
    let (found, report) = components(XML.as_bytes());
    assert_eq!(found, [expected()]);
    assert_eq!(
        (report.origin.as_str(), report.skipped, report.failure),
        ("test-main", 0, None)
    );
}

#[test]
fn the_yaml_form_gives_the_same() {
    let (found, report) = components(YAML.as_bytes());
    assert_eq!(found, [expected()]);
    assert_eq!(
        (report.origin.as_str(), report.skipped, report.failure),
        ("test-main", 0, None)
    );
}

#[test]
fn a_metainfo_file_has_its_languages_paragraph_by_paragraph() {
    let text = r#"<component><id>a</id><name>a</name><description>
        <p>one</p><p xml:lang="de">eins</p><p xml:lang="fr">un</p>
        <ul><li>two</li><li xml:lang="de">zwei</li></ul></description></component>"#;
    let (found, report) = components(text.as_bytes());
    assert_eq!(report.failure, None);
    assert_eq!(
        found[0].description,
        [Block::Paragraph(plain("eins")), Block::Bullets(vec![plain("zwei")])]
    );
}

#[test]
fn markup_in_character_data_is_text() {
    let text = "<component><id>a</id><name><![CDATA[<b></component>]]></name></component>";
    assert_eq!(components(text.as_bytes()).0[0].name, "<b></component>");
}

#[test]
fn a_larger_than_sign_in_quotes_does_not_end_a_tag() {
    let text = "<component type='>' merge=\"/>\"><id>a</id><name>b</name></component>";
    let (found, report) = components(text.as_bytes());
    assert_eq!((found.len(), report.failure), (1, None));
}

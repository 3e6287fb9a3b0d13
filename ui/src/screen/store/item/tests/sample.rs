//! An app as a catalogue describes it, and plans for it.

use moult_api::{
    BlockKind, ChangePlan, Dependent, FileRow, ItemDetails, Offered, PackageChange, PlannedPackage, ReleaseNote, Shot,
    ShotImage, SpanStyle, TextBlock, TextSpan, Trust, Urgency, WebLink, WhyLink, WhyReport,
};

use crate::samples::{SHOT, item};

pub(super) fn plain(text: &str) -> Vec<TextSpan> {
    vec![TextSpan {
        text: text.to_owned(),
        style: SpanStyle::Plain,
    }]
}

pub(super) fn block(kind: BlockKind, lines: &[&str]) -> TextBlock {
    TextBlock {
        kind,
        lines: lines.iter().map(|line| plain(line)).collect(),
    }
}

pub(super) fn details() -> ItemDetails {
    let image = |url: &str, width| ShotImage {
        url: url.to_owned(),
        width,
        height: width * 9 / 16,
    };
    let mut rich = block(BlockKind::Paragraph, &["Krita is a painting program for "]);
    rich.lines[0].extend([
        TextSpan {
            text: "everybody".into(),
            style: SpanStyle::Emphasis,
        },
        TextSpan {
            text: ", started with ".into(),
            style: SpanStyle::Plain,
        },
        TextSpan {
            text: "krita".into(),
            style: SpanStyle::Code,
        },
        TextSpan {
            text: ". It offers many of the tools that one expects of a program for painting, and more brushes than a shop.".into(),
            style: SpanStyle::Plain,
        },
    ]);

    ItemDetails {
        item: item(
            "org.kde.krita",
            "Krita",
            "Digital painting for comics, textures and concept art",
        ),
        description: vec![
            rich,
            block(
                BlockKind::Bullets,
                &[
                    "Brushes with stabilisers",
                    "Layers and masks",
                    "Animation, frame by frame, with sound",
                ],
            ),
            block(BlockKind::Numbers, &["Draw", "Paint", "Print"]),
        ],
        screenshots: (0..3)
            .map(|at| Shot {
                caption: "Painting a dragon with the ink brush".into(),
                images: if at == 0 {
                    vec![
                        image("https://example.org/krita-1248.png", 1248),
                        image(SHOT, 752),
                        image("https://example.org/krita-224.png", 224),
                    ]
                } else {
                    vec![image(&format!("https://example.org/{at}.png"), 0)]
                },
            })
            .collect(),
        releases: vec![
            ReleaseNote {
                version: "5.2.6".into(),
                time: 1_790_000_000,
                urgency: Urgency::Critical,
                description: vec![block(
                    BlockKind::Paragraph,
                    &["Mends a crash when a file is opened that somebody made on purpose."],
                )],
            },
            ReleaseNote {
                version: "5.2.5".into(),
                time: 0,
                urgency: Urgency::Unknown,
                description: vec![],
            },
        ],
        license: "GPL-3.0-or-later AND LGPL-2.0-or-later".into(),
        developer: "KDE".into(),
        links: vec![
            WebLink {
                kind: "homepage".into(),
                url: "https://krita.org/".into(),
            },
            WebLink {
                kind: "bugtracker".into(),
                url: "https://bugs.kde.org/enter_bug.cgi?format=guided&product=krita&version=5.2.6".into(),
            },
        ],
        categories: vec!["Graphics".into()],
        addons: vec!["org.kde.gmic".into()],
        desktop_id: "org.kde.krita.desktop".into(),
        trust: Trust::Signed,
        download_bytes: 41_000_000,
        installed_bytes: 0,
    }
}

pub(super) fn offered(version: &str) -> Offered {
    Offered {
        repository: "main".into(),
        version: version.into(),
        source_release: 1,
        build_release: 1,
        size: 1,
    }
}

pub(super) fn planned(name: &str, change: PackageChange) -> PlannedPackage {
    PlannedPackage {
        name: name.into(),
        change,
        old: if change == PackageChange::Install {
            vec![]
        } else {
            vec![offered("5.2.5")]
        },
        new: if change == PackageChange::Remove {
            vec![]
        } else {
            vec![offered("5.2.6")]
        },
        explicit: name == "krita",
    }
}

pub(super) fn plan(packages: Vec<PlannedPackage>) -> Box<ChangePlan> {
    Box::new(ChangePlan {
        digest: "sealed".into(),
        from: 3,
        summary: String::new(),
        packages,
        orphans: vec![],
        kept_back: vec![],
        unsigned: vec![],
        outgrown: vec![],
        download_bytes: 38_000_000,
        disk_bytes: 121_000_000,
        files_added: 100,
        files_changed: 0,
        files_removed: 0,
    })
}

pub(super) fn install_plan() -> Box<ChangePlan> {
    plan(vec![
        planned("krita", PackageChange::Install),
        planned("libkrita", PackageChange::Install),
        planned("quazip", PackageChange::Install),
        planned("qt6", PackageChange::Upgrade),
    ])
}

pub(super) fn why() -> WhyReport {
    let link = |package: &str| WhyLink {
        package: package.into(),
        needs: "x".into(),
    };
    let dependent = |package: &str| Dependent {
        package: package.into(),
        needs: vec![],
        replaceable: false,
    };

    WhyReport {
        package: "krita".into(),
        explicit: false,
        held: false,
        chains: vec![vec![link("kde-graphics"), link("kimageformats")]],
        needed_by: vec![dependent("kimageformats"), dependent("krita-gmic")],
    }
}

pub(super) fn files() -> Vec<FileRow> {
    let file = |path: String, mode| FileRow {
        kind: "regular".into(),
        path,
        mode,
        uid: 0,
        gid: 0,
        size: 21_400_000,
        target: String::new(),
    };

    [("bin/krita", 0o755), ("bin/krita-helper", 0o4755)]
        .into_iter()
        .map(|(path, mode)| file(path.into(), mode))
        .chain((0..38).map(|at| file(format!("share/krita/brushes/{at:03}.kpp"), 0o644)))
        .collect()
}

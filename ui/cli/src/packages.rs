//! Looking at packages: `search`, `list`, `info`, `files`, `why`.

use moult_api::{FileRow, FoundRow, PAGE, PackageDetails, PackageRow, PackagesProxy, WhyReport};
use moult_i18n::{Language, bytes, fl};

use crate::backend::{Backend, Role};
use crate::error::Error;
use crate::print::{json, mode, release, table, titled, visible};
use crate::session::Session;

pub(crate) async fn search(session: &Session, term: &str, limit: u32) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Reader).await?;
    let rows = backend.packages().await?.search(term, limit).await?;

    Ok(if session.json {
        json(&rows)
    } else if rows.is_empty() {
        fl!(session.language, "ctl-search-none") + "\n"
    } else {
        found(session.language, &rows)
    })
}

pub(crate) async fn list(session: &Session) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Reader).await?;
    let rows = backend.packages().await?.installed().await?;

    Ok(if session.json {
        json(&rows)
    } else if rows.is_empty() {
        fl!(session.language, "ctl-list-none") + "\n"
    } else {
        list_of(session.language, &rows)
    })
}

pub(crate) async fn info(session: &Session, name: &str) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Reader).await?;
    let details = backend.packages().await?.info(name).await?;

    Ok(if session.json {
        json(&details)
    } else {
        describe(session.language, &details)
    })
}

pub(crate) async fn files(session: &Session, name: &str) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Reader).await?;
    let packages = backend.packages().await?;
    let rows = all_files(&packages, name).await?;

    Ok(if session.json {
        json(&rows)
    } else {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                let path = format!("/usr/{}", visible(&row.path));
                vec![
                    mode(&row.kind, row.mode),
                    format!("{}:{}", row.uid, row.gid),
                    if row.kind == "regular" {
                        bytes(session.language, row.size)
                    } else {
                        String::new()
                    },
                    if row.kind == "symlink" {
                        format!("{path} -> {}", visible(&row.target))
                    } else {
                        path
                    },
                ]
            })
            .collect();
        table(&rows)
    })
}

async fn all_files(packages: &PackagesProxy<'_>, name: &str) -> Result<Vec<FileRow>, Error> {
    let mut rows = Vec::new();
    loop {
        let page = packages
            .files(name, u32::try_from(rows.len()).unwrap_or(u32::MAX))
            .await?;
        let last = page.len() < PAGE as usize;
        rows.extend(page);
        if last {
            return Ok(rows);
        }
    }
}

pub(crate) async fn why(session: &Session, name: &str) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Reader).await?;
    let report = backend.packages().await?.why(name).await?;

    Ok(if session.json {
        json(&report)
    } else {
        reasons(session.language, &report)
    })
}

/// What is installed, one package a line.
pub(crate) fn list_of(language: Language, rows: &[PackageRow]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let mut words = Vec::new();
            if row.explicit {
                words.push(fl!(language, "ctl-explicit"));
            }
            if row.held {
                words.push(fl!(language, "ctl-held"));
            }
            vec![
                visible(&row.name),
                release(&row.version, row.source_release, row.build_release),
                words.join(", "),
                visible(&row.summary),
            ]
        })
        .collect();

    table(&rows)
}

fn found(language: Language, rows: &[FoundRow]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let standing = match (row.installed, row.newer) {
                (true, true) => fl!(language, "ctl-installed-older"),
                (true, false) => fl!(language, "ctl-installed"),
                (false, _) => String::new(),
            };
            vec![
                visible(&row.name),
                release(&row.version, row.source_release, row.build_release),
                standing,
                visible(&row.summary),
            ]
        })
        .collect();

    table(&rows)
}

fn describe(language: Language, details: &PackageDetails) -> String {
    let package = &details.package;
    let state = if package.installed {
        let mut words = vec![fl!(language, "ctl-installed")];
        if package.explicit {
            words.push(fl!(language, "ctl-explicit"));
        }
        if package.held {
            words.push(fl!(language, "ctl-held"));
        }
        words.join(", ")
    } else {
        fl!(language, "ctl-not-installed")
    };
    let repository = if package.repository.is_empty() {
        fl!(language, "ctl-local-file")
    } else {
        visible(&package.repository)
    };
    let mut rows = vec![
        vec![fl!(language, "ctl-info-name"), visible(&package.name)],
        vec![
            fl!(language, "ctl-info-version"),
            release(&package.version, package.source_release, package.build_release),
        ],
        vec![fl!(language, "ctl-info-summary"), visible(&package.summary)],
        vec![fl!(language, "ctl-info-state"), state],
        vec![fl!(language, "ctl-info-repository"), repository],
        vec![fl!(language, "ctl-info-size"), bytes(language, package.size)],
    ];
    let mut more = |title: String, values: &[String]| {
        for (at, value) in values.iter().filter(|value| !value.is_empty()).enumerate() {
            rows.push(vec![
                if at == 0 { title.clone() } else { String::new() },
                visible(value),
            ]);
        }
    };
    more(fl!(language, "ctl-info-licenses"), &details.licenses);
    more(
        fl!(language, "ctl-info-homepage"),
        std::slice::from_ref(&details.homepage),
    );
    more(fl!(language, "ctl-info-source"), std::slice::from_ref(&details.source));
    more(fl!(language, "ctl-info-needs"), &details.needs);
    more(fl!(language, "ctl-info-provides"), &details.provides);
    more(fl!(language, "ctl-info-conflicts"), &details.conflicts);
    more(fl!(language, "ctl-info-checksum"), std::slice::from_ref(&details.hash));
    let mut sections = vec![table(&rows)];

    if !details.description.is_empty() {
        let text: String = details
            .description
            .lines()
            .map(|line| visible(line).trim_end().to_owned() + "\n")
            .collect();
        sections.push(text);
    }
    if !details.offers.is_empty() {
        let rows: Vec<_> = details
            .offers
            .iter()
            .map(|offer| {
                vec![
                    release(&offer.version, offer.source_release, offer.build_release),
                    visible(&offer.repository),
                    bytes(language, offer.size),
                ]
            })
            .collect();
        sections.push(titled(&fl!(language, "ctl-info-offers"), &rows));
    }

    sections.join("\n")
}

fn reasons(language: Language, report: &WhyReport) -> String {
    let package = visible(&report.package);
    let mut text = String::new();
    if report.explicit {
        text += &fl!(language, "ctl-why-chosen", package = package.clone());
        text.push('\n');
    } else if report.chains.is_empty() && report.needed_by.is_empty() {
        text += &fl!(language, "ctl-why-nobody", package = package.clone());
        text.push('\n');
    }
    if report.held {
        text += &fl!(language, "ctl-why-held", package = package);
        text.push('\n');
    }
    if !report.chains.is_empty() {
        text += &fl!(language, "ctl-why-chains");
        text.push('\n');
        for chain in &report.chains {
            for (depth, link) in chain.iter().enumerate() {
                let step = fl!(
                    language,
                    "ctl-why-needs",
                    package = visible(&link.package),
                    needs = visible(&link.needs)
                );
                text += &format!("{}{step}\n", "  ".repeat(depth + 1));
            }
        }
    }
    if !report.needed_by.is_empty() {
        let rows: Vec<_> = report
            .needed_by
            .iter()
            .map(|other| vec![visible(&other.package), visible(&other.needs.join(", "))])
            .collect();
        text += &titled(&fl!(language, "ctl-why-direct"), &rows);
    }

    text
}

//! The whole way: from the package list to a repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use moult_stone::{Package, Provider};

use super::apt::{self, Apt};
use super::catalogue::{APPSTREAM, Catalogue};
use super::deb::{Control, Deb, Node};
use super::draft::{self, Draft};
use super::fixups::{self, Fixups};
use super::lists::Lists;
use super::stamp::{stamp, unchanged, write_stamp};
use super::stones::{stone_architecture, write_index, write_stone};
use super::{Error, in_parallel, linux, own, relations, stateless, units};

/// The package that depends on the whole list.
pub const SAMPLE: &str = "moult-sample";
/// The least number of stones of the real sample system.
pub const LEAST: usize = 120;

/// How to make the sample system.
#[derive(Debug, Clone)]
pub struct Options {
    /// apt's folder: lists and downloaded packages.
    pub cache: PathBuf,
    /// Where the stones and `stone.index` go.
    pub repo: PathBuf,
    /// The folder with `packages`, `programs`, `left-out`, `fixups`, `overlay/` and `additions/`.
    pub data: PathBuf,
    /// The folder with Moult's own programs, which then are a package of the system; none, if they are not built.
    pub programs: Option<PathBuf>,
    /// A Debian mirror; the host's own if none.
    pub mirror: Option<String>,
    /// zstd level of the stones.
    pub level: i32,
    /// Ask the mirror for newer package lists.
    pub refresh: bool,
}

impl Options {
    /// The project's own list, quick compression.
    pub fn new(cache: &Path, repo: &Path) -> Options {
        Options {
            cache: cache.to_owned(),
            repo: repo.to_owned(),
            data: Path::new(env!("CARGO_MANIFEST_DIR")).join("sample"),
            programs: None,
            mirror: None,
            level: 6,
            refresh: false,
        }
    }
}

/// What was made.
#[derive(Debug, Default, Clone)]
pub struct Made {
    /// Stones in the repository.
    pub packages: usize,
    /// Bytes of all stones.
    pub stone_bytes: u64,
    /// Bytes of all files.
    pub file_bytes: u64,
    /// Files, links and directories named in the stones.
    pub entries: usize,
    /// Debian packages downloaded in this run.
    pub downloaded: usize,
    /// The repository was already what it would become.
    pub unchanged: bool,
    /// Time for the closure and the downloads.
    pub fetching: Duration,
    /// Time for everything after that.
    pub converting: Duration,
    /// What was left out, or is not as complete as in Debian.
    pub notes: Vec<String>,
}

/// Makes the repository. With nothing changed this reads apt's lists and the stamp, and is done.
pub fn make(options: &Options) -> Result<Made, Error> {
    let began = Instant::now();
    let lists = Lists::read(&options.data)?;
    // The kernel comes as Debian's package of packages and becomes one of our own.
    let mut asked = lists.system.clone();
    asked.push(linux::wanted()?);
    let mut wanted = asked.clone();
    wanted.extend(lists.programs.iter().cloned());
    wanted.extend(Fixups::read(&options.data.join("fixups"))?.needed());

    let mirror = options
        .mirror
        .clone()
        .or_else(apt::host_mirror)
        .unwrap_or_else(|| apt::DEFAULT_MIRROR.to_owned());
    let apt = Apt::new(&options.cache, &mirror)?;
    apt.update(options.refresh)?;
    apt.leave_out(&lists.left_out)?;

    let mut system = apt.closure("system", &asked)?;
    let mut chosen = apt.closure("all", &wanted)?;
    let downloaded = match apt.download(&wanted, &chosen) {
        // The lists name what the mirror no longer has: once more with new lists.
        Err(Error::Tool { .. }) if !options.refresh => {
            apt.update(true)?;
            apt.leave_out(&lists.left_out)?;
            system = apt.closure("system", &asked)?;
            chosen = apt.closure("all", &wanted)?;
            apt.download(&wanted, &chosen)?
        }
        result => result?,
    };
    let catalogue = apt.catalogue()?;
    let fetching = began.elapsed();

    let least = LEAST.saturating_sub(4); // and four of our own
    if system.len() < least {
        return Err(Error::TooFew {
            found: system.len(),
            expected: least,
        });
    }

    let kernel = linux::image(&chosen)
        .ok_or_else(|| Error::package(linux::LINUX, "apt chose no kernel"))?
        .clone();
    for packages in [&mut system, &mut chosen] {
        packages.retain(|package| !linux::is_image(&package.name));
    }

    let stamp = stamp(options, &chosen, &catalogue)?;
    let (mut made, was_made) = match unchanged(&options.repo, &stamp) {
        Some(made) => (made, true),
        None => {
            let input = Input {
                archives: chosen.iter().map(|package| apt.archive(package)).collect(),
                wanted: lists.system,
                system: system.into_iter().map(|package| package.name).collect(),
                left_out: lists.left_out.into_iter().collect(),
                catalogue: Some(catalogue),
            };
            (convert(input, options)?, false)
        }
    };
    let own = [own::add(options)?, linux::add(options, &kernel, &apt.archive(&kernel))?];
    write_stamp(&options.repo, &stamp, &made)?;

    made.unchanged = was_made;
    for own in own {
        made.packages += own.packages;
        made.stone_bytes += own.stone_bytes;
        made.file_bytes += own.file_bytes;
        made.entries += own.entries;
        made.unchanged &= own.unchanged;
    }
    made.downloaded = downloaded;
    made.fetching = fetching;
    Ok(made)
}

/// What stones are made of.
#[derive(Debug, Default, Clone)]
pub struct Input {
    /// The Debian packages.
    pub archives: Vec<PathBuf>,
    /// The names that [`SAMPLE`] depends on.
    pub wanted: Vec<String>,
    /// Names of all packages of the system; the others are only in the repository.
    pub system: BTreeSet<String>,
    /// Names that dependencies may name in vain.
    pub left_out: BTreeSet<String>,
    /// The catalogue of programs, part of the system.
    pub catalogue: Option<Catalogue>,
}

/// Makes stones and an index of Debian packages.
pub fn convert(input: Input, options: &Options) -> Result<Made, Error> {
    let began = Instant::now();
    let mut wanted = input.wanted;

    let mut drafts = in_parallel(input.archives, |path| Draft::lay_out(Deb::read(&path)?))?;
    drafts.push(base(&options.data)?);
    if let Some(catalogue) = &input.catalogue {
        drafts.push(catalogue.draft()?);
        wanted.push(APPSTREAM.to_owned());
    }
    drafts.push(sample(&wanted));
    fixups::additions(&mut drafts, &options.data.join("additions"))?;
    finish(&mut drafts, &Fixups::read(&options.data.join("fixups"))?)?;

    let claimed = draft::claims(&drafts);
    if !claimed.is_empty() {
        return Err(Error::Claimed(claimed));
    }
    let architecture = stone_architecture(&apt::host_architecture()?);
    let (mut packages, mut notes) = relations::complete(&drafts, &input.system, &input.left_out, &architecture)?;
    if options.programs.is_some() {
        let sample = packages.iter_mut().filter(|package| package.name == SAMPLE);
        sample.for_each(|sample| {
            let own = [own::MOULT, linux::LINUX].map(Provider::name);
            sample.dependencies.extend(own);
        });
    }

    let mut made = Made {
        packages: packages.len(),
        ..Made::default()
    };
    for draft in &drafts {
        made.entries += draft.files.len();
        made.file_bytes += draft
            .files
            .values()
            .filter_map(Node::content)
            .map(|content| content.len() as u64)
            .sum::<u64>();
        notes.extend(draft.notes.iter().map(|note| format!("{}: {note}", draft.name)));
    }
    made.notes = notes;

    // The largest first: the last one to be written then is a small one.
    let mut work: Vec<(Package, Draft)> = packages.into_iter().zip(drafts).collect();
    work.sort_by_key(|(_, draft)| {
        std::cmp::Reverse(
            draft
                .files
                .values()
                .filter_map(Node::content)
                .map(<[u8]>::len)
                .sum::<usize>(),
        )
    });
    let mut packages = in_parallel(work, |(package, draft)| {
        write_stone(package, draft, &options.repo, options.level)
    })?;
    packages.sort_by(|a, b| a.name.cmp(&b.name));

    made.stone_bytes = packages.iter().filter_map(|package| package.size).sum();
    write_index(&packages, &options.repo)?;
    made.converting = began.elapsed();
    Ok(made)
}

/// The stone of our own with what belongs to no Debian package.
fn base(data: &Path) -> Result<Draft, Error> {
    let mut draft = Draft::own(fixups::BASE);
    draft.licences = vec!["MPL-2.0".to_owned()];
    draft.control = Control::parse(
        "Source: moult\nDescription: Ground of the Moult sample system\n\
         \x20What Debian's maintainer scripts would have made: PAM stacks, name services,\n presets, links of the alternatives.\n",
    );
    fixups::overlay(&mut draft, &data.join("overlay"))?;
    Ok(draft)
}

/// The package without files that brings everything.
fn sample(wanted: &[String]) -> Draft {
    let mut draft = Draft::own(SAMPLE);
    draft.licences = vec!["MPL-2.0".to_owned()];
    draft.control = Control::parse(&format!(
        "Source: moult\nDepends: {}, {}\nDescription: Moult sample system\n Everything of the sample system, by name.\n",
        fixups::BASE,
        wanted.join(", "),
    ));
    draft
}

/// What needs to see all drafts: rules, units, and the tmpfiles.d files.
fn finish(drafts: &mut [Draft], fixups: &Fixups) -> Result<(), Error> {
    fixups.apply(drafts)?;

    let disabled = fixups.disabled();
    for draft in drafts.iter_mut() {
        units::enable(draft, &disabled)?;
        if draft.name == "ca-certificates" {
            fixups::certificates(draft)?;
        }
    }

    // A path that a package's own tmpfiles.d names is left to it.
    let declared: BTreeSet<String> = drafts
        .iter()
        .flat_map(|draft| &draft.files)
        .filter(|(path, _)| path.starts_with(b"lib/tmpfiles.d/"))
        .filter_map(|(_, node)| node.content())
        .flat_map(|text| {
            stateless::declared(&String::from_utf8_lossy(text))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();

    for draft in drafts {
        let mut lines = std::mem::take(&mut draft.lines);
        lines.retain(|line| !declared.contains(&line.path));
        lines.sort();
        lines.dedup();
        if !lines.is_empty() {
            let path = format!("lib/tmpfiles.d/moult-{}.conf", draft.name.trim_start_matches("moult-"));
            draft.insert(
                path.into_bytes(),
                Node::file(0o644, stateless::tmpfiles(&draft.name, &lines).into_bytes()),
            )?;
        }
    }
    Ok(())
}

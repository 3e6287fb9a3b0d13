//! The whole way: from the package list to a repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use moult_stone::{Package, PackageWriter, Source};
use sha2::{Digest, Sha256};

use super::apt::{self, Apt, Chosen};
use super::deb::{Control, Deb, Kind, Node};
use super::draft::{self, Draft};
use super::fixups::{self, Fixups};
use super::{Error, in_parallel, relations, stateless, units};

/// Changes when the maker would make other stones of the same packages.
const MAKER: &str = "1";
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
    /// The folder with `packages`, `fixups` and `overlay/`.
    pub data: PathBuf,
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
    let wanted = package_list(&options.data.join("packages"))?;

    let mirror = options
        .mirror
        .clone()
        .or_else(apt::host_mirror)
        .unwrap_or_else(|| apt::DEFAULT_MIRROR.to_owned());
    let apt = Apt::new(&options.cache, &mirror)?;
    apt.update(options.refresh)?;

    let mut chosen = apt.closure(&wanted)?;
    let downloaded = match apt.download(&wanted, &chosen) {
        // The lists name what the mirror no longer has: once more with new lists.
        Err(Error::Tool { .. }) if !options.refresh => {
            apt.update(true)?;
            chosen = apt.closure(&wanted)?;
            apt.download(&wanted, &chosen)?
        }
        result => result?,
    };
    let fetching = began.elapsed();

    let least = LEAST.saturating_sub(2); // and two of our own
    if chosen.len() < least {
        return Err(Error::TooFew {
            found: chosen.len(),
            expected: least,
        });
    }

    let stamp = stamp(options, &chosen)?;
    if let Some(mut made) = unchanged(&options.repo, &stamp) {
        made.fetching = fetching;
        return Ok(made);
    }

    let archives = chosen.iter().map(|package| apt.archive(package)).collect();
    let mut made = convert(archives, &wanted, options)?;
    write_stamp(&options.repo, &stamp, &made)?;

    made.downloaded = downloaded;
    made.fetching = fetching;
    Ok(made)
}

/// Makes stones and an index of Debian packages. `wanted` are the names that [`SAMPLE`] depends on.
pub fn convert(archives: Vec<PathBuf>, wanted: &[String], options: &Options) -> Result<Made, Error> {
    let began = Instant::now();

    let mut drafts = in_parallel(archives, |path| Draft::lay_out(Deb::read(&path)?))?;
    drafts.push(base(&options.data)?);
    drafts.push(sample(wanted));
    finish(&mut drafts, &Fixups::read(&options.data.join("fixups"))?)?;

    let claimed = draft::claims(&drafts);
    if !claimed.is_empty() {
        return Err(Error::Claimed(claimed));
    }
    let architecture = stone_architecture(&apt::host_architecture()?);
    let (packages, mut notes) = relations::complete(&drafts, &architecture)?;

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
    let mut packages = in_parallel(work, |(package, draft)| write_stone(package, draft, options))?;
    packages.sort_by(|a, b| a.name.cmp(&b.name));

    made.stone_bytes = packages.iter().filter_map(|package| package.size).sum();
    write_index(&packages, &options.repo)?;
    made.converting = began.elapsed();
    Ok(made)
}

/// Names of a list file: one a line, `#` begins a comment.
pub fn package_list(path: &Path) -> Result<Vec<String>, Error> {
    let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
    let mut names = Vec::new();

    for (line, text) in (1..).zip(text.lines()) {
        let name = text.split('#').next().unwrap_or("").trim();
        if name.is_empty() {
            continue;
        }
        // Debian policy 5.6.1; also keeps options of apt out.
        let fits = name.starts_with(|first: char| first.is_ascii_alphanumeric())
            && name
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "+-.".contains(letter));
        if !fits {
            return Err(Error::Data {
                path: path.to_owned(),
                line,
                reason: format!("{name} is no package name"),
            });
        }
        names.push(name.to_owned());
    }
    Ok(names)
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

/// Debian's name for an architecture, as stones spell it.
fn stone_architecture(debian: &str) -> String {
    match debian {
        "amd64" => "x86_64",
        "arm64" => "aarch64",
        other => other,
    }
    .to_owned()
}

/// Writes one stone and returns what the index says about it.
fn write_stone(package: Package, draft: Draft, options: &Options) -> Result<Package, Error> {
    let version: String = package
        .version
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || ".+-~".contains(letter) {
                letter
            } else {
                '_'
            }
        })
        .collect();
    let name = format!(
        "{}-{version}-{}-{}-{}.stone",
        package.name, package.source_release, package.build_release, package.architecture
    );
    let letter = package.name.chars().next().unwrap_or('_').to_ascii_lowercase();
    let uri = format!("{letter}/{name}");
    let path = options.repo.join(&uri);
    let wrong = |source| Error::Stone {
        path: path.clone(),
        source,
    };

    let mut writer = PackageWriter::new(package.clone()).level(options.level);
    for (path, node) in draft.files {
        match node.kind {
            Kind::Directory => writer.directory(&path, node.mode, node.uid, node.gid),
            Kind::Symlink(target) => writer.symlink(&path, &target, node.uid, node.gid),
            Kind::File(content) => {
                let content = Arc::try_unwrap(content).unwrap_or_else(|shared| shared.to_vec());
                writer.file(&path, node.mode, node.uid, node.gid, Source::Bytes(content))
            }
        }
        .map_err(wrong)?;
    }
    let mut stone = Cursor::new(Vec::new());
    writer.write(&mut stone).map_err(wrong)?;
    let stone = stone.into_inner();

    write_whole(&path, &stone)?;
    Ok(Package {
        uri: Some(uri),
        hash: Some(hexadecimal(&Sha256::digest(&stone))),
        size: Some(stone.len() as u64),
        ..package
    })
}

fn write_index(packages: &[Package], repo: &Path) -> Result<(), Error> {
    let path = repo.join("stone.index");
    let mut index = Vec::new();
    moult_stone::write_index(&mut index, packages).map_err(|source| Error::Stone {
        path: path.clone(),
        source,
    })?;
    write_whole(&path, &index)?;

    // Stones of an earlier run.
    let current: BTreeSet<PathBuf> = packages
        .iter()
        .filter_map(|package| Some(repo.join(package.uri.as_ref()?)))
        .collect();
    for entry in walkdir::WalkDir::new(repo)
        .min_depth(2)
        .max_depth(2)
        .into_iter()
        .flatten()
    {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "stone") && !current.contains(path) {
            fs::remove_file(path).map_err(Error::io("remove", path))?;
        }
    }
    Ok(())
}

/// Writes beside and renames: a reader sees the old file or the new one.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
    }
    let part = path.with_extension("part");
    fs::write(&part, bytes).map_err(Error::io("write", &part))?;
    fs::rename(&part, path).map_err(Error::io("write", path))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// BLAKE3 over everything that decides what the stones are: the maker, our data files, the level, and each package's version.
fn stamp(options: &Options, chosen: &[Chosen]) -> Result<String, Error> {
    let mut hasher = blake3::Hasher::new();
    let mut add = |part: &[u8]| {
        let _ = hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    };

    add(MAKER.as_bytes());
    add(env!("CARGO_PKG_VERSION").as_bytes());
    add(&options.level.to_le_bytes());
    for entry in walkdir::WalkDir::new(&options.data)
        .sort_by_file_name()
        .into_iter()
        .flatten()
    {
        let path = entry.path();
        add(path
            .strip_prefix(&options.data)
            .unwrap_or(path)
            .as_os_str()
            .as_encoded_bytes());
        if entry.file_type().is_file() {
            add(&fs::read(path).map_err(Error::io("read", path))?);
        }
    }
    for package in chosen {
        add(package.file_name().as_bytes());
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// `REPO/made`: the stamp, the figures, and the size of each file, so that a stone that was lost or cut is made again.
fn write_stamp(repo: &Path, stamp: &str, made: &Made) -> Result<(), Error> {
    let mut text = format!(
        "{stamp} {} {} {} {}\n",
        made.packages, made.stone_bytes, made.file_bytes, made.entries
    );
    for (path, size) in files(repo) {
        text.push_str(&format!("{size} {path}\n"));
    }
    write_whole(&repo.join("made"), text.as_bytes())
}

fn unchanged(repo: &Path, stamp: &str) -> Option<Made> {
    let text = fs::read_to_string(repo.join("made")).ok()?;
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next()?.split(' ').collect();
    let [found, packages, stone_bytes, file_bytes, entries] = head.as_slice() else {
        return None;
    };

    let recorded: BTreeMap<String, u64> = lines
        .filter_map(|line| {
            let (size, path) = line.split_once(' ')?;
            Some((path.to_owned(), size.parse().ok()?))
        })
        .collect();
    if *found != stamp || recorded != files(repo) || !recorded.contains_key("stone.index") {
        return None;
    }
    Some(Made {
        packages: packages.parse().ok()?,
        stone_bytes: stone_bytes.parse().ok()?,
        file_bytes: file_bytes.parse().ok()?,
        entries: entries.parse().ok()?,
        unchanged: true,
        ..Made::default()
    })
}

fn files(repo: &Path) -> BTreeMap<String, u64> {
    walkdir::WalkDir::new(repo)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(repo).ok()?.to_str()?.to_owned();
            let ours = path == "stone.index" || path.ends_with(".stone");
            ours.then_some((path, entry.metadata().ok()?.len()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_names_and_comments_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("packages");

        fs::write(&path, "# ground\nbash # shell\n\nlibstdc++6\n").unwrap();
        assert_eq!(package_list(&path).unwrap(), ["bash", "libstdc++6"]);

        fs::write(&path, "bash\n--allow-unauthenticated\n").unwrap();
        assert!(package_list(&path).unwrap_err().to_string().contains("packages:2"));
    }

    #[test]
    fn a_lost_stone_is_noticed() {
        let repo = tempfile::tempdir().unwrap();
        write_whole(&repo.path().join("a/a.stone"), b"stone").unwrap();
        write_whole(&repo.path().join("stone.index"), b"index").unwrap();
        write_stamp(
            repo.path(),
            "x",
            &Made {
                packages: 1,
                ..Made::default()
            },
        )
        .unwrap();

        assert_eq!(unchanged(repo.path(), "x").unwrap().packages, 1);
        assert!(unchanged(repo.path(), "y").is_none());

        fs::write(repo.path().join("a/a.stone"), b"sto").unwrap();
        assert!(unchanged(repo.path(), "x").is_none());
    }
}

//! What the menu should hold: states, their place, their files.

use std::collections::HashMap;
use std::fs::{self, File as Open};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use blake3::Hash;

use crate::cmdline;
use crate::entry::Mark;
use crate::error::Error;
use crate::machine::Machine;
use crate::menu::Listed;
use crate::policy::Policy;
use crate::sign::Key;
use crate::status::{Health, Warning};
use crate::tree::{Kernel, Os, Tree};
use crate::unified::{Stub, Unified};

/// A file that an entry names.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// Its path on the volume. It tells the content, so that states share what is equal.
    pub(super) path: String,
    /// Where it comes from.
    pub(super) source: Source,
    /// BLAKE3 of the source.
    pub(super) hash: Hash,
    /// Length of the source.
    pub(super) bytes: u64,
    /// The firmware looks at its signature.
    pub(super) program: bool,
}

/// Where a file comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A file of the state.
    File(PathBuf),
    /// Made of several.
    Unified(Box<Unified>),
}

impl Source {
    /// The kernel, or whatever file it is.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Unified(unified) => &unified.kernel.0,
        }
    }
}

/// One entry: a kernel of a state.
#[derive(Debug, Clone)]
pub(super) struct WantedEntry {
    /// Name of its file without counter, in lower case.
    pub(super) id: String,
    pub(super) version: String,
    pub(super) variant: Option<String>,
    /// The kernel, then its initrds; or one image that holds all of them and the command line.
    pub(super) files: Vec<File>,
    pub(super) options: String,
}

impl WantedEntry {
    fn is_unified(&self) -> bool {
        self.files.iter().any(|file| matches!(file.source, Source::Unified(_)))
    }
}

/// A state of the menu.
#[derive(Debug, Clone)]
pub(super) struct Wanted<'a> {
    pub(super) tree: &'a Tree,
    pub(super) health: Health,
    /// A person chose it to be first.
    pub(super) chosen: bool,
    pub(super) entries: Vec<WantedEntry>,
}

/// The active state's tree.
pub(super) fn active(trees: &[Tree]) -> Result<&Tree, Error> {
    trees.iter().find(|tree| tree.active).ok_or(Error::NoActive)
}

/// How a state has done, by its entries that are there: its best kernel counts.
pub(super) fn health(state: u64, menu: &[Listed], token: &str) -> Option<Health> {
    menu.iter()
        .filter(|listed| listed.state(token) == Some(state))
        .map(|listed| listed.entry.health())
        .min()
}

/// States in the order of the menu: the chosen one, the active one, then those that were seen to work, then the untried, then the failed ones;
/// the newest first among equals.
///
/// At most as many as the policy says; never without the one that runs and the newest that was seen to work, to which a failing one falls back.
pub(super) fn states<'a>(
    machine: &Machine,
    trees: &'a [Tree],
    menu: &[Listed],
    policy: &Policy,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Wanted<'a>>, Error> {
    let token = machine.root.token();
    let active = active(trees)?;
    let chosen = chosen(menu, &token, active.state);
    let mut hashes = Hashes::default();
    let key = Key::find(&machine.etc)?;
    if let Some(key) = &key {
        key.can_sign()?;
    }

    let mut found = Vec::new();
    let mut half_signed = Vec::new();
    for tree in trees {
        if tree.state != active.state && (policy.without.contains(&tree.state) || !tree.usr.is_dir()) {
            continue;
        }
        let stub = key.as_ref().map(|_| tree.stub(machine.architecture));
        let (stub, no_stub) = match stub {
            Some(Ok(stub)) => (Some(Arc::new(stub)), None),
            Some(Err(reason)) => (None, Some(reason)),
            None => (None, None),
        };
        let signing = key.as_ref().map(|key| Signing { key, stub });
        let entries = entries(machine, tree, &token, signing.as_ref(), &mut hashes);
        let entries = match entries {
            Ok(entries) if entries.is_empty() && tree.state == active.state => {
                return Err(Error::NoKernel { state: tree.state });
            }
            Ok(entries) if entries.is_empty() => continue,
            Ok(entries) => entries,
            Err(error) if tree.state == active.state => return Err(error),
            Err(error) => {
                warnings.push(Warning::Skipped {
                    state: tree.state,
                    reason: error.to_string(),
                });
                continue;
            }
        };
        if let Some(reason) = no_stub {
            half_signed.push(Warning::KernelOnly {
                state: tree.state,
                reason,
            });
        }
        found.push(Wanted {
            tree,
            health: health(tree.state, menu, &token).unwrap_or(Health::Untried),
            chosen: chosen == Some(tree.state),
            entries,
        });
    }

    let booted = machine.booted.state;
    let last_good = found
        .iter()
        .filter(|wanted| wanted.health == Health::Good && wanted.tree.state != active.state)
        .map(|wanted| wanted.tree.state)
        .max();
    found.sort_by_key(|wanted| {
        let state = wanted.tree.state;
        let kept = wanted.chosen || Some(state) == booted || Some(state) == last_good;
        (state != active.state, !kept, std::cmp::Reverse(state))
    });
    found.truncate(policy.states.max(1));
    half_signed.retain(|warning| {
        let of =
            |wanted: &Wanted<'_>| matches!(warning, Warning::KernelOnly { state, .. } if *state == wanted.tree.state);
        found.iter().any(of)
    });
    warnings.append(&mut half_signed);

    found.sort_by_key(|wanted| {
        let state = wanted.tree.state;
        let untried_last = match wanted.health {
            Health::Good => 0,
            Health::Untried | Health::Trying => 1,
            Health::Bad => 2,
        };
        (
            !wanted.chosen,
            state != active.state,
            untried_last,
            std::cmp::Reverse(state),
        )
    });
    Ok(found)
}

/// The state that a person chose to be first while this one was active, unless it failed since.
fn chosen(menu: &[Listed], token: &str, active: u64) -> Option<u64> {
    menu.iter()
        .filter(|listed| {
            let mark = listed.entry.mark.as_ref();
            mark.is_some_and(|mark| mark.chosen_over == Some(active)) && listed.entry.health() != Health::Bad
        })
        .find_map(|listed| listed.state(token))
        .filter(|state| *state != active)
}

/// How what a state brings is signed.
struct Signing<'a> {
    key: &'a Key,
    /// With it, the signature covers initrds and command line as well.
    stub: Option<Arc<Stub>>,
}

fn entries(
    machine: &Machine,
    tree: &Tree,
    token: &str,
    signing: Option<&Signing<'_>>,
    hashes: &mut Hashes,
) -> Result<Vec<WantedEntry>, Error> {
    tree.kernels()?
        .into_iter()
        .map(|kernel| {
            let options = cmdline::of(&machine.root, &machine.etc, &tree.usr, &kernel, tree.state)?;
            let folder = safe(&kernel.directory);
            let mut files = files(&kernel, &format!("{token}/{folder}"), hashes)?;
            if let Some(signing) = signing {
                match &signing.stub {
                    Some(stub) => {
                        let release = tree.release();
                        files = vec![unified(stub, &files, &kernel, release, &options, signing.key)];
                    }
                    None => {
                        for file in files.iter_mut().filter(|file| file.program) {
                            file.path = place(&file.path, "vmlinuz", "", &both(&file.hash, &signing.key.hash));
                        }
                    }
                }
            }

            let Kernel { version, variant, .. } = kernel;
            Ok(WantedEntry {
                id: format!("{token}-{folder}-{}.conf", tree.state).to_lowercase(),
                version,
                variant,
                files,
                options,
            })
        })
        .collect()
}

/// The kernel, then its initrds, each a file by itself.
fn files(kernel: &Kernel, folder: &str, hashes: &mut Hashes) -> Result<Vec<File>, Error> {
    let here = format!("{folder}/");
    let (hash, bytes) = hashes.of(&kernel.image)?;
    let mut files = vec![File {
        path: place(&here, "vmlinuz", "", &hash),
        source: Source::File(kernel.image.clone()),
        hash,
        bytes,
        program: true,
    }];
    for initrd in &kernel.initrds {
        let (hash, bytes) = hashes.of(initrd)?;
        let stem = initrd.file_stem().and_then(|stem| stem.to_str()).unwrap_or("initrd");
        files.push(File {
            path: place(&here, &safe(stem), ".initrd", &hash),
            source: Source::File(initrd.clone()),
            hash,
            bytes,
            program: false,
        });
    }
    Ok(files)
}

/// One image of a kernel and its initrds.
fn unified(stub: &Arc<Stub>, files: &[File], kernel: &Kernel, release: String, options: &str, key: &Key) -> File {
    let of = |file: &File| (file.source.path().to_owned(), file.bytes);
    let unified = Unified {
        stub: Arc::clone(stub),
        kernel: (kernel.image.clone(), files.first().map_or(0, |file| file.bytes)),
        initrds: files.iter().skip(1).map(of).collect(),
        release,
        version: kernel.version.clone(),
        options: options.to_owned(),
    };
    let sources: Vec<Hash> = files.iter().map(|file| file.hash).collect();
    let hash = unified.hash(&sources);
    let beside = files.first().map_or("", |file| file.path.as_str());
    File {
        path: place(beside, "unified", ".efi", &both(&hash, &key.hash)),
        bytes: unified.bytes(),
        source: Source::Unified(Box::new(unified)),
        hash,
        program: true,
    }
}

/// A path in the directory of `beside` that tells the content.
fn place(beside: &str, name: &str, extension: &str, hash: &Hash) -> String {
    let folder = beside.rsplit_once('/').map_or("", |(folder, _)| folder);
    let hex = hash.to_hex();
    format!("{folder}/{name}-{}{extension}", hex.get(..16).unwrap_or_default())
}

fn both(source: &Hash, certificate: &Hash) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(source.as_bytes());
    hasher.update(certificate.as_bytes());
    hasher.finalize()
}

/// A name that a FAT and the loader's patterns can hold. `+` is the loader's own sign. What had to be changed, or is long, gets a few digits of its
/// hash, so that two names stay two.
pub(super) fn safe(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
                c
            } else {
                '_'
            }
        })
        .take(80)
        .collect();
    let plain = plain.trim_end_matches('.');
    if plain == name && !plain.is_empty() {
        return plain.to_owned();
    }
    let hex = blake3::hash(name.as_bytes()).to_hex();
    format!("{plain}-{}", hex.get(..8).unwrap_or_default())
}

/// The text of an entry.
pub(super) fn text(
    machine: &Machine,
    wanted: &Wanted<'_>,
    entry: &WantedEntry,
    rank: usize,
    active: &Tree,
    os: &Os,
) -> String {
    let tree = wanted.tree;
    let mark = Mark {
        token: machine.root.token(),
        state: tree.state,
        chosen_over: wanted.chosen.then_some(active.state),
    };

    let mut lines = vec![
        mark.line(),
        "# Written by Moult: changes are lost. Words for the kernel belong into /etc/kernel/cmdline.d.".to_owned(),
        format!("title {}", title(tree, entry)),
        format!("version {}", entry.version),
    ];
    if let Some(id) = &machine.machine_id {
        lines.push(format!("machine-id {id}"));
    }
    lines.push(format!("sort-key {}", sort_key(os, rank)));
    lines.push(format!("architecture {}", machine.architecture.suffix()));
    for (index, file) in entry.files.iter().enumerate() {
        let key = match &file.source {
            Source::Unified(_) => "efi",
            Source::File(_) if index == 0 => "linux",
            Source::File(_) => "initrd",
        };
        lines.push(format!("{key} /{}", file.path));
    }
    // An image has its own.
    if !entry.is_unified() {
        lines.push(format!("options {}", entry.options));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// All entries carry the active state's system, so that the place alone decides.
fn sort_key(os: &Os, rank: usize) -> String {
    format!("{}-{rank:02}", os.id)
}

fn title(tree: &Tree, entry: &WantedEntry) -> String {
    let mut title = tree.os().name;
    if let Some(variant) = &entry.variant {
        title.push_str(&format!(" {variant}"));
    }
    if tree.active {
        return title;
    }

    let mut about = vec![format!("state {}", tree.state)];
    let name = crate::tree::plain(&tree.title);
    if !name.is_empty() {
        about.push(name);
    }
    if let Some(day) = day(tree.created) {
        about.push(day);
    }
    format!("{title} ({})", about.join(", "))
}

/// The day of a moment, in UTC; `None` = before 1970.
fn day(seconds: i64) -> Option<String> {
    let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?;
    let (year, month, day) = crate::volume::calendar(seconds / 86_400);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// BLAKE3 and length of files; a file that several states share is read once.
#[derive(Debug, Default)]
struct Hashes(HashMap<(u64, u64), (Hash, u64)>);

impl Hashes {
    fn of(&mut self, path: &Path) -> Result<(Hash, u64), Error> {
        let error = |source| Error::Read {
            path: path.to_owned(),
            source,
        };
        let about = fs::metadata(path).map_err(error)?;
        let identity = (about.dev(), about.ino());
        if let Some(known) = self.0.get(&identity) {
            return Ok(*known);
        }

        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(Open::open(path).map_err(error)?).map_err(error)?;
        let known = (hasher.finalize(), hasher.count());
        self.0.insert(identity, known);
        Ok(known)
    }
}

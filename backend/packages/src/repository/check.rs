//! Whether a repository gives a client what it promises.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::BufReader;

use moult_stone::{Limits, Package, Provider};
use rustix::fs::{Mode, OFlags};
use url::Url;

use super::trust::Trust;
use super::{
    LARGEST_INDEX, LARGEST_SIGNATURE, LARGEST_STATEMENT, Repository, RepositoryError, Statement, TrustFault,
    package_url, shown, signature_of, statement_of,
};
use crate::crew;
use crate::error::Error;
use crate::fetch;
use crate::watch::{Meter, Phase, Watch};
use crate::web::{Advance, Outcome, Sink, To, Web, path_of};

/// Downloads at once.
const AT_ONCE: usize = 4;

/// What [`verify`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// Packages in the list.
    pub packages: u64,
    /// Bytes of their files, by the list.
    pub bytes: u64,
    /// Whether it is signed.
    pub trust: Trust,
    /// Packages that a client could not install, in the order of the list.
    pub faults: Vec<Fault>,
    /// What deserves a look, and may be right.
    pub warnings: Vec<Warning>,
}

/// A package that a client could not install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its name.
    pub package: String,
    /// Its address.
    pub url: String,
    /// What is wrong: not reachable, wrong size, wrong checksum.
    pub reason: String,
}

/// What may be an oversight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The list has several packages of one name. Only the newest is ever installed.
    Duplicate {
        /// The name.
        package: String,
        /// Their releases: source and build.
        releases: Vec<(u64, u64)>,
    },
    /// No package of the list gives something that one needs. Another repository may.
    Missing {
        /// Who needs it.
        package: String,
        /// What is needed.
        needs: Provider,
    },
}

/// Checks the repository whose list is at `uri` as a client would that was given these keys: the list can be read and is
/// trusted, each package is there and is the promised one. Everything is downloaded once, and nothing is kept.
///
/// # Errors
/// When a client could not even use the list; what is wrong with single packages is in the report.
pub fn verify(uri: &Url, keys: &[String], watch: &dyn Watch) -> Result<VerifyReport, Error> {
    let repository = Repository {
        keys: keys.to_vec(),
        ..Repository::direct("repository", uri.clone())
    };
    repository.check()?;
    let web = Web::default();
    let meter = Meter::begin(watch, Phase::Verify, 0, 0);
    let mut check = |_: u64| meter.check();
    let (list, digest) = fetch_list(&web, uri, &mut check)?;
    let statement = match keys {
        [] => None,
        keys => Some(stated(&web, uri, keys, &mut check).and_then(|statement| {
            let size = list
                .metadata()
                .map_err(|error| Error::io("reading a package list", "", error))?;
            let fits = statement.fits(size.len(), &digest);
            fits.map_err(|fault| untrusted(&repository.id, fault))?;
            Ok(statement)
        })?),
    };
    meter.end();
    let packages = read(uri, list)?;
    let bytes = packages
        .iter()
        .filter_map(|package| package.size)
        .fold(0, u64::saturating_add);
    let meter = Meter::begin(watch, Phase::Verify, bytes, packages.len() as u64);
    let faults = crew::run(AT_ONCE, &packages, |package| {
        let fault = check_package(&web, uri, package, &meter)?;
        meter.items(1, &package.name);
        Ok(fault)
    })?;
    meter.end();
    Ok(VerifyReport {
        packages: packages.len() as u64,
        bytes,
        trust: statement.map_or(Trust::Unsigned, |statement| Trust::Signed {
            key: statement.key,
            expires: statement.expires,
        }),
        faults: faults.into_iter().flatten().collect(),
        warnings: warnings(&packages),
    })
}

fn untrusted(repository: &str, fault: TrustFault) -> Error {
    let repository = repository.to_owned();
    Error::Repository(RepositoryError::Untrusted { repository, fault })
}

/// What is said about the list at this address by somebody with one of the keys, and holds at this moment.
fn stated(web: &Web, list: &Url, keys: &[String], advance: Advance<'_>) -> Result<Statement, Error> {
    let document = web.small(&statement_of(list), LARGEST_STATEMENT, advance)?;
    let signature = web.small(&signature_of(list), LARGEST_SIGNATURE, advance)?;
    let (Some(document), Some(signature)) = (document, signature) else {
        return Err(untrusted("repository", TrustFault::Unsigned));
    };
    let read = Statement::read(&document, &signature, keys).and_then(|statement| {
        statement.holds(jiff::Timestamp::now().as_second(), None, None)?;
        Ok(statement)
    });
    read.map_err(|fault| untrusted("repository", fault))
}

/// The list in a file without a name, and its BLAKE3.
fn fetch_list(web: &Web, uri: &Url, advance: Advance<'_>) -> Result<(File, [u8; 32]), Error> {
    let file = match path_of(uri) {
        Some(path) => fetch::open(&path)?,
        None => {
            let folder = std::env::temp_dir();
            let failed = |error| Error::io("downloading", &folder, error);
            let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
            let file = rustix::fs::open(&folder, flags, Mode::from_raw_mode(0o600)).map_err(failed)?;
            let mut file = File::from(file);
            let mut sink = Sink {
                to: To::File(&mut file, &folder),
                limit: LARGEST_INDEX,
                resume: false,
                judge: None,
                known: None,
                waits: None,
            };
            web.download(std::slice::from_ref(uri), &mut sink, advance)?;
            file
        }
    };
    let digest = digest(&file).map_err(|error| Error::io("reading a package list", uri.path(), error))?;
    Ok((file, digest))
}

/// BLAKE3 of a whole file, which is left at its beginning.
pub(crate) fn digest(mut file: &File) -> std::io::Result<[u8; 32]> {
    use std::io::Seek;
    file.rewind()?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file)?;
    file.rewind()?;
    Ok(*hasher.finalize().as_bytes())
}

fn read(uri: &Url, list: File) -> Result<Vec<Package>, Error> {
    let damaged = |reason: String| Error::DamagedIndex {
        repository: "repository".to_owned(),
        url: shown(uri),
        reason,
    };
    let packages = moult_stone::read_index(&mut BufReader::new(list), &Limits::default());
    let packages = packages.map_err(|error| damaged(error.to_string()))?;
    let mut hashes = HashSet::new();
    for package in &packages {
        if package.hash.is_none() || package.size.is_none() || package.uri.is_none() {
            return Err(damaged(format!(
                "{}: it has no checksum, size or address",
                package.name
            )));
        }
        if !hashes.insert(&package.hash) {
            return Err(damaged(format!(
                "{}: its checksum is that of another package, too",
                package.name
            )));
        }
    }
    Ok(packages)
}

/// What is wrong with a package. Fails only if the person turned away.
fn check_package(web: &Web, uri: &Url, package: &Package, meter: &Meter<'_>) -> Result<Option<Fault>, Error> {
    let relative = package.uri.as_deref().unwrap_or_default();
    let fault = |url: String, reason: String| {
        let package = package.name.clone();
        Some(Fault { package, url, reason })
    };
    let url = match package_url(uri, relative) {
        Ok(url) => url,
        Err(reason) => return Ok(fault(relative.to_owned(), reason)),
    };
    let expected = package.size.unwrap_or(0);
    let mut advance = |bytes| {
        meter.bytes(bytes, &package.name);
        meter.check()
    };
    let found = match path_of(&url) {
        Some(path) => fetch::open(&path).and_then(|mut file| sum(&mut file, expected, &mut advance)),
        None => {
            // The same server: its password holds.
            let with_password = uri.join(relative).unwrap_or_else(|_| url.clone());
            let mut sink = Sink {
                to: To::Nowhere,
                limit: expected,
                resume: true,
                judge: None,
                known: None,
                waits: None,
            };
            match web.bring(&[with_password], &mut sink, &mut advance) {
                Ok(Outcome::Arrived(arrived)) => Ok((arrived.size, arrived.sha256)),
                Ok(_) => return Ok(fault(shown(&url), "it is not there".to_owned())),
                Err(error) => Err(error),
            }
        }
    };
    let reason = match found {
        Err(Error::Cancelled) => return Err(Error::Cancelled),
        Err(Error::TooLarge { .. }) => format!("it is larger than the {expected} bytes of the list"),
        Err(error) => error.to_string(),
        Ok((size, _)) if size != expected => format!("it has {size} bytes and not {expected}"),
        Ok((_, sha256)) if Some(&sha256) != package.hash.as_ref() => {
            let promised = package.hash.as_deref().unwrap_or_default();
            format!("its SHA-256 is {sha256} and not {promised}")
        }
        Ok(_) => return Ok(None),
    };
    Ok(fault(shown(&url), reason))
}

/// Size and SHA-256 of a file, which may have no more than `limit` bytes.
fn sum(file: &mut File, limit: u64, advance: Advance<'_>) -> Result<(u64, String), Error> {
    use sha2::{Digest, Sha256};
    use std::io::Read;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 256 * 1024];
    let mut size = 0u64;
    loop {
        let read = file
            .read(&mut chunk)
            .map_err(|error| Error::io("reading a package", "", error))?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok((size, crate::web::hex(&hasher.finalize())));
        };
        size = size.saturating_add(read as u64);
        if size > limit {
            return Err(Error::TooLarge {
                url: String::new(),
                limit,
            });
        }
        hasher.update(bytes);
        advance(read as u64)?;
    }
}

fn warnings(packages: &[Package]) -> Vec<Warning> {
    let mut names: BTreeMap<&str, Vec<(u64, u64)>> = BTreeMap::new();
    let mut given: HashSet<Provider> = HashSet::new();
    for package in packages {
        let release = (package.source_release, package.build_release);
        names.entry(&package.name).or_default().push(release);
        given.extend(package.all_providers());
    }
    let several = names.into_iter().filter(|(_, releases)| releases.len() > 1);
    let mut warnings: Vec<Warning> = several
        .map(|(package, releases)| Warning::Duplicate {
            package: package.to_owned(),
            releases,
        })
        .collect();
    for package in packages {
        let missing = package.dependencies.iter().filter(|needs| !given.contains(needs));
        warnings.extend(missing.map(|needs| Warning::Missing {
            package: package.name.clone(),
            needs: needs.clone(),
        }));
    }
    warnings
}

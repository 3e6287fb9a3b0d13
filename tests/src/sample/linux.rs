//! The kernel as a package of the sample system: Debian's own, cut to the modules that `tests/sample/modules` names, with an initrd of ours.
//!
//! ```text
//! lib/kernel/VERSION/{vmlinuz,moult.initrd,config}     as AerynOS lays its kernels out; below /usr
//! lib/modules/VERSION/                                 modules, and depmod's tables of those that are there
//! ```
//!
//! The cut is kept in apt's folder: a rebuilt `moult-early` costs one initrd and one stone. Like [`own`] it is made beside all others.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use moult_early::initrd::modules::Tree;
use moult_early::initrd::{Compression, Recipe};

use super::apt::{Chosen, host_architecture};
use super::deb::{Control, Node};
use super::draft::Draft;
use super::make::Options;
use super::own::{self, Own};
use super::stones::list;
use super::{Error, copyright, tool};

/// The package's name.
pub const LINUX: &str = "linux";
/// What the initrd is called in the kernel's folder.
pub const INITRD: &str = "moult.initrd";

/// How real kernels of Debian are called, without their release.
const IMAGE: &str = "linux-image-";
/// The program of the initrd, in the folder of the built programs.
const EARLY: &str = "moult-early";
/// Changes when another cut would be made of the same package and list.
const MAKER: &str = "1";
/// 4,000 modules are unpacked and read.
const LIMIT: Duration = Duration::from_secs(300);

/// The Debian package that depends on the kernel of the day.
pub(crate) fn wanted() -> Result<String, Error> {
    Ok(format!("{IMAGE}{}", host_architecture()?))
}

/// Whether a Debian package is a kernel, or the one that depends on it.
pub(crate) fn is_image(name: &str) -> bool {
    name.starts_with(IMAGE)
}

/// The kernel among packages: the one whose name has a release.
pub(crate) fn image(packages: &[Chosen]) -> Option<&Chosen> {
    packages
        .iter()
        .find(|package| package.name.strip_prefix(IMAGE).is_some_and(|rest| rest.contains('.')))
}

/// A kernel that was cut.
#[derive(Debug)]
struct Cut {
    /// Holds `lib` and `share`, as they are below `/usr`.
    folder: PathBuf,
    /// What `uname -r` says.
    release: String,
    /// Debian's version.
    version: String,
    stamp: String,
}

/// Puts the kernel into the finished repository, or leaves the one that is there if nothing of it changed. `archive` is the package of
/// [`image`].
pub(crate) fn add(options: &Options, image: &Chosen, archive: &Path) -> Result<Own, Error> {
    let Some(programs) = &options.programs else {
        return Ok(Own::nothing());
    };
    let early = programs.join(EARLY);
    if !early.is_file() {
        return Err(Error::package(
            LINUX,
            format!("{} is not built: cargo build --workspace", early.display()),
        ));
    }
    let cut = cut(options, image, archive)?;
    let packages = list(&options.repo)?;
    let stamp = stamp(options, &cut, &early)?;
    if let Some(own) = own::kept(options, LINUX, &stamp, &packages) {
        return Ok(own);
    }
    let draft = draft(options, &cut, &early)?;
    own::put(options, packages, draft, &stamp)
}

/// The lists of the initrd's modules.
fn initrd_lists() -> [PathBuf; 1] {
    [Path::new(env!("CARGO_MANIFEST_DIR")).join("../backend/boot/early/modules/installed")]
}

fn stamp(options: &Options, cut: &Cut, early: &Path) -> Result<String, Error> {
    let mut hasher = blake3::Hasher::new();
    let _ = hasher.update(cut.stamp.as_bytes()).update(&options.level.to_le_bytes());
    for path in initrd_lists().iter().map(PathBuf::as_path).chain([early]) {
        let content = fs::read(path).map_err(Error::io("read", path))?;
        let _ = hasher.update(blake3::hash(&content).as_bytes());
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn draft(options: &Options, cut: &Cut, early: &Path) -> Result<Draft, Error> {
    let mut draft = Draft::own(LINUX);
    draft.version.clone_from(&cut.version);
    draft.control = Control::parse(
        "Source: linux\nHomepage: https://www.kernel.org/\nDescription: Linux kernel\n\
         \x20Debian's kernel with the modules that the sample system needs, and the initrd that finds its root.\n",
    );
    for (path, content) in files(&cut.folder)? {
        draft.insert(path, Node::file(0o644, content))?;
    }
    let kernel = cut.folder.join(format!("lib/kernel/{}/vmlinuz", cut.release));
    let built = fs::metadata(&kernel).map_err(Error::io("look at", &kernel))?;
    draft.release = u64::try_from(built.mtime()).unwrap_or(0) / 86_400;
    let text = draft.files.get(format!("share/doc/{LINUX}/copyright").as_bytes());
    draft.licences = copyright::licences(&String::from_utf8_lossy(
        text.and_then(Node::content).unwrap_or_default(),
    ));

    let initrd = initrd(options, cut, early)?;
    draft.insert(
        format!("lib/kernel/{}/{INITRD}", cut.release).into_bytes(),
        Node::file(0o644, initrd),
    )?;
    Ok(draft)
}

fn initrd(options: &Options, cut: &Cut, early: &Path) -> Result<Vec<u8>, Error> {
    let (init, out) = (options.cache.join("init"), options.cache.join(INITRD));
    let stripped = own::stripped(early, &options.cache)?;
    fs::write(&init, stripped).map_err(Error::io("write", &init))?;
    // Its mode goes into the initrd, and the kernel wants to execute it.
    fs::set_permissions(&init, fs::Permissions::from_mode(0o755)).map_err(Error::io("set the mode of", &init))?;
    let recipe = Recipe {
        kernel: cut.release.clone(),
        modules: cut.folder.join("lib/modules").join(&cut.release),
        lists: initrd_lists().to_vec(),
        init: init.clone(),
        ..Recipe::default()
    };
    let _ = recipe
        .make(&out, Compression::Zstd)
        .map_err(|error| Error::package(LINUX, error.to_string()))?;
    let bytes = fs::read(&out).map_err(Error::io("read", &out))?;
    for path in [&init, &out] {
        fs::remove_file(path).map_err(Error::io("remove", path))?;
    }
    Ok(bytes)
}

/// Every file below a folder, by its path there.
fn files(folder: &Path) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, Error> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.map_err(|error| Error::Io {
            action: "read",
            path: folder.to_owned(),
            source: error.into(),
        })?;
        let (path, kind) = (entry.path(), entry.file_type());
        if let (true, Ok(below)) = (kind.is_file(), path.strip_prefix(folder)) {
            let content = fs::read(path).map_err(Error::io("read", path))?;
            let _ = files.insert(below.as_os_str().as_encoded_bytes().to_vec(), content);
        }
    }
    Ok(files)
}

/// Cuts the kernel, or finds the cut of an earlier run.
fn cut(options: &Options, image: &Chosen, archive: &Path) -> Result<Cut, Error> {
    let modules = options.data.join("modules");
    let text = fs::read(&modules).map_err(Error::io("read", &modules))?;
    let mut hasher = blake3::Hasher::new();
    let _ = hasher
        .update(MAKER.as_bytes())
        .update(image.file_name().as_bytes())
        .update(&text);
    let stamp = hasher.finalize().to_hex().to_string();

    let kept = options.cache.join("linux");
    let cut = Cut {
        folder: kept.join(&stamp),
        release: image.name.strip_prefix(IMAGE).unwrap_or_default().to_owned(),
        version: image.version.clone(),
        stamp,
    };
    if cut.folder.exists() {
        return Ok(cut);
    }
    // Cuts of other kernels or lists, and what a run that was ended left.
    if kept.exists() {
        fs::remove_dir_all(&kept).map_err(Error::io("empty", &kept))?;
    }
    let (whole, part) = (kept.join("whole"), kept.join("part"));
    for path in [&whole, &part] {
        fs::create_dir_all(path).map_err(Error::io("make", path))?;
    }
    let dpkg_deb = tool::find("dpkg-deb", "dpkg")?;
    let _ = tool::output(tool::command(&dpkg_deb).arg("-x").arg(archive).arg(&whole), LIMIT)?;
    cut_into(&part, &whole, &cut.release, &modules)?;
    fs::remove_dir_all(&whole).map_err(Error::io("remove", &whole))?;
    fs::rename(&part, &cut.folder).map_err(Error::io("rename", &part))?;
    Ok(cut)
}

/// Takes what is wanted of an unpacked package.
fn cut_into(part: &Path, whole: &Path, release: &str, list: &Path) -> Result<(), Error> {
    let depmod = tool::find("depmod", "kmod")?;
    let depend = |base: &Path| tool::output(tool::command(&depmod).arg("-b").arg(base).arg(release), LIMIT).map(drop);
    let below = format!("lib/modules/{release}");

    depend(&whole.join("usr"))?;
    let tree = whole.join("usr").join(&below);
    let wrong = |error: moult_early::Error| Error::package(LINUX, error.to_string());
    let chosen = Tree::read(&tree)
        .and_then(|tree| tree.choose(&[list.to_owned()]))
        .map_err(wrong)?;
    let tables = ["modules.builtin", "modules.builtin.modinfo", "modules.order"];
    for path in chosen.paths().chain(tables) {
        copy(&tree.join(path), &part.join(&below).join(path))?;
    }
    depend(part)?;

    let kernel = format!("lib/kernel/{release}");
    for name in ["vmlinuz", "config"] {
        let from = whole.join(format!("boot/{name}-{release}"));
        copy(&from, &part.join(&kernel).join(name))?;
    }
    let copyright = whole.join(format!("usr/share/doc/{IMAGE}{release}/copyright"));
    copy(&copyright, &part.join(format!("share/doc/{LINUX}/copyright")))
}

/// Copies a file with its date, which says when the kernel was built.
fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(Error::io("make", parent))?;
    }
    let _ = fs::copy(from, to).map_err(Error::io("copy", from))?;
    let built = fs::metadata(from)
        .and_then(|found| found.modified())
        .map_err(Error::io("look at", from))?;
    fs::File::options()
        .write(true)
        .open(to)
        .and_then(|file| file.set_modified(built))
        .map_err(Error::io("date", to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_is_the_package_with_a_release_in_its_name() {
        let chosen = |name: &str| Chosen {
            name: name.to_owned(),
            version: "1".to_owned(),
            architecture: "amd64".to_owned(),
        };
        let packages = ["linux-base", "linux-image-amd64", "linux-image-6.12.1+deb13-amd64"].map(chosen);
        assert_eq!(image(&packages), Some(&packages[2]));
        assert!(is_image("linux-image-amd64") && !is_image("linux-base"));
    }
}

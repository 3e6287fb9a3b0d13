//! What packages bring for the boot menu, known before they are fetched: only the heads of their files are read.

use rusqlite::Connection;

use crate::boot::KernelFile;
use crate::crew;
use crate::difference::laid_out;
use crate::error::{Error, lossy};
use crate::head;
use crate::ledger;
use crate::package::{Item, What};
use crate::root::Root;
use crate::selection::{Selected, Selection};
use crate::watch::Watch;
use crate::web::Web;

/// Where kernels are, below `/usr`.
const KERNELS: &[u8] = b"lib/kernel/";
/// Heads that are read at once.
const AT_ONCE: usize = 4;
/// Words in the names of packages that mostly bring a kernel or a boot loader: they are looked at first.
const LIKELY: [&str; 4] = ["linux", "kernel", "boot", "efi"];

/// Every file below `lib/kernel` of these packages, by path.
pub(crate) fn of(
    root: &Root,
    connection: &Connection,
    web: &Web,
    selection: &Selection,
    watch: &dyn Watch,
) -> Result<Vec<KernelFile>, Error> {
    let mut files = Vec::new();
    let mut missing = Vec::new();
    for package in &selection.packages {
        match ledger::unpacked(connection, package)? {
            Some(items) => files.extend(items.iter().filter_map(|item| stored(root, item))),
            None => missing.push(package),
        }
    }
    let heads = crew::run(AT_ONCE, &missing, |package| packed(root, web, package, watch))?;
    files.extend(heads.into_iter().flatten());
    files.sort_by(|one: &KernelFile, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Whether something among these packages puts a file where each of the questions wants one. Heads are read until that
/// is known, of the likely packages first.
pub(crate) fn bring(
    root: &Root,
    connection: &Connection,
    web: &Web,
    selection: &Selection,
    questions: &[&(dyn Fn(&str) -> bool + Sync)],
    watch: &dyn Watch,
) -> Result<bool, Error> {
    let likely = |package: &&Selected| LIKELY.iter().any(|word| package.name.contains(word));
    let (first, rest): (Vec<&Selected>, Vec<&Selected>) = selection.packages.iter().partition(likely);
    let mut open: Vec<_> = questions.to_vec();
    for some in first.chunks(AT_ONCE).chain(rest.chunks(AT_ONCE)) {
        if open.is_empty() {
            break;
        }
        let (mut paths, mut missing) = (Vec::new(), Vec::new());
        for package in some {
            match ledger::unpacked(connection, package)? {
                Some(items) => paths.extend(items.iter().map(|item| lossy(&item.path))),
                None => missing.push(*package),
            }
        }
        let heads = crew::run(AT_ONCE, &missing, |package| {
            Ok(laid_out(&package.name, head::read(root, web, package, watch)?, watch)?.0)
        })?;
        paths.extend(heads.iter().flatten().map(|item| lossy(&item.path)));
        open.retain(|question| !paths.iter().any(|path| question(path.as_str())));
    }
    Ok(open.is_empty())
}

fn stored(root: &Root, item: &Item) -> Option<KernelFile> {
    let key = item.key().filter(|_| item.path.starts_with(KERNELS))?;
    // One that is damaged or gone is the store's to mend; for the menu it counts as nothing.
    let size = std::fs::metadata(root.own("store").join(key.path())).map_or(0, |file| file.len());
    Some(KernelFile {
        path: lossy(&item.path),
        size,
        content: Some(key.content),
    })
}

fn packed(root: &Root, web: &Web, package: &Selected, watch: &dyn Watch) -> Result<Vec<KernelFile>, Error> {
    let (items, sizes) = laid_out(&package.name, head::read(root, web, package, watch)?, watch)?;
    let file = |item: &Item| match item.what {
        What::Packed(digest) if item.path.starts_with(KERNELS) => Some(KernelFile {
            path: lossy(&item.path),
            size: sizes.get(&digest).copied().unwrap_or(0),
            content: None,
        }),
        _ => None,
    };
    Ok(items.iter().filter_map(file).collect())
}

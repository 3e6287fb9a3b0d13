//! The questions of this screen, and its wishes.

use std::collections::HashMap;

use moult_api::{Action, ChangeRequest, Failure, Filter, Item, ItemKind, PackageChange, PackageRow};

use super::{Loaded, Orphans};
use crate::store::{Operation, Reader};

/// Rows whose size and icon are asked for at once.
pub(super) const BATCH: usize = 64;
/// Items asked for at once.
const PAGE: u32 = 1000;
/// More apps than any system has.
const MOST_ITEMS: usize = 100_000;
/// States looked at to find out when packages came.
const MOST_STATES: usize = 60;

/// Every installed package, and what a catalogue says of some.
pub(super) async fn everything(reader: Reader) -> Result<Loaded, Failure> {
    let packages = reader.packages().await?.installed().await?;
    let store = reader.store().await?;
    let described = Filter {
        kinds: vec![
            ItemKind::App,
            ItemKind::ConsoleApp,
            ItemKind::Addon,
            ItemKind::Font,
            ItemKind::Component,
        ],
        installed: true,
        ..Filter::default()
    };
    let mut items = Vec::new();
    loop {
        let page = store.items(&described, items.len() as u64, PAGE).await?;
        let is_empty = page.items.is_empty();
        items.extend(page.items);
        if is_empty || items.len() as u64 >= page.total || items.len() >= MOST_ITEMS {
            break;
        }
    }
    reader.pictures().load(items.get(..BATCH).unwrap_or(&items)).await;

    Ok(Loaded { packages, items })
}

/// What nobody chose and nobody needs, and the bytes of its files.
pub(super) async fn orphans(reader: Reader) -> Result<Orphans, Failure> {
    let plan = reader.packages().await?.plan(&removal_request(Vec::new())).await;
    let packages: Vec<String> = match plan {
        Ok(plan) => plan
            .packages
            .into_iter()
            .filter(|package| package.change == PackageChange::Remove)
            .map(|package| package.name)
            .collect(),
        Err(failure) => return Err(failure),
    };
    let names: Vec<&str> = packages.iter().map(String::as_str).collect();
    let items = reader.store().await?.of_packages(&names).await?;
    let bytes = sizes(reader, items).await?.into_iter().map(|(_, bytes)| bytes).sum();

    Ok(Orphans { packages, bytes })
}

/// Bytes on the disk, by package; their icons are loaded as well.
pub(super) async fn sizes(reader: Reader, items: Vec<Item>) -> Result<Vec<(String, u64)>, Failure> {
    reader.pictures().load(&items).await;
    let packages: Vec<&str> = items.iter().map(|item| item.package.as_str()).collect();
    // What went in the meantime has no size; news of that are on their way.
    let bytes = reader.store().await?.installed_sizes(&packages).await?;

    Ok(items.into_iter().map(|item| item.package).zip(bytes).collect())
}

/// When packages came, as far as the states tell: the moment of the last state that brought them and led to now.
pub(super) async fn came(reader: Reader) -> Result<HashMap<String, i64>, Failure> {
    let packages = reader.packages().await?;
    let mut states = packages.states().await?;
    if let Some(active) = states.iter().position(|state| state.status == "active") {
        states.truncate(active + 1);
    }
    let first = states.len().saturating_sub(MOST_STATES);
    let mut came = HashMap::new();
    for pair in states.get(first..).unwrap_or_default().windows(2) {
        let [old, new] = pair else { continue };
        for package in packages.state_difference(old.id, new.id).await?.packages {
            match package.change {
                PackageChange::Install => {
                    let _ = came.insert(package.name, new.created);
                }
                PackageChange::Remove => {
                    let _ = came.remove(&package.name);
                }
                _ => {}
            }
        }
    }

    Ok(came)
}

/// A package that no catalogue describes, as an item.
pub(super) fn plain(package: &PackageRow) -> Item {
    Item {
        id: format!("package:{}", package.name),
        package: package.name.clone(),
        name: package.name.clone(),
        summary: package.summary.clone(),
        kind: ItemKind::System,
        icon: String::new(),
        version: package.version.clone(),
        repository: package.repository.clone(),
        installed: true,
        newer: false,
        held: package.held,
    }
}

/// The wish that packages go; without any, those that nobody needs.
pub(super) fn removal_request(packages: Vec<String>) -> ChangeRequest {
    ChangeRequest {
        action: Action::Remove,
        // Without any package, it is about those that nobody needs.
        remove_orphans: packages.is_empty(),
        packages,
        imported: Vec::new(),
    }
}

/// The same as an operation.
pub(super) fn removal(packages: Vec<String>, names: Vec<String>) -> Operation {
    Operation::Change {
        request: removal_request(packages),
        names,
        digest: String::new(),
    }
}

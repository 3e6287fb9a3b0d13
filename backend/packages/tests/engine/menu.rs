//! What whoever keeps the boot menu is asked and told, and when.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use moult_packages::{Boot, BootRefusal, Coming, Error, State, Status, Unwatched, Watch};

use crate::lab::{Eye, Root, Shop, bytes, package, providers};

/// What happened, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Event {
    /// Files with their sizes, and whether they are stored; the states then, and the active one.
    Foresaw(Vec<(String, u64, bool)>),
    /// A tree, by its number, and what is in its kernel.
    Checked(u64, String),
    /// States that are left; the active one; those whose trees are whole.
    Changed(Vec<u64>, Option<u64>, Vec<u64>),
}

#[derive(Debug, Default)]
struct Menu {
    events: Mutex<Vec<Event>>,
    /// Fails like a full partition from now on: files, or the tree.
    full: Mutex<Option<&'static str>>,
    broken: Mutex<bool>,
}

struct Kept(Arc<Menu>);

impl Boot for Kept {
    fn check(&self, _: &Path, states: &[State], coming: Coming<'_>) -> Result<(), BootRefusal> {
        let (event, what) = match coming {
            Coming::Files(files) => {
                let file = |file: &moult_packages::KernelFile| (file.path.clone(), file.size, file.content.is_some());
                (Event::Foresaw(files.iter().map(file).collect()), "files")
            }
            Coming::Tree(id, folder) => {
                let kernel = fs::read_to_string(folder.join("usr/lib/kernel/6.1/vmlinuz")).unwrap_or_default();
                (Event::Checked(id, kernel), "tree")
            }
        };
        self.0.events.lock().unwrap().push(event);
        if *self.0.full.lock().unwrap() == Some(what) {
            return Err(BootRefusal::Full {
                needed: 90,
                free: 7,
                states: states.iter().map(|state| state.id).collect(),
            });
        }
        Ok(())
    }

    fn states_changed(&self, root: &Path, states: &[State], _: &dyn Watch) -> Result<Vec<String>, BootRefusal> {
        let active = states.iter().find(|state| state.status == Status::Active);
        let mut whole: Vec<u64> = fs::read_dir(root.join(".moult/states"))
            .unwrap()
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .collect();
        whole.sort_unstable();
        let ids = states.iter().map(|state| state.id).collect();
        let event = Event::Changed(ids, active.map(|state| state.id), whole);
        self.0.events.lock().unwrap().push(event);
        if *self.0.broken.lock().unwrap() {
            return Err(BootRefusal::Other("the menu cannot be written".to_owned()));
        }
        Ok(vec!["an older entry went".to_owned()])
    }
}

impl Menu {
    fn seen(&self) -> Vec<Event> {
        std::mem::take(&mut self.events.lock().unwrap())
    }
}

fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.add(package("base"), |writer| {
        writer.file(b"share/base", 0o644, 0, 0, bytes("base")).unwrap();
    });
    shop.add(package("linux"), |writer| {
        writer
            .file(b"lib/kernel/6.1/vmlinuz", 0o644, 0, 0, bytes("a kernel"))
            .unwrap();
        writer
            .file(b"lib/modules/6.1/x.ko", 0o644, 0, 0, bytes("a module"))
            .unwrap();
    });
    shop
}

/// The same root, with its menu kept.
fn change(root: &Root, menu: &Arc<Menu>, wanted: &[&str]) -> Result<Vec<String>, Error> {
    let mut engine = root.engine();
    engine.set_boot(Box::new(Kept(menu.clone())));
    let selection = engine.resolve(&providers(wanted))?;
    Ok(engine.install(&selection, "a test", &Eye::default())?.warnings)
}

#[test]
fn the_menu_is_asked_before_anything_is_fetched_and_before_the_swap_and_told_after_it() {
    let (shop, menu) = (shop(), Arc::new(Menu::default()));
    let root = shop.root();
    let warnings = change(&root, &menu, &["base", "linux"]).unwrap();
    assert_eq!(warnings, ["an older entry went"]);
    let kernel = || "lib/kernel/6.1/vmlinuz".to_owned();
    assert_eq!(
        menu.seen(),
        [
            Event::Foresaw(vec![(kernel(), 8, false)]),
            Event::Checked(1, "a kernel".into()),
            Event::Changed(vec![1], Some(1), vec![]),
        ]
    );

    // The second time it is stored, and what is in the store can be compared.
    let _ = change(&root, &menu, &["linux"]).unwrap();
    assert_eq!(menu.seen()[0], Event::Foresaw(vec![(kernel(), 8, true)]));

    let mut engine = root.engine();
    engine.set_boot(Box::new(Kept(menu.clone())));
    let _ = engine.activate(1, &Eye::default()).unwrap();
    assert_eq!(
        menu.seen(),
        [
            Event::Checked(1, "a kernel".into()),
            Event::Changed(vec![1, 2], Some(1), vec![2]),
        ]
    );
}

#[test]
fn a_menu_without_room_ends_the_change_with_everything_as_it_was() {
    let (shop, menu) = (shop(), Arc::new(Menu::default()));
    let root = shop.root();
    root.install(&["base"]).unwrap();
    for what in ["files", "tree"] {
        *menu.full.lock().unwrap() = Some(what);
        let error = root.refused(|engine| {
            engine.set_boot(Box::new(Kept(menu.clone())));
            let selection = engine.resolve(&providers(&["base", "linux"]))?;
            engine.install(&selection, "a test", &Eye::default()).map(drop)
        });
        let Error::Boot(BootRefusal::Full { needed, free, states }) = error else {
            panic!("{error}");
        };
        assert_eq!((needed, free, states), (90, 7, vec![1]));
        let told = menu.seen().iter().any(|event| matches!(event, Event::Changed(..)));
        assert!(!told, "nothing changed, so nothing is told");
        let fetched = fs::read_dir(root.path().join(".moult/downloads")).unwrap().count();
        assert_eq!(fetched, 0);
    }

    root.install(&["base", "linux"]).unwrap();
    let error = root.refused(|engine| {
        engine.set_boot(Box::new(Kept(menu.clone())));
        engine.activate(1, &Eye::default()).map(drop)
    });
    assert!(matches!(error, Error::Boot(BootRefusal::Full { .. })), "{error}");
}

#[test]
fn an_entry_leaves_the_menu_before_its_tree_goes_and_stays_with_its_tree_if_it_cannot() {
    let (shop, menu) = (shop(), Arc::new(Menu::default()));
    let root = shop.root();
    for wanted in [["base"].as_slice(), &["linux"], &["base", "linux"]] {
        root.install(wanted).unwrap();
    }

    *menu.broken.lock().unwrap() = true;
    for prune in [true, false] {
        let error = root.refused(|engine| {
            engine.set_boot(Box::new(Kept(menu.clone())));
            match prune {
                true => engine.prune(1, &Eye::default()).map(drop),
                false => engine.remove_states(&[2], &Eye::default()).map(drop),
            }
        });
        assert!(matches!(error, Error::Boot(BootRefusal::Other(_))), "{error}");
    }
    let _ = menu.seen();

    *menu.broken.lock().unwrap() = false;
    let mut engine = root.engine();
    engine.set_boot(Box::new(Kept(menu.clone())));
    let pruned = engine.prune(1, &Eye::default()).unwrap();
    assert_eq!(pruned.states, [1, 2]);
    assert_eq!(pruned.warnings, ["an older entry went"]);
    // Told without them, while both trees were still whole.
    assert_eq!(menu.seen(), [Event::Changed(vec![3], Some(3), vec![1, 2])]);
    // Who has nothing to let go of tells nobody.
    let _ = engine.prune(1, &Eye::default()).unwrap();
    assert_eq!(menu.seen(), []);
}

#[test]
fn a_menu_that_cannot_be_written_after_the_swap_is_a_warning_and_written_when_asked() {
    let (shop, menu) = (shop(), Arc::new(Menu::default()));
    let root = shop.root();
    *menu.broken.lock().unwrap() = true;
    assert_eq!(
        change(&root, &menu, &["linux"]).unwrap(),
        ["the menu cannot be written"]
    );
    assert_eq!(root.engine().active().unwrap(), Some(1));

    let mut engine = root.engine();
    assert!(matches!(engine.sync_boot(&Unwatched), Err(Error::Boot(_))));
    engine.set_boot(Box::new(Kept(menu.clone())));
    assert!(matches!(engine.sync_boot(&Unwatched), Err(Error::Boot(_))));
    *menu.broken.lock().unwrap() = false;
    assert_eq!(engine.sync_boot(&Unwatched).unwrap(), ["an older entry went"]);
}

#[test]
fn whether_packages_bring_a_kernel_is_known_without_fetching_them() {
    let shop = shop();
    let root = shop.root();
    let engine = root.engine();
    let kernel = |path: &str| path.starts_with("lib/kernel/");
    let base = |path: &str| path == "share/base";
    for (wanted, expected) in [
        (["base"].as_slice(), false),
        (&["linux"], false),
        (&["base", "linux"], true),
    ] {
        let selection = engine.resolve(&providers(wanted)).unwrap();
        let brings = engine.brings(&selection, &[&kernel, &base], &Unwatched).unwrap();
        assert_eq!(brings, expected, "{wanted:?}");
    }
    let fetched = fs::read_dir(root.path().join(".moult/downloads")).unwrap().count();
    assert_eq!(fetched, 0);
}

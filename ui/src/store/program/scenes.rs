//! For tests: the store with each of its pages, and with what its frame says of itself.

use moult_api::{Action as Wish, ChangeRequest, FailureCode};

use super::*;
use crate::samples::{LONG, SHOT, apps, paint, paint_shot};
use crate::screen::store::scene::{Page, Scene, all as pages};
use crate::store::Stage;
use crate::theme::Scheme;

impl Program {
    /// The store with a page.
    fn showing(scene: Scene) -> Self {
        let mut program = Self::idle(Language::English, Options::default(), Trace::off());
        program.queue = scene.queue;
        let pictures = program.reader.pictures();
        paint(pictures, &apps(), 64);
        paint(pictures, &apps()[..1], 128);
        paint_shot(pictures, SHOT, 752, 423);

        let (section, above) = match scene.page {
            Page::Authenticate(page) => {
                program.asked = Some(*page);
                (Section::Explore, None)
            }
            Page::Browse(page) => (Section::Explore, Some(Above::Browse(page))),
            Page::Item(page) => (Section::Explore, Some(Above::Item(page))),
            Page::Review(page) => (Section::Installed, Some(Above::Review(page))),
            Page::Explore(page) => {
                program.screens.explore = Some(*page);
                (Section::Explore, None)
            }
            Page::Installed(page) => {
                program.screens.installed = Some(*page);
                (Section::Installed, None)
            }
            Page::Updates(page) => {
                program.screens.updates = Some(*page);
                (Section::Updates, None)
            }
            Page::History(page) => {
                program.screens.history = Some(*page);
                (Section::History, None)
            }
            Page::Sources(page) => {
                program.screens.sources = Some(*page);
                (Section::Sources, None)
            }
            Page::Queue(page) => {
                program.screens.queue = *page;
                (Section::Queue, None)
            }
        };
        program.section = section;
        program.above.extend(above.map(|page| (PageId(1), page)));

        program
    }

    /// In other words, the other way round, of another size, in other colours.
    pub(crate) fn seen(&mut self, language: Language, direction: Direction, size: Size, scheme: Scheme) {
        self.language = language;
        self.direction = direction;
        self.size = size;
        self.theme = Theme::new(scheme);
        if self.bar.is_some() {
            self.bar = Some(Bar::new(language, &self.keyboard));
        }
    }
}

fn install(name: &str) -> Operation {
    Operation::Change {
        request: ChangeRequest {
            action: Wish::Install,
            packages: vec![name.into()],
            imported: vec![],
            remove_orphans: false,
        },
        names: vec![name.into()],
        digest: String::new(),
    }
}

fn not_opened(why: NotOpened) -> Notice {
    Notice::NotOpened { why, under: None }
}

/// Every page, and a page with everything that its frame can say.
pub(crate) fn all() -> Vec<(&'static str, Program)> {
    let page = |name: &str| {
        let scene = pages().into_iter().find(|scene| scene.name == name);
        Program::showing(scene.expect("it is there"))
    };
    let noticed = |name, notice| Program {
        notice: Some(notice),
        ..page(name)
    };
    let undo = |name: &str| Notice::Changed {
        entry: Queue::default().add(install(name)),
        operation: Box::new(install(name)),
        extent: None,
        back: Box::new(Operation::GoBack { state: 7, from: 8 }),
    };
    let failure = || Failure::new(FailureCode::BackendStopped, "connect: no such file");

    let mut failed = page("history");
    let entry = failed.queue.add(install("krita"));
    let unresolvable = Failure::new(FailureCode::Unresolvable, "").arg("explanation", LONG);
    failed.queue.set(entry, Stage::Failed(Box::new(unresolvable)));
    failed.notice = Some(Notice::Failed(entry));
    let mut at_work = page("explore");
    let _ = at_work.queue.add(install("krita"));
    let _ = at_work.queue.begin();

    let kiosk = |program: Program| Program {
        bar: Some(Bar::new(program.language, &program.keyboard)),
        newer: Some(999),
        ..program
    };

    let mut all: Vec<_> = pages()
        .into_iter()
        .map(|scene| (scene.name, Program::showing(scene)))
        .collect();
    all.extend([
        (
            "starting",
            Program::idle(Language::English, Options::default(), Trace::off()),
        ),
        (
            "no-reader",
            Program {
                no_reader: Some(failure()),
                ..Program::idle(Language::English, Options::default(), Trace::off())
            },
        ),
        (
            "reader-gone",
            Program {
                no_reader: Some(failure()),
                ..page("explore")
            },
        ),
        (
            "left-over",
            Program {
                left_over: 3,
                ..page("updates")
            },
        ),
        ("undo", noticed("explore", undo("Krita"))),
        ("undo-long", noticed("category", undo(LONG))),
        (
            "no-package",
            noticed("installed-apps", not_opened(NotOpened::NoPackage(LONG.into()))),
        ),
        (
            "elsewhere",
            noticed("explore", not_opened(NotOpened::Elsewhere(LONG.into()))),
        ),
        (
            "overtaken",
            noticed("history", Notice::Overtaken(Box::new(install("krita")))),
        ),
        (
            "overtaken-this",
            noticed(
                "sources",
                Notice::Overtaken(Box::new(Operation::NameState {
                    state: 7,
                    name: "calm".into(),
                })),
            ),
        ),
        ("failed", failed),
        ("kiosk-at-work", kiosk(at_work)),
        ("kiosk-authenticate", kiosk(page("authenticate-wrong"))),
    ]);

    all
}

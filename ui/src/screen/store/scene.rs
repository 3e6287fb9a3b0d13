//! For tests: the pages of the store in the states that tell most, for the sweep and for pictures.

use super::{authenticate, browse, explore, history, installed, item, queue, review, sources, updates};
use crate::store::Queue;

/// A page in some state, and what is being done meanwhile.
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    pub(crate) page: Page,
    pub(crate) queue: Queue,
}

impl Scene {
    pub(super) fn new(name: &'static str, page: impl Into<Page>) -> Self {
        Self {
            name,
            page: page.into(),
            queue: Queue::default(),
        }
    }

    pub(super) fn with(self, queue: Queue) -> Self {
        Self { queue, ..self }
    }
}

macro_rules! pages {
    ($($name:ident($page:ty)),* $(,)?) => {
        pub(crate) enum Page {
            $($name(Box<$page>)),*
        }

        $(impl From<$page> for Page {
            fn from(page: $page) -> Self {
                Self::$name(Box::new(page))
            }
        })*
    };
}

pages! {
    Authenticate(authenticate::Authenticate),
    Browse(browse::Browse),
    Explore(explore::Explore),
    History(history::History),
    Installed(installed::Installed),
    Item(item::AppPage),
    Queue(queue::Queue),
    Review(review::Review),
    Sources(sources::Sources),
    Updates(updates::Updates),
}

/// Every page there is.
pub(crate) fn all() -> Vec<Scene> {
    [
        authenticate::tests::scenes(),
        browse::tests::scenes(),
        explore::tests::scenes(),
        history::tests::scenes(),
        installed::tests::scenes(),
        item::tests::scenes(),
        queue::tests::scenes(),
        review::tests::scenes(),
        sources::tests::scenes(),
        updates::tests::scenes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

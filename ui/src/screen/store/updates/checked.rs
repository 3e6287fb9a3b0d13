//! When the sources were read, and whether that is enough to say that everything is up to date.

use moult_api::Repositories;
use moult_i18n::{Language, ago, fl, moment};

use crate::store::said;

/// After so long, "up to date" is not said any more, in seconds: one day.
const FRESH: i64 = 24 * 3600;

/// How it stands with the reading of the sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checked {
    /// When the one that was read longest ago was read: seconds since 1970. None: there is none, or one was never read.
    pub(super) at: Option<i64>,
    /// What hinders from being sure.
    pub(super) gaps: Vec<Gap>,
}

/// Why a source does not tell what there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gap {
    /// No source is switched on.
    NoSource,
    /// It was never read.
    Never {
        /// Which.
        name: String,
        /// Why not; may be empty.
        reason: String,
    },
    /// It could not be read the last time.
    Failed {
        /// Which.
        name: String,
        /// When: seconds since 1970.
        failed: i64,
        /// Why, for people.
        reason: String,
        /// The last time that it could be.
        refreshed: i64,
    },
    /// What vouches for its list has run out.
    Expired {
        /// Which.
        name: String,
        /// Since when: seconds since 1970.
        expires: i64,
    },
    /// Only a newer engine reads it.
    Outgrown {
        /// Which.
        name: String,
    },
    /// A configuration file cannot be used.
    Broken {
        /// Which.
        path: String,
        /// Why, for people.
        reason: String,
    },
}

impl Checked {
    /// What the sources say about themselves, now.
    pub(super) fn of(sources: &Repositories, now: i64, language: Language) -> Self {
        let enabled = || sources.repositories.iter().filter(|source| source.enabled);
        let mut gaps: Vec<Gap> = enabled()
            .filter_map(|source| {
                let name = source.name.clone();
                Some(if source.refreshed == 0 {
                    let reason = said::unread(source, language);
                    Gap::Never { name, reason }
                } else if source.failed != 0 {
                    Gap::Failed {
                        name,
                        failed: source.failed,
                        reason: said::unread(source, language),
                        refreshed: source.refreshed,
                    }
                } else if !source.newer_format.is_empty() {
                    Gap::Outgrown { name }
                } else if source.expires != 0 && source.expires < now {
                    let expires = source.expires;
                    Gap::Expired { name, expires }
                } else {
                    return None;
                })
            })
            .collect();
        gaps.extend(sources.broken.iter().map(|broken| Gap::Broken {
            path: broken.path.clone(),
            reason: broken.reason.clone(),
        }));
        if enabled().next().is_none() {
            gaps.push(Gap::NoSource);
        }
        let at = enabled().map(|source| source.refreshed).min().filter(|at| *at > 0);

        Self { at, gaps }
    }

    /// Every source was read, the last time without a failure.
    pub(super) fn is_whole(&self) -> bool {
        self.gaps.is_empty() && self.at.is_some()
    }

    /// And that is not long ago. A moment that lies ahead is a clock that was wrong: nothing is known then.
    pub(super) fn is_fresh(&self, now: i64) -> bool {
        self.is_whole() && self.at.is_some_and(|at| (0..FRESH).contains(&(now - at)))
    }

    /// When, for the head of the page.
    pub(super) fn when(&self, language: Language, now: i64) -> String {
        match self.at {
            _ if !self.is_whole() => fl!(language, "store-updates-checked-partly"),
            Some(at) => fl!(
                language,
                "store-updates-checked",
                ago = ago(language, now - at),
                moment = moment(language, at)
            ),
            None => fl!(language, "store-updates-checked-never"),
        }
    }
}

impl Gap {
    /// The gap as a sentence or two.
    pub(super) fn words(&self, language: Language) -> String {
        match self {
            Self::NoSource => fl!(language, "store-updates-no-source"),
            Self::Never { name, reason } if reason.is_empty() => {
                fl!(language, "store-updates-never", name = name.as_str())
            }
            Self::Never { name, reason } => fl!(
                language,
                "store-updates-never-why",
                name = name.as_str(),
                reason = reason.as_str()
            ),
            Self::Failed {
                name,
                failed,
                reason,
                refreshed,
            } => fl!(
                language,
                "store-updates-failed",
                name = name.as_str(),
                failed = moment(language, *failed),
                reason = reason.as_str(),
                refreshed = moment(language, *refreshed)
            ),
            Self::Expired { name, expires } => fl!(
                language,
                "store-updates-expired",
                name = name.as_str(),
                expires = moment(language, *expires)
            ),
            Self::Outgrown { name } => fl!(language, "store-updates-outgrown", name = name.as_str()),
            Self::Broken { path, reason } => fl!(
                language,
                "store-updates-broken",
                path = path.as_str(),
                reason = reason.as_str()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use moult_api::{BrokenRow, Failure, FailureCode, RepositoryRow};

    use super::*;
    use crate::samples::{NOW, repository};

    fn source(name: &str, refreshed: i64) -> RepositoryRow {
        RepositoryRow {
            refreshed,
            ..repository(name)
        }
    }

    fn checked(repositories: Vec<RepositoryRow>) -> Checked {
        Checked::of(
            &Repositories {
                repositories,
                broken: vec![],
            },
            NOW,
            Language::English,
        )
    }

    #[test]
    fn up_to_date_needs_a_successful_reading_of_every_source_that_is_on() {
        let good = checked(vec![source("a", NOW - 60), source("b", NOW - 720)]);
        assert_eq!(good.at, Some(NOW - 720), "the oldest counts");
        assert!(good.is_fresh(NOW));

        let mut failed = source("b", NOW - 720);
        failed.failed = NOW - 60;
        assert!(!checked(vec![source("a", NOW - 60), failed.clone()]).is_whole());

        failed.enabled = false;
        assert!(checked(vec![source("a", NOW - 60), failed]).is_whole(), "it is off");
        assert!(!checked(vec![source("a", NOW - 60), source("b", 0)]).is_whole());
        assert!(!checked(vec![]).is_whole(), "nobody was asked");
    }

    #[test]
    fn an_old_reading_and_a_clock_that_was_wrong_do_not_count_as_fresh() {
        assert!(!checked(vec![source("a", NOW - FRESH)]).is_fresh(NOW));
        assert!(checked(vec![source("a", NOW - FRESH)]).is_whole());
        assert!(!checked(vec![source("a", NOW + 600)]).is_fresh(NOW));
    }

    #[test]
    fn a_signature_that_ran_out_a_newer_format_and_a_broken_file_are_gaps() {
        let mut expired = source("a", NOW - 60);
        expired.expires = NOW - 1;
        assert!(!checked(vec![expired]).is_whole());

        let mut outgrown = source("a", NOW - 60);
        outgrown.newer_format = "3".into();
        assert!(!checked(vec![outgrown]).is_whole());

        let broken = BrokenRow {
            path: "/etc/moult/x.kdl".into(),
            line: 1,
            column: 1,
            repository: String::new(),
            reason: "no such node".into(),
        };
        let sources = Repositories {
            repositories: vec![source("a", NOW - 60)],
            broken: vec![broken],
        };
        assert!(!Checked::of(&sources, NOW, Language::English).is_whole());
    }

    #[test]
    fn why_a_source_could_not_be_read_is_said_in_the_persons_language() {
        let mut source = source("a", NOW - 720);
        source.failed = NOW - 60;
        source.failure = "https://a.example/ cannot be reached: no route to host".into();
        let told = |source: &RepositoryRow, language| match said::unread(source, language) {
            reason if reason == source.failure => None,
            reason => Some(reason),
        };
        for (code, argument) in [
            (FailureCode::RepositoryUnreachable, "uri"),
            (FailureCode::RepositoryDamaged, "uri"),
            (FailureCode::RepositoryUntrusted, "reason"),
        ] {
            source.trouble = vec![Failure::new(code, "").arg(argument, "https://a.example/")];
            let all: HashSet<_> = Language::ALL.iter().map(|language| told(&source, *language)).collect();
            assert!(!all.contains(&None) && all.len() == Language::ALL.len(), "{all:?}");
        }

        // Where there are no words, there is at least the engine's own.
        source.trouble = vec![Failure::new(FailureCode::Internal, "")];
        assert_eq!(told(&source, Language::German), None);
        let gaps = Checked::of(
            &Repositories {
                repositories: vec![source.clone()],
                broken: vec![],
            },
            NOW,
            Language::German,
        )
        .gaps;
        assert!(matches!(&gaps[..], [Gap::Failed { reason, .. }] if *reason == source.failure));
    }

    #[test]
    fn every_gap_is_told_in_every_language_with_its_name() {
        for language in Language::ALL {
            let gap = Gap::Failed {
                name: "volatile".into(),
                failed: NOW,
                reason: "timed out".into(),
                refreshed: NOW - 86_400,
            };
            let words = gap.words(language);
            assert!(words.contains("volatile") && words.contains("timed out"), "{words}");
        }
    }
}

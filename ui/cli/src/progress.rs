//! Following a job to its end: one line that moves on a terminal, nothing anywhere else; Ctrl-C asks the job to stop.

use std::io::{IsTerminal, Write};

use futures_util::StreamExt;
use moult_api::{Failure, FailureCode, Job, JobChangedStream, JobState, JobsProxy, Outcome, Phase};
use moult_i18n::{Language, bytes, explain, fl};

use crate::backend::Backend;
use crate::error::Error;
use crate::print::visible;
use crate::session::Session;

/// Columns of a terminal that does not say how many it has.
const COLUMNS: usize = 80;

/// Listens to the jobs of a backend. Made before a job is started, so that nothing of it is missed.
#[derive(Debug)]
pub(crate) struct Follower<'a> {
    session: &'a Session,
    backend: &'a Backend,
    jobs: JobsProxy<'static>,
    changes: JobChangedStream,
}

impl<'a> Follower<'a> {
    pub(crate) async fn listen(session: &'a Session, backend: &'a Backend) -> Result<Self, Error> {
        let jobs = JobsProxy::new(backend.connection()).await?;
        let changes = jobs.receive_job_changed().await?;
        Ok(Self {
            session,
            backend,
            jobs,
            changes,
        })
    }

    /// Waits for a job's end.
    pub(crate) async fn finish(mut self, job: &str) -> Result<Outcome, Error> {
        let language = self.session.language;
        let mut line = Line::new(language, self.session.json);
        let ended = loop {
            tokio::select! {
                change = self.changes.next() => {
                    let Some(change) = change else {
                        line.clear();
                        return Err(Error::silent(language, "the connection was closed"));
                    };
                    let moved = change.args()?.job;
                    if moved.id != job {
                        continue;
                    }
                    if moved.state != JobState::Running {
                        break moved;
                    }
                    // Before its first phase there is nothing to say yet.
                    if moved.phase != Phase::Check {
                        line.show(&moved);
                    }
                }
                _ = tokio::signal::ctrl_c() => {
                    line.clear();
                    if line.stopping && self.backend.is_apart() {
                        return Err(Failure::new(FailureCode::Cancelled, "").into());
                    }
                    if line.stopping {
                        line.note(&fl!(language, "ctl-goes-on"));
                        // The backend ends its job by itself; waiting was all that is given up.
                        std::process::exit(1);
                    }
                    line.stopping = true;
                    match self.jobs.cancel(job).await {
                        Ok(()) => line.note(&fl!(language, "ctl-cancelling")),
                        Err(_) => line.note(&fl!(language, "cancel-means-no")),
                    }
                }
            }
        };
        line.clear();
        if ended.state != JobState::Done {
            let _ = self.jobs.dismiss(job).await;
            return Err(ended.failure.into());
        }
        let outcome = self.backend.changes().await?.outcome(job).await?;
        // What is known to be over need not be found by the next window.
        let _ = self.jobs.dismiss(job).await;

        Ok(outcome)
    }
}

/// The one line.
#[derive(Debug)]
struct Line {
    language: Language,
    terminal: bool,
    /// Stderr is for a program: one JSON object, if anything.
    quiet: bool,
    drawn: bool,
    stopping: bool,
}

impl Line {
    fn new(language: Language, quiet: bool) -> Self {
        Self {
            language,
            terminal: std::io::stderr().is_terminal(),
            quiet,
            drawn: false,
            stopping: false,
        }
    }

    fn show(&mut self, job: &Job) {
        if self.terminal {
            let text: String = describe(self.language, job).chars().take(columns() - 1).collect();
            let mut stderr = std::io::stderr().lock();
            let _ = write!(stderr, "\r{text}\u{1b}[K");
            let _ = stderr.flush();
            self.drawn = true;
        }
    }

    fn clear(&mut self) {
        if self.drawn {
            let _ = write!(std::io::stderr().lock(), "\r\u{1b}[K");
            self.drawn = false;
        }
    }

    fn note(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }
}

fn columns() -> usize {
    rustix::termios::tcgetwinsize(std::io::stderr())
        .map(|size| usize::from(size.ws_col))
        .ok()
        .filter(|columns| *columns > 10)
        .unwrap_or(COLUMNS)
}

/// "Fetching the packages.  42 %  12.3 MB of 40 MB  bash"
fn describe(language: Language, job: &Job) -> String {
    let percent = (job.progress.clamp(0.0, 1.0) * 100.0) as u8;
    let waits = job.failure.code != FailureCode::None;
    let what = if waits {
        // What it waits for and will try again by itself.
        visible(&explain(language, &job.failure, "").what)
    } else {
        phase(language, job.phase)
    };
    let mut parts = vec![what, format!("{percent:3}\u{a0}%")];
    if job.bytes_total > 0 {
        let (done, total) = (bytes(language, job.bytes_done), bytes(language, job.bytes_total));
        parts.push(fl!(language, "progress-bytes", done = done, total = total));
    }
    if !job.current.is_empty() {
        parts.push(visible(&job.current));
    }

    parts.join("  ")
}

fn phase(language: Language, phase: Phase) -> String {
    match phase {
        Phase::Check => fl!(language, "phase-check"),
        Phase::Refresh => fl!(language, "phase-refresh"),
        Phase::Resolve => fl!(language, "phase-resolve"),
        Phase::Partition => fl!(language, "phase-partition"),
        Phase::Fetch => fl!(language, "phase-fetch"),
        Phase::Store => fl!(language, "phase-store"),
        Phase::Compose => fl!(language, "phase-compose"),
        Phase::Triggers => fl!(language, "phase-triggers"),
        Phase::Configure => fl!(language, "phase-configure"),
        Phase::Boot => fl!(language, "phase-boot"),
        Phase::Finish => fl!(language, "phase-finish"),
        Phase::Activate => fl!(language, "phase-activate"),
        Phase::Verify => fl!(language, "phase-verify"),
        Phase::Prune => fl!(language, "phase-prune"),
        Phase::Export => fl!(language, "phase-export"),
    }
}

#[cfg(test)]
mod tests {
    use moult_api::{Cancel, Failure, JobKind};

    use super::*;

    #[test]
    fn the_line_says_what_happens_how_far_it_is_and_with_what() {
        let job = Job {
            id: "1".into(),
            kind: JobKind::Packages,
            state: JobState::Running,
            phase: Phase::Fetch,
            progress: 0.426,
            bytes_done: 12_300_000,
            bytes_total: 40_000_000,
            items_done: 1,
            items_total: 3,
            current: "ba\u{1b}sh".into(),
            seconds_left: -1,
            cancel: Cancel::Free,
            subject: String::new(),
            failure: Failure::none(),
        };
        assert_eq!(
            describe(Language::English, &job).replace('\u{a0}', " "),
            "Fetching the packages.   42 %  12.3 MB of 40 MB  ba\\u{1b}sh"
        );

        let waits = Job {
            failure: Failure::new(FailureCode::RepositoryUnreachable, "").arg("uri", "http://a\u{1b}b/"),
            ..job
        };
        let said = describe(Language::English, &waits);
        assert!(
            said.starts_with("The package source cannot be reached (http://a\\u{1b}b/)."),
            "{said}"
        );
    }
}

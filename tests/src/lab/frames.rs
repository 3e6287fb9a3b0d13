//! When a window's frames reach its compositor: read from what `WAYLAND_DEBUG=client` prints, between the lines of its trace.
//!
//! A frame is a `wl_surface.commit` of the surface that a toplevel has. The trace says what the next frame draws before it
//! is drawn, and both are written to the same file by the same thread: so the first commit after a line shows what the line
//! tells.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::Deserialize;

use super::Error;

/// A moment as libwayland prints it: microseconds of the day's clock, of which it keeps 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(u32);

impl Moment {
    /// Now.
    pub(super) fn now() -> Moment {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment((since.as_micros() & u128::from(u32::MAX)) as u32)
    }

    /// The time since an earlier moment; right below 71 minutes.
    pub(super) fn since(self, earlier: Moment) -> Duration {
        Duration::from_micros(u64::from(self.0.wrapping_sub(earlier.0)))
    }

    /// `[3163468.401] …`: milliseconds.
    fn read(line: &str) -> Option<Moment> {
        let (time, _) = line.strip_prefix('[')?.split_once(']')?;
        let (whole, part) = time.trim().split_once('.')?;
        let microseconds = whole.parse::<u64>().ok()?.checked_mul(1000)? + part.parse::<u64>().ok()?;
        u32::try_from(microseconds).ok().map(Moment)
    }
}

/// What a window said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// A frame went to the compositor.
    Frame(Moment),
    /// The next frame is the first with something in it.
    Content,
    /// The next frame shows what a search for so many letters found.
    Found {
        /// Letters of the term.
        letters: usize,
    },
}

/// One line of the trace, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
struct Line {
    content: Option<bool>,
    found: Option<FoundLine>,
}

#[derive(Debug, Deserialize)]
struct FoundLine {
    letters: usize,
}

/// Follows what a window says.
#[derive(Debug, Default)]
pub(super) struct Frames {
    path: PathBuf,
    read: u64,
    unfinished: Vec<u8>,
    parser: Parser,
}

impl Frames {
    /// Follows a file that grows, from its beginning.
    pub(super) fn follow(path: PathBuf) -> Frames {
        Frames {
            path,
            ..Frames::default()
        }
    }

    /// What was said since the last time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn more(&mut self) -> Result<Vec<Said>, Error> {
        let read = |path: &PathBuf, from: u64| {
            let mut file = File::open(path)?;
            let _ = file.seek(SeekFrom::Start(from))?;
            let mut more = Vec::new();
            let _ = file.read_to_end(&mut more)?;
            Ok(more)
        };
        let more = read(&self.path, self.read).map_err(Error::file("reading", &self.path))?;
        self.read += more.len() as u64;
        self.unfinished.extend_from_slice(&more);
        let whole = self
            .unfinished
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at.saturating_add(1));
        let lines: Vec<u8> = self.unfinished.drain(..whole).collect();
        let lines = String::from_utf8_lossy(&lines);
        Ok(lines.lines().filter_map(|line| self.parser.line(line)).collect())
    }
}

#[derive(Debug, Default)]
struct Parser {
    /// The surface of each `xdg_surface`.
    roles: BTreeMap<String, String>,
    /// Surfaces of toplevels.
    windows: Vec<String>,
    /// Whether something was attached that is not committed yet.
    attached: bool,
}

impl Parser {
    fn line(&mut self, line: &str) -> Option<Said> {
        if line.starts_with('{') {
            let line: Line = serde_json::from_str(line).unwrap_or_default();
            return match line {
                Line { found: Some(found), .. } => Some(Said::Found { letters: found.letters }),
                Line {
                    content: Some(true), ..
                } => Some(Said::Content),
                Line { .. } => None,
            };
        }
        let moment = Moment::read(line)?;
        let (_, request) = line.split_once(" -> ")?;
        let (object, rest) = request.split_once('.')?;
        let object = object.replace('@', "#");
        let (request, arguments) = rest.split_once('(')?;
        let arguments = arguments.replace('@', "#");
        let of = |kind: &str| {
            let (_, rest) = arguments.split_once(kind)?;
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            Some(format!("{kind}{digits}"))
        };
        match request {
            "get_xdg_surface" => {
                let _ = self.roles.insert(of("xdg_surface#")?, of("wl_surface#")?);
                None
            }
            "get_toplevel" => {
                self.windows.push(self.roles.get(&object)?.clone());
                None
            }
            "attach" if self.windows.contains(&object) => {
                self.attached = true;
                None
            }
            "commit" if self.windows.contains(&object) && std::mem::take(&mut self.attached) => {
                Some(Said::Frame(moment))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "[ 92.100] {Default Queue}  -> wl_compositor#5.create_surface(new id wl_surface#20)
[ 92.200] {Default Queue}  -> xdg_wm_base#9.get_xdg_surface(new id xdg_surface#21, wl_surface#20)
[ 92.300] {Default Queue}  -> xdg_surface#21.get_toplevel(new id xdg_toplevel#22)
[ 92.400] {Default Queue}  -> wl_surface#20.commit()
[ 92.500] {Default Queue} xdg_surface#21.configure(1)
{\"screen\":\"explore\"}
[4294967.000] {Default Queue}  -> wl_surface#20.attach(wl_buffer#30, 0, 0)
[4294967.295] {Default Queue}  -> wl_surface#20.commit()
{\"content\":true}
[ 0.500] {Default Queue}  -> wl_surface#40.attach(wl_buffer#41, 0, 0)
[ 0.600] {Default Queue}  -> wl_surface#40.commit()
[ 0.700] {Default Queue}  -> wl_surface#20.attach(wl_buffer#30, 0, 0)
[ 0.999] {Default Queue}  -> wl_surface#20.commit()
{\"found\":{\"items\":3,\"letters\":2}}
";

    #[test]
    fn a_frame_is_a_commit_of_the_windows_own_surface_with_something_new_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut frames = Frames::follow(path.clone());
        let (begin, end) = LOG.split_at(LOG.len() - 10);
        std::fs::write(&path, begin).unwrap();
        let first = Moment(4_294_967_295);
        let second = Moment(999);
        let said = [Said::Frame(first), Said::Content, Said::Frame(second)];
        assert_eq!(frames.more().unwrap(), said);
        std::fs::write(&path, format!("{begin}{end}")).unwrap();
        assert_eq!(frames.more().unwrap(), [Said::Found { letters: 2 }]);
        // The clock's 32 bits have run over in between.
        assert_eq!(second.since(first), Duration::from_micros(1000));
    }

    #[test]
    fn a_moment_is_of_the_clock_that_libwayland_reads() {
        let moment = Moment::now();
        std::thread::sleep(Duration::from_millis(2));
        assert!(Moment::now().since(moment) >= Duration::from_millis(2));
        assert_eq!(Moment::read("[  92.100] x"), Some(Moment(92_100)));
        assert_eq!(Moment::read("no"), None);
    }
}

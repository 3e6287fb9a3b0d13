//! The figures, how they are counted and how they are printed.

use std::{fmt, fs, path::PathBuf, time::Duration};

use crate::lab::{Error, sys};

/// Everything that was measured of the store.
#[derive(Debug, Default)]
pub struct Costs {
    /// From exec to something to see, without a cache.
    pub first_content: Duration,
    /// From exec to the first frame, one a start.
    pub frame: Vec<Duration>,
    /// From exec to the first frame with something in it, one a start.
    pub content: Vec<Duration>,
    /// From a key's event to the frame that shows what was found, one a key.
    pub key: Vec<Duration>,
    /// Explore, scrolled.
    pub grid: FrameTimes,
    /// A list, scrolled.
    pub list: FrameTimes,
    /// After so many searches.
    pub memory: Vec<(usize, Memory)>,
    /// Just started, the field of search has the focus.
    pub idle_typing: Idle,
    /// At the end.
    pub idle: Idle,
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "exec to the first frame:    {}", Spread::of(&self.frame))?;
        writeln!(
            f,
            "exec to content:            {}  (goal < 250)",
            Spread::of(&self.content)
        )?;
        writeln!(f, "  without a cache:          {}", ms(self.first_content))?;
        writeln!(f, "key to result:              {}  (goal < 50)", Spread::of(&self.key))?;
        writeln!(f, "scrolling the grid:         {}  (goal <= 33 a frame)", self.grid)?;
        writeln!(f, "scrolling a list:           {}  (goal <= 33 a frame)", self.list)?;
        writeln!(f, "memory, KiB (goal < 87890 resident after use, and no growth):")?;
        for (searches, memory) in &self.memory {
            writeln!(f, "  after {searches:>4} searches:     {memory}")?;
        }
        writeln!(f, "idle, in the search field:  {}", self.idle_typing)?;
        write!(f, "idle, after use:            {}  (goal 0)", self.idle)
    }
}

/// Times, sorted.
#[derive(Debug)]
pub struct Spread(Vec<Duration>);

impl Spread {
    /// Of these.
    pub fn of(times: &[Duration]) -> Spread {
        let mut times = times.to_vec();
        times.sort_unstable();
        Spread(times)
    }

    /// The time that so many in a hundred do not exceed.
    pub fn at(&self, percent: usize) -> Duration {
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * percent / 100).copied().unwrap_or_default()
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, p95, most] = [50, 95, 100].map(|percent| ms(self.at(percent)));
        write!(f, "median {median}, p95 {p95}, max {most} ({} times)", self.0.len())
    }
}

/// How smoothly something moves.
#[derive(Debug, Default)]
pub struct FrameTimes {
    /// From one frame to the next. The compositor takes 60 a second at most.
    pub between: Vec<Duration>,
    /// Processor time of the window a frame.
    pub busy: Duration,
}

impl fmt::Display for FrameTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, {} of processor a frame",
            Spread::of(&self.between),
            ms(self.busy)
        )
    }
}

/// Memory of the window and its reader, KiB.
#[derive(Debug, Default, Clone, Copy)]
pub struct Memory {
    /// Resident, with what is shared with others: the window's.
    pub window: u64,
    /// The reader's.
    pub reader: u64,
    /// Both in proportion: what is shared counts in parts.
    pub proportional: u64,
}

impl Memory {
    /// Of two processes.
    pub(super) fn of(window: u32, reader: u32) -> Result<Memory, Error> {
        let proportional = |pid: u32| figure(pid, "smaps_rollup", "Pss");
        Ok(Memory {
            window: resident(window)?,
            reader: resident(reader)?,
            proportional: proportional(window)? + proportional(reader)?,
        })
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let both = self.window + self.reader;
        let Memory {
            window,
            reader,
            proportional,
        } = self;
        write!(
            f,
            "{both} resident (window {window}, reader {reader}), {proportional} in proportion"
        )
    }
}

/// What a process has resident, KiB.
pub(super) fn resident(pid: u32) -> Result<u64, Error> {
    figure(pid, "status", "VmRSS")
}

fn figure(pid: u32, file: &str, name: &str) -> Result<u64, Error> {
    let path = PathBuf::from(format!("/proc/{pid}/{file}"));
    let text = fs::read_to_string(&path).map_err(Error::file("reading", &path))?;
    kibibytes(&text, name).ok_or(Error::Picture("a process has no such figure"))
}

fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Processor time while nothing is done.
#[derive(Debug, Default, Clone, Copy)]
pub struct Idle {
    /// How long it was watched.
    pub watched: Duration,
    /// User and system time in hundredths of a second, as proc(5) counts them.
    pub ticks: u64,
    /// As the clock of each process counts it.
    pub busy: Duration,
}

impl Idle {
    /// Watches processes for a while.
    pub(super) fn over(watched: Duration, pids: &[u32]) -> Result<Idle, Error> {
        let count = || -> Result<(u64, Duration), Error> {
            let mut sum = (0, Duration::ZERO);
            for pid in pids {
                sum.0 += ticks(*pid)?;
                sum.1 += busy(*pid)?;
            }
            Ok(sum)
        };
        let before = count()?;
        std::thread::sleep(watched);
        let after = count()?;
        Ok(Idle {
            watched,
            ticks: after.0.saturating_sub(before.0),
            busy: after.1.saturating_sub(before.1),
        })
    }
}

impl fmt::Display for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.watched.as_secs();
        write!(f, "{} ticks, {} of processor in {seconds} s", self.ticks, ms(self.busy))
    }
}

fn ticks(pid: u32) -> Result<u64, Error> {
    let path = PathBuf::from(format!("/proc/{pid}/stat"));
    let stat = fs::read_to_string(&path).map_err(Error::file("reading", &path))?;
    spent(&stat).ok_or(Error::Picture("a process has no such figure"))
}

/// proc(5): the 14th and 15th field; the 2nd may hold spaces but ends with the last parenthesis.
fn spent(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(str::parse::<u64>);
    times.next()?.ok()?.checked_add(times.next()?.ok()?)
}

/// What a process has run so far.
pub(super) fn busy(pid: u32) -> Result<Duration, Error> {
    sys::processor_time(pid).map_err(Error::system("reading the clock of a process"))
}

pub(super) fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_as_the_kernel_writes_them() {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 1 2 3 4 70 30 9 9 20 0 5 0 100 1 2";
        assert_eq!(spent(stat), Some(100));
        assert_eq!(spent("42 (a"), None);
        assert_eq!(kibibytes("VmPeak:\t 9 kB\nVmRSS:\t    77 kB\n", "VmRSS"), Some(77));
        assert_eq!(kibibytes("x", "Pss"), None);
    }

    #[test]
    fn what_threads_ran_that_have_ended_counts() {
        let me = std::process::id();
        let before = busy(me).unwrap();
        let spin = || {
            let begun = std::time::Instant::now();
            while begun.elapsed() < Duration::from_millis(30) {}
        };
        std::thread::spawn(spin).join().unwrap();
        assert!(busy(me).unwrap() > before);
        // No kernel counts so far.
        assert!(busy(5_000_000).is_err(), "there is no such process");
    }

    #[test]
    fn a_spread_has_its_middle_its_end_and_what_is_rarely_exceeded() {
        let times: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        let spread = Spread::of(&times);
        assert_eq!(spread.at(50), Duration::from_millis(50));
        assert_eq!(spread.at(95), Duration::from_millis(95));
        assert_eq!(Spread::of(&[]).at(95), Duration::ZERO);
        assert_eq!(
            spread.to_string(),
            "median 50.0 ms, p95 95.0 ms, max 100.0 ms (100 times)"
        );
    }
}

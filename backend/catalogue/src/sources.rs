//! Where catalogues lie, and in which order they count.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Dir, Mode, OFlags, ResolveFlags};

use crate::error::{Error, Failure};
use crate::limits::Limits;

/// The folders of catalogues below a root; of two equal components the one of the earlier folder counts. The last
/// three have the name that AppStream gave them before 0.16, and are often links to the first ones.
pub const FOLDERS: [&str; 6] = [
    "usr/share/swcatalog",
    "var/lib/swcatalog",
    "var/cache/swcatalog",
    "usr/share/app-info",
    "var/lib/app-info",
    "var/cache/app-info",
];

/// Folders of the two formats in each of them.
const FORMATS: [&str; 3] = ["xml", "xmls", "yaml"];

/// Where to read from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    root: Option<PathBuf>,
    files: Vec<Source>,
}

/// A catalogue that lies elsewhere, such as a repository's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// The file: XML or DEP-11 YAML, plain or gz; which of them is seen from its bytes.
    pub path: PathBuf,
    /// The folder that has `ORIGIN/64x64/NAME.png`, if there are icons.
    pub icons: Option<PathBuf>,
    /// Priority of its components when it states none itself.
    pub priority: i32,
}

impl Sources {
    /// No sources yet.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// The [`FOLDERS`] below this root. Links in them are followed as the system in this root would.
    pub fn system(root: &Path) -> Sources {
        Sources {
            root: Some(root.to_owned()),
            files: Vec::new(),
        }
    }

    /// A further file. It counts before the folders, and before files added later.
    #[must_use]
    pub fn with(mut self, source: Source) -> Sources {
        self.files.push(source);
        self
    }

    /// Opens all files. The number is how many more there are than the limit.
    pub(crate) fn open(&self, limits: &Limits) -> Result<(Vec<Opened>, u64), Error> {
        let mut found = Vec::new();
        let mut beyond = 0;
        for source in &self.files {
            if found.len() >= limits.files {
                beyond += 1;
                continue;
            }
            let opened = File::options().read(true).custom_nonblocking().open(&source.path);
            found.push(Opened::new(
                source.path.clone(),
                source.icons.clone(),
                source.priority,
                opened,
                limits,
            ));
        }
        if let Some(root) = &self.root {
            beyond += below(root, &mut found, limits)?;
        }
        Ok((found, beyond))
    }
}

/// Opening a pipe must not wait for somebody to write to it.
trait NonBlocking {
    fn custom_nonblocking(&mut self) -> &mut Self;
}

impl NonBlocking for std::fs::OpenOptions {
    fn custom_nonblocking(&mut self) -> &mut Self {
        use std::os::unix::fs::OpenOptionsExt;
        self.custom_flags(OFlags::NONBLOCK.bits().cast_signed())
    }
}

/// The files in the folders of a root.
fn below(root: &Path, found: &mut Vec<Opened>, limits: &Limits) -> Result<u64, Error> {
    let base = rustix::fs::open(
        root,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .map_err(|errno| Error::Root {
        path: root.to_owned(),
        source: errno.into(),
    })?;
    let mut beyond = 0;
    let inside = root != Path::new("/");
    for folder in FOLDERS {
        for format in FORMATS {
            let list = Path::new(folder).join(format);
            let Ok(directory) = open_below(&base, &list, OFlags::DIRECTORY, inside) else {
                continue;
            };
            let Ok(entries) = Dir::new(directory) else { continue };
            let mut names: Vec<Vec<u8>> = entries
                .filter_map(Result::ok)
                .map(|entry| entry.file_name().to_bytes().to_vec())
                .filter(|name| is_catalogue(name))
                .collect();
            names.sort();
            for name in names {
                let path = list.join(std::ffi::OsString::from_vec(name));
                let opened = open_below(&base, &path, OFlags::NONBLOCK, inside).map(File::from);
                let icons = Path::new("/").join(folder).join("icons");
                let icons = root.join(icons.strip_prefix("/").unwrap_or(&icons));
                let opened = Opened::new(Path::new("/").join(&path), Some(icons), 0, opened, limits);
                let known = opened.stamp.is_some() && found.iter().any(|known| known.same_file(&opened));
                if known {
                    continue;
                }
                if found.len() >= limits.files {
                    beyond += 1;
                    continue;
                }
                found.push(opened);
            }
        }
    }
    Ok(beyond)
}

fn open_below(base: &OwnedFd, path: &Path, flags: OFlags, inside: bool) -> io::Result<OwnedFd> {
    let flags = flags | OFlags::RDONLY | OFlags::CLOEXEC;
    let opened = if inside {
        rustix::fs::openat2(base.as_fd(), path, flags, Mode::empty(), ResolveFlags::IN_ROOT)
    } else {
        rustix::fs::openat(base.as_fd(), path, flags, Mode::empty())
    };
    Ok(opened?)
}

fn is_catalogue(name: &[u8]) -> bool {
    let plain = name.strip_suffix(b".gz").unwrap_or(name);
    !name.starts_with(b".")
        && [b".xml".as_slice(), b".yml", b".yaml"]
            .iter()
            .any(|ending| plain.ends_with(ending))
}

/// Which bytes a file has, without reading them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    seconds: i64,
    nanoseconds: i64,
}

/// A file that was opened, or why it could not be.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) path: PathBuf,
    pub(crate) icons: Option<PathBuf>,
    pub(crate) priority: i32,
    pub(crate) file: Result<File, Failure>,
    pub(crate) stamp: Option<Stamp>,
}

impl Opened {
    fn new(path: PathBuf, icons: Option<PathBuf>, priority: i32, opened: io::Result<File>, limits: &Limits) -> Opened {
        let (file, stamp) = match opened.and_then(|file| file.metadata().map(|metadata| (file, metadata))) {
            Err(error) => (Err(Failure::Unreadable(error.to_string())), None),
            Ok((_, metadata)) if !metadata.is_file() => (Err(Failure::NotAFile), None),
            Ok((file, metadata)) => {
                let stamp = Stamp {
                    device: metadata.dev(),
                    inode: metadata.ino(),
                    size: metadata.len(),
                    seconds: metadata.mtime(),
                    nanoseconds: metadata.mtime_nsec(),
                };
                let fits = metadata.len() <= limits.stored;
                (
                    if fits {
                        Ok(file)
                    } else {
                        Err(Failure::TooLarge(limits.stored))
                    },
                    Some(stamp),
                )
            }
        };
        Opened {
            path,
            icons,
            priority,
            file,
            stamp,
        }
    }

    fn same_file(&self, other: &Opened) -> bool {
        match (&self.stamp, &other.stamp) {
            (Some(one), Some(two)) => (one.device, one.inode) == (two.device, two.inode),
            _ => false,
        }
    }

    /// The name without endings, for a file that states no origin.
    pub(crate) fn stem(&self) -> String {
        let name = self.path.file_name().map(OsStrExt::as_bytes).unwrap_or_default();
        let stem = name.split(|byte| *byte == b'.').next().unwrap_or(name);
        crate::text::word(&String::from_utf8_lossy(stem)).unwrap_or_default()
    }

    /// What tells this file apart from what it was at another time.
    pub(crate) fn key(&self, key: &mut Vec<u8>) {
        use crate::pack::Pack;
        self.path.pack(key);
        self.icons.pack(key);
        self.priority.pack(key);
        key.push(u8::from(self.file.is_ok()));
        match &self.stamp {
            Some(stamp) => {
                key.push(1);
                stamp.size.pack(key);
                stamp.seconds.pack(key);
                stamp.nanoseconds.pack(key);
            }
            None => key.push(0),
        }
    }
}

/// What a file's first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Xml,
    Yaml,
}

/// The plain bytes of a file and what they are.
pub(crate) fn plain(file: &mut File) -> io::Result<(Box<dyn Read + '_>, Format)> {
    let mut start = [0; 2];
    let length = file.read(&mut start)?;
    file.seek(SeekFrom::Start(0))?;
    let input: Box<dyn Read + '_> = if length == 2 && start == [0x1f, 0x8b] {
        Box::new(flate2::read::MultiGzDecoder::new(io::BufReader::with_capacity(
            64 << 10,
            file,
        )))
    } else {
        Box::new(file)
    };
    look(input)
}

/// Looks at the beginning and gives it back.
pub(crate) fn look<'a>(mut input: Box<dyn Read + 'a>) -> io::Result<(Box<dyn Read + 'a>, Format)> {
    let mut head = Vec::new();
    input.by_ref().take(256).read_to_end(&mut head)?;
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    let format = if first == Some(&b'<') {
        Format::Xml
    } else {
        Format::Yaml
    };
    Ok((Box::new(io::Cursor::new(head).chain(input)), format))
}

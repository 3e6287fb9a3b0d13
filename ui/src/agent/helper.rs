//! polkit's own helper, which asks PAM and tells polkit what came of it: `polkit-agent-helper-1`.
//!
//! It is a set-uid program that gets the user's name as its argument and the request's cookie on its first line of input;
//! from polkit 126 on it may also stand behind a socket, and then gets both as lines. What it says are lines, too:
//! `PAM_PROMPT_ECHO_OFF text`, `PAM_PROMPT_ECHO_ON text`, `PAM_ERROR_MSG text`, `PAM_TEXT_INFO text`, and at last
//! `SUCCESS` or `FAILURE`. The texts are escaped as `g_strescape` does it. An answer is a line.

use std::io;
use std::path::Path;
use std::process::Stdio;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::Command;

const SOCKET: &str = "/run/polkit/agent-helper.socket";
/// Where systems have it. Never looked for anywhere that a user could choose.
const PROGRAMS: [&str; 4] = [
    "/usr/lib/polkit-1/polkit-agent-helper-1",
    "/usr/libexec/polkit-agent-helper-1",
    "/usr/libexec/polkit-1/polkit-agent-helper-1",
    "/usr/lib/policykit-1/polkit-agent-helper-1",
];
/// PAM reads 512 bytes of an answer, its end among them; a longer one would be taken for two.
pub const LONGEST_ANSWER: usize = 510;
/// Longer than any question; a helper that says more is none.
const LONGEST_LINE: usize = 16 * 1024;

/// Whether the helper can be given this: not too long, and one line.
#[must_use]
pub fn is_answer(secret: &SecretString) -> bool {
    let text = secret.expose_secret();

    text.len() <= LONGEST_ANSWER && !text.contains(['\n', '\r', '\0'])
}

/// One line of the helper.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// It wants an answer. `echo`: one that everybody may see.
    Question { text: String, echo: bool },
    /// Something to know.
    Told(String),
    /// Something that went wrong.
    Wrong(String),
    /// It believes the person, and told polkit.
    Success,
    /// It does not.
    Failure,
}

/// The helper at work. Dropped, it loses its input and ends.
pub(super) struct Helper {
    from: Box<dyn AsyncBufRead + Send + Unpin>,
    to: Box<dyn AsyncWrite + Send + Unpin>,
    /// The begin of a line, as far as it has come.
    line: Vec<u8>,
}

impl Helper {
    pub(super) async fn start(user: &str, cookie: &str) -> io::Result<Self> {
        Self::start_at(Path::new(SOCKET), user, cookie).await
    }

    /// Behind this socket if somebody listens there, or else the program.
    async fn start_at(socket: &Path, user: &str, cookie: &str) -> io::Result<Self> {
        if user.contains(['\n', '\0']) || cookie.contains(['\n', '\0']) {
            return Err(io::Error::other("a name or a cookie of several lines"));
        }
        if let Ok(socket) = UnixStream::connect(socket).await {
            let (from, to) = socket.into_split();
            let mut helper = Self::over(BufReader::new(from), to);
            helper
                .write(&[user.as_bytes(), b"\n", cookie.as_bytes(), b"\n"].concat())
                .await?;
            return Ok(helper);
        }

        let program = PROGRAMS
            .into_iter()
            .find(|path| Path::new(path).exists())
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "polkit-agent-helper-1 is not installed"))?;
        let mut child = Command::new(program)
            .arg(user)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (from, to) = child
            .stdout
            .take()
            .zip(child.stdin.take())
            .ok_or_else(|| io::Error::other("the helper has no pipes"))?;
        // It runs as root, so we could not kill it: it ends by itself when its pipes close, and is waited for here.
        drop(tokio::spawn(async move { child.wait().await }));
        let mut helper = Self::over(BufReader::new(from), to);
        helper.write(&[cookie.as_bytes(), b"\n"].concat()).await?;

        Ok(helper)
    }

    fn over(from: impl AsyncBufRead + Send + Unpin + 'static, to: impl AsyncWrite + Send + Unpin + 'static) -> Self {
        Self {
            from: Box::new(from),
            to: Box::new(to),
            line: Vec::new(),
        }
    }

    pub(super) async fn answer(&mut self, secret: &SecretString) -> io::Result<()> {
        let text = secret.expose_secret().as_bytes();
        // At its full size from the first: growing would leave a copy behind.
        let mut line = Zeroizing::new(Vec::with_capacity(text.len() + 1));
        line.extend_from_slice(text);
        line.push(b'\n');

        self.write(&line).await
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes).await?;
        self.to.flush().await
    }

    /// The next line; `None` when there will be none. May be dropped and called again: what was read is kept.
    pub(super) async fn line(&mut self) -> io::Result<Option<Line>> {
        loop {
            let read = self.from.fill_buf().await?;
            if read.is_empty() {
                return Ok(None);
            }
            let end = read.iter().position(|byte| *byte == b'\n');
            let taken = end.unwrap_or(read.len());
            if self.line.len() + taken > LONGEST_LINE {
                return Err(io::Error::other("the helper says lines without an end"));
            }
            self.line.extend_from_slice(read.get(..taken).unwrap_or_default());
            self.from.consume(end.map_or(taken, |end| end + 1));

            if end.is_some() {
                let line = std::mem::take(&mut self.line);
                return parse(&line)
                    .map(Some)
                    .ok_or_else(|| io::Error::other("the helper says something unknown"));
            }
        }
    }
}

impl std::fmt::Debug for Helper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Helper").finish_non_exhaustive()
    }
}

fn parse(line: &[u8]) -> Option<Line> {
    let (word, text) = match line.iter().position(|byte| *byte == b' ') {
        Some(at) => (line.get(..at)?, line.get(at + 1..)?),
        None => (line, &b""[..]),
    };

    Some(match word {
        b"PAM_PROMPT_ECHO_OFF" => Line::Question {
            text: plain(text),
            echo: false,
        },
        b"PAM_PROMPT_ECHO_ON" => Line::Question {
            text: plain(text),
            echo: true,
        },
        b"PAM_ERROR_MSG" => Line::Wrong(plain(text)),
        b"PAM_TEXT_INFO" => Line::Told(plain(text)),
        b"SUCCESS" => Line::Success,
        b"FAILURE" => Line::Failure,
        _ => return None,
    })
}

/// Undoes `g_strescape`, which writes every byte beyond ASCII as `\NNN`, and leaves out what is no letter.
fn plain(escaped: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped.iter().copied().peekable();

    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(digit @ b'0'..=b'7') => {
                let mut value = u16::from(digit - b'0');
                for _ in 0..2 {
                    let Some(digit) = rest.next_if(|byte| matches!(byte, b'0'..=b'7')) else {
                        break;
                    };
                    value = value * 8 + u16::from(digit - b'0');
                }
                bytes.push(value.to_le_bytes()[0]);
            }
            Some(b'b' | b'f' | b'n' | b'r' | b't' | b'v') => bytes.push(b' '),
            Some(other) => bytes.push(other),
            None => {}
        }
    }

    let text = String::from_utf8_lossy(&bytes);
    let text: String = text.chars().filter(|letter| !letter.is_control()).collect();

    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_helper_says_is_read_with_its_escapes() {
        let question = |text: &str, echo| {
            Some(Line::Question {
                text: text.into(),
                echo,
            })
        };
        assert_eq!(parse(b"PAM_PROMPT_ECHO_OFF Password: "), question("Password:", false));
        assert_eq!(parse(b"PAM_PROMPT_ECHO_ON Code"), question("Code", true));
        assert_eq!(parse(b"PAM_PROMPT_ECHO_OFF"), question("", false));
        assert_eq!(
            parse(br"PAM_TEXT_INFO Schl\303\274ssel \\ \x1b\033[1m"),
            Some(Line::Told(r"Schlüssel \ x1b[1m".into()))
        );
        assert_eq!(parse(br"PAM_ERROR_MSG \3\400\"), Some(Line::Wrong(String::new())));
        assert_eq!(parse(b"SUCCESS"), Some(Line::Success));
        assert_eq!(parse(b"FAILURE"), Some(Line::Failure));
        assert_eq!(parse(b"SUCCESSFUL"), None);
        assert_eq!(parse(b""), None);
    }

    #[test]
    fn an_answer_is_one_line_of_at_most_what_pam_takes() {
        assert!(is_answer(&"correct horse".into()));
        assert!(is_answer(&"x".repeat(LONGEST_ANSWER).into()));
        assert!(!is_answer(&"x".repeat(LONGEST_ANSWER + 1).into()));
        assert!(!is_answer(&"two\nlines".into()));
        assert!(!is_answer(&"\0".into()));
    }

    #[tokio::test]
    async fn lines_come_whole_however_they_are_cut_and_endless_ones_are_refused() {
        let (mut theirs, ours) = tokio::io::duplex(64);
        let (from, to) = tokio::io::split(ours);
        let mut helper = Helper::over(BufReader::new(from), to);
        let said = tokio::spawn(async move {
            for part in [&b"PAM_TEXT"[..], b"_INFO one\nSUCC", b"ESS\n"] {
                theirs.write_all(part).await.unwrap();
                tokio::task::yield_now().await;
            }
            theirs.write_all(&vec![b'x'; LONGEST_LINE + 1]).await
        });

        assert_eq!(helper.line().await.unwrap(), Some(Line::Told("one".into())));
        assert_eq!(helper.line().await.unwrap(), Some(Line::Success));
        assert!(helper.line().await.is_err());
        drop(helper);
        drop(said.await);
    }

    #[tokio::test]
    async fn a_helper_behind_a_socket_gets_the_user_and_the_cookie_as_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent-helper.socket");
        let listener = tokio::net::UnixListener::bind(&path).unwrap();
        let played = async {
            let (stream, _) = listener.accept().await.unwrap();
            let (from, mut to) = stream.into_split();
            let mut lines = BufReader::new(from).lines();
            let mut next = async || lines.next_line().await.unwrap().unwrap();
            assert_eq!((next().await, next().await), ("ana".to_owned(), "1-cookie".to_owned()));
            to.write_all(b"PAM_PROMPT_ECHO_OFF Password: \n").await.unwrap();
            assert_eq!(next().await, "correct horse");
            to.write_all(b"SUCCESS\n").await.unwrap();
        };
        let asking = async {
            let mut helper = Helper::start_at(&path, "ana", "1-cookie").await.unwrap();
            assert!(matches!(
                helper.line().await.unwrap(),
                Some(Line::Question { echo: false, .. })
            ));
            helper.answer(&"correct horse".into()).await.unwrap();
            assert_eq!(helper.line().await.unwrap(), Some(Line::Success));
        };
        let ((), ()) = tokio::join!(played, asking);
        assert!(Helper::start_at(&path, "ana\nroot", "1").await.is_err());
    }
}

//! An X server without a screen that asks for a cookie as a desktop's does, and a hand at it.
//!
//! The few requests are written out as in "X Window System Protocol" (and "X11 Input Synthesis Extension" for the hand).

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::{fs::chown, net::UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use moult_tests::lab::Shot;

const WIDTH: u16 = 1280;
const HEIGHT: u16 = 800;
const COOKIE: &[u8; 16] = b"sixteen secrets.";
const COOKIE_KIND: &[u8; 18] = b"MIT-MAGIC-COOKIE-1";

// Numbers of requests.
const GET_WINDOW_ATTRIBUTES: u8 = 3;
const GET_GEOMETRY: u8 = 14;
const QUERY_TREE: u8 = 15;
const INTERN_ATOM: u8 = 16;
const SEND_EVENT: u8 = 25;
const GET_INPUT_FOCUS: u8 = 43;
const GET_IMAGE: u8 = 73;
const QUERY_EXTENSION: u8 = 98;
const FAKE_INPUT: u8 = 2;
// Numbers of events.
const KEY_PRESS: u8 = 2;
const KEY_RELEASE: u8 = 3;
const BUTTON_PRESS: u8 = 4;
const BUTTON_RELEASE: u8 = 5;
const MOTION: u8 = 6;
const CLIENT_MESSAGE: u8 = 33;
/// What X adds to the codes of real keys.
const KEY_OFFSET: u32 = 8;

/// A running server. It ends when this is dropped, and when the test ends in whatever way.
pub(crate) struct XServer {
    child: Child,
    stream: UnixStream,
    root: u32,
    xtest: u8,
    /// `:N`.
    pub(crate) display: String,
    /// The file with the cookie, readable by its owner alone.
    pub(crate) cookie: PathBuf,
}

impl XServer {
    /// Starts one whose cookie lies in `folder` and belongs to the user `owner`.
    pub(crate) fn start(folder: &Path, owner: u32) -> Self {
        let cookie = folder.join("xauthority");
        fs::write(&cookie, cookie_file("")).unwrap();
        let mut child = Command::new("/usr/bin/setpriv")
            .args(["--pdeathsig", "TERM", "--", "/usr/bin/Xvfb", "-displayfd", "1"])
            .args(["-screen", "0", &format!("{WIDTH}x{HEIGHT}x24")])
            .args(["-noreset", "-nolisten", "tcp", "-auth"])
            .arg(&cookie)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let _ = said.read_line(&mut number).unwrap();
        let number = number.trim();
        assert!(!number.is_empty(), "Xvfb does not start: {:?}", child.wait());

        // As xauth writes it: for this host and this display.
        fs::write(&cookie, cookie_file(number)).unwrap();
        fs::set_permissions(&cookie, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        chown(&cookie, Some(owner), Some(owner)).unwrap();

        let mut server = Self {
            child,
            stream: UnixStream::connect(format!("/tmp/.X11-unix/X{number}")).unwrap(),
            root: 0,
            xtest: 0,
            display: format!(":{number}"),
            cookie,
        };
        server.stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        server.root = server.open();
        let answer = server.ask(QUERY_EXTENSION, 0, &named(b"XTEST")).unwrap();
        assert_eq!(answer[8], 1, "the server has no XTEST");
        server.xtest = answer[9];
        // A desktop's window manager has made these names long before; wlroots asks for them and does not make them.
        for name in [b"WM_PROTOCOLS".as_slice(), b"WM_DELETE_WINDOW"] {
            let _ = server.atom(name);
        }
        server
    }

    fn atom(&self, name: &[u8]) -> [u8; 4] {
        let answer = self.ask(INTERN_ATOM, 0, &named(name)).unwrap();
        answer[8..12].try_into().unwrap()
    }

    /// Everything on the screen.
    pub(crate) fn shot(&self) -> Shot {
        let mut place = [self.root.to_le_bytes(), [0; 4]].concat();
        place.extend([WIDTH.to_le_bytes(), HEIGHT.to_le_bytes(), [0xFF; 2], [0xFF; 2]].concat());
        let answer = self.ask(GET_IMAGE, 2, &place).unwrap();
        let pixels = answer[32..].chunks_exact(4);
        let shot = Shot {
            width: WIDTH.into(),
            height: HEIGHT.into(),
            rgb: pixels.flat_map(|bgrx| [bgrx[2], bgrx[1], bgrx[0]]).collect(),
        };
        assert_eq!(shot.rgb.len(), shot.width * shot.height * 3);
        shot
    }

    /// The windows that can be seen.
    pub(crate) fn windows(&self) -> Vec<u32> {
        let answer = self.ask(QUERY_TREE, 0, &self.root.to_le_bytes()).unwrap();
        let all = answer[32..].chunks_exact(4);
        all.map(|id| u32::from_le_bytes(id.try_into().unwrap()))
            .filter(|window| {
                let state = self.ask(GET_WINDOW_ATTRIBUTES, 0, &window.to_le_bytes());
                state.is_some_and(|answer| answer[26] == 2)
            })
            .collect()
    }

    /// Where a window is: x, y, width, height.
    pub(crate) fn place(&self, window: u32) -> [u16; 4] {
        let answer = self.ask(GET_GEOMETRY, 0, &window.to_le_bytes()).unwrap();
        [12, 14, 16, 18].map(|at| u16::from_le_bytes([answer[at], answer[at + 1]]))
    }

    /// Presses and lets go the left button at a point of the screen.
    pub(crate) fn click(&self, (x, y): (u32, u32)) {
        self.fake(MOTION, 0, x, y);
        self.fake(BUTTON_PRESS, 1, 0, 0);
        self.fake(BUTTON_RELEASE, 1, 0, 0);
    }

    /// Presses and lets go a key, by its code on real hardware.
    pub(crate) fn key(&self, code: u32) {
        let code = u8::try_from(code + KEY_OFFSET).unwrap();
        self.fake(KEY_PRESS, code, 0, 0);
        self.fake(KEY_RELEASE, code, 0, 0);
    }

    /// Does what a window manager does when the cross of a window is clicked.
    pub(crate) fn close(&self, window: u32) {
        let window = window.to_le_bytes();
        let mut event = [[CLIENT_MESSAGE, 32, 0, 0], window, self.atom(b"WM_PROTOCOLS")].concat();
        event.extend(self.atom(b"WM_DELETE_WINDOW"));
        event.resize(32, 0);
        self.tell(SEND_EVENT, 0, &[&window[..], &[0; 4], &event].concat());
    }

    fn fake(&self, event: u8, detail: u8, x: u32, y: u32) {
        let mut content = vec![event, detail];
        content.resize(20, 0);
        content[8..12].copy_from_slice(&self.root.to_le_bytes());
        for value in [x, y] {
            content.extend(u16::try_from(value).unwrap().to_le_bytes());
        }
        content.resize(32, 0);
        self.tell(self.xtest, FAKE_INPUT, &content);
        std::thread::sleep(Duration::from_millis(12));
    }

    /// Introduces this client and gives the root window.
    fn open(&self) -> u32 {
        let mut hello = vec![b'l', 0, 11, 0, 0, 0, 18, 0, 16, 0, 0, 0];
        hello.extend(padded(COOKIE_KIND));
        hello.extend(COOKIE);
        (&self.stream).write_all(&hello).unwrap();
        let head = self.read(8);
        let setup = self.read(usize::from(u16::from_le_bytes([head[6], head[7]])) * 4);
        assert_eq!(head[0], 1, "{:?}", String::from_utf8_lossy(&setup));
        let vendor = usize::from(u16::from_le_bytes([setup[16], setup[17]]));
        let screen = 32 + vendor.next_multiple_of(4) + usize::from(setup[21]) * 8;
        u32::from_le_bytes(setup[screen..screen + 4].try_into().unwrap())
    }

    fn send(&self, request: u8, detail: u8, content: &[u8]) {
        let length = u16::try_from(1 + content.len().div_ceil(4)).unwrap();
        let mut bytes = vec![request, detail];
        bytes.extend(length.to_le_bytes());
        bytes.extend(padded(content));
        (&self.stream).write_all(&bytes).unwrap();
    }

    /// Sends a request that has an answer. `None`: it was refused.
    fn ask(&self, request: u8, detail: u8, content: &[u8]) -> Option<Vec<u8>> {
        self.send(request, detail, content);
        loop {
            let mut answer = self.read(32);
            match answer[0] {
                0 => return None,
                1 => {
                    let more = u32::from_le_bytes(answer[4..8].try_into().unwrap());
                    answer.extend(self.read(usize::try_from(more).unwrap() * 4));
                    return Some(answer);
                }
                _ => {} // an event
            }
        }
    }

    /// Sends a request that has no answer, and waits until it is done.
    fn tell(&self, request: u8, detail: u8, content: &[u8]) {
        self.send(request, detail, content);
        assert!(
            self.ask(GET_INPUT_FOCUS, 0, &[]).is_some(),
            "request {request} was refused"
        );
    }

    fn read(&self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        (&self.stream).read_exact(&mut bytes).unwrap();
        bytes
    }
}

impl Drop for XServer {
    fn drop(&mut self) {
        // It takes its socket and its lock along.
        if let Some(pid) = rustix::process::Pid::from_raw(self.child.id().cast_signed()) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// A name with its length in front.
fn named(name: &[u8]) -> Vec<u8> {
    let length = u16::try_from(name.len()).unwrap();
    [&length.to_le_bytes()[..], &[0; 2], name].concat()
}

/// One entry of an Xauthority file, for this host's own sockets.
fn cookie_file(display: &str) -> Vec<u8> {
    const FAMILY_LOCAL: u16 = 256;
    let system = rustix::system::uname();
    let mut file = FAMILY_LOCAL.to_be_bytes().to_vec();
    for field in [system.nodename().to_bytes(), display.as_bytes(), COOKIE_KIND, COOKIE] {
        file.extend(u16::try_from(field.len()).unwrap().to_be_bytes());
        file.extend(field);
    }
    file
}

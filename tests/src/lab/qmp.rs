//! QEMU's control socket (QMP): one command, one answer, and the events between.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::Error;

/// How long QEMU may take for one answer. A snapshot is asked for and then watched, so no answer takes long.
const ANSWER: Duration = Duration::from_secs(60);
/// Events that are kept until somebody asks; a guest that restarts for ever must not fill the memory.
const KEPT: usize = 1000;

/// A connection to a running QEMU.
#[derive(Debug)]
pub(crate) struct Qmp {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
    events: VecDeque<String>,
}

impl Qmp {
    /// Connects as soon as QEMU listens at `socket`.
    pub(crate) fn connect(socket: &Path, limit: Duration) -> Result<Qmp, Error> {
        let begun = Instant::now();
        let stream = loop {
            match UnixStream::connect(socket) {
                Ok(stream) => break stream,
                Err(_) if begun.elapsed() < limit => std::thread::sleep(Duration::from_millis(20)),
                Err(source) => return Err(Error::file("connecting to QEMU at", socket)(source)),
            }
        };
        stream
            .set_read_timeout(Some(ANSWER))
            .map_err(Error::system("setting a time limit"))?;
        let writer = stream.try_clone().map_err(Error::system("copying a socket"))?;
        let mut qmp = Qmp {
            reader: BufReader::new(stream),
            writer,
            events: VecDeque::new(),
        };
        let _greeting = qmp.read()?;
        let _ = qmp.run("qmp_capabilities", &json!({}))?;
        Ok(qmp)
    }

    /// Runs one command and gives what it returns.
    pub(crate) fn run(&mut self, command: &str, arguments: &Value) -> Result<Value, Error> {
        let line = format!("{}\n", json!({"execute": command, "arguments": arguments}));
        self.writer
            .write_all(line.as_bytes())
            .map_err(Error::system("writing to QEMU"))?;
        loop {
            let mut answer = self.read()?;
            if let Some(result) = answer.get_mut("return") {
                return Ok(result.take());
            }
            if let Some(error) = answer.get("error") {
                let said = error.get("desc").and_then(Value::as_str).unwrap_or("no reason");
                return Err(Error::Machine(format!("{command}: {said}")));
            }
            self.keep(&answer);
        }
    }

    /// Names of the events since the last call, such as `RESET` and `SHUTDOWN`, oldest first.
    pub(crate) fn events(&mut self) -> Result<Vec<String>, Error> {
        // Any command makes QEMU send what it has.
        let _ = self.run("query-status", &json!({}))?;
        Ok(self.events.drain(..).collect())
    }

    fn keep(&mut self, message: &Value) {
        if let Some(name) = message.get("event").and_then(Value::as_str) {
            if self.events.len() == KEPT {
                let _ = self.events.pop_front();
            }
            self.events.push_back(name.to_owned());
        }
    }

    fn read(&mut self) -> Result<Value, Error> {
        let mut line = String::new();
        let count = match self.reader.read_line(&mut line) {
            // It went with a command of ours unread.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => 0,
            read => read.map_err(Error::system("reading from QEMU"))?,
        };
        if count == 0 {
            return Err(Error::Machine("QEMU has ended".to_owned()));
        }
        serde_json::from_str(&line).map_err(|error| Error::Machine(format!("QEMU's answer cannot be read: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::net::UnixListener, thread};

    use super::*;

    /// A QEMU that greets and then sends `answers`, one a command.
    fn with(answers: &'static [&'static str]) -> (tempfile::TempDir, Qmp) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("qmp");
        let listener = UnixListener::bind(&path).unwrap();
        let _ = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            stream.write_all(b"{\"QMP\": {}}\n").unwrap();
            let _ = lines.next();
            stream.write_all(b"{\"return\": {}}\n").unwrap();
            for answer in answers {
                let _ = lines.next();
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        let qmp = Qmp::connect(&path, Duration::from_secs(5)).unwrap();
        (folder, qmp)
    }

    #[test]
    fn events_between_are_kept_and_the_answer_is_given() {
        let (_folder, mut qmp) = with(&[
            "{\"event\": \"RESET\"}\n{\"return\": {\"running\": true}}\n",
            "{\"event\": \"STOP\"}\n{\"return\": {}}\n",
        ]);
        assert_eq!(qmp.run("query-status", &json!({})).unwrap(), json!({"running": true}));
        assert_eq!(qmp.events().unwrap(), ["RESET", "STOP"]);
    }

    #[test]
    fn a_refusal_and_an_end_are_said() {
        let (_folder, mut qmp) = with(&["{\"error\": {\"class\": \"GenericError\", \"desc\": \"no such key\"}}\n"]);
        let error = qmp.run("send-key", &json!({})).unwrap_err();
        assert_eq!(error.to_string(), "the machine: send-key: no such key");
        let error = qmp.run("send-key", &json!({})).unwrap_err().to_string();
        assert!(
            error.contains("QEMU has ended") || error.contains("writing to QEMU"),
            "{error}"
        );
    }
}

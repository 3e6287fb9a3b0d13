//! The authentication agent without a window: `agent PROGRAM ARGUMENT…` runs a program through pkexec and prints what polkit
//! asks. What to do is read from the input, a line each: `begin USER`, `say SECRET`, `stop`, `answer given|refused|dismissed`,
//! `again` (registers a second time). It ends with its input. Tests drive it.

use std::error::Error;
use std::process::Stdio;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use moult_i18n::Language;
use moult_ui::agent::{Agent, Answer, Conversation, Event, Request, Said};
use secrecy::SecretString;
use tokio::process::Command;
use tokio::sync::mpsc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Some(agent) = Agent::register(Language::German).await? else {
        println!("not needed");
        return Ok(());
    };
    println!("registered");

    let mut program = Command::new("/usr/bin/pkexec")
        .args(std::env::args_os().skip(1))
        .stdin(Stdio::null())
        .spawn()?;
    let mut events = agent.events().boxed();
    let (sender, mut lines) = mpsc::unbounded_channel();
    drop(std::thread::spawn(move || {
        std::io::stdin()
            .lines()
            .map_while(Result::ok)
            .try_for_each(|line| sender.send(line))
    }));
    let mut is_running = true;
    let mut request: Option<Request> = None;
    let mut conversation: Option<Conversation> = None;
    let mut said: BoxStream<'static, Said> = stream::pending().boxed();

    loop {
        tokio::select! {
            ended = program.wait(), if is_running => {
                println!("exit {}", ended?.code().unwrap_or(-1));
                is_running = false;
            }
            Some(event) = events.next() => match event {
                Event::Asked(asked) => {
                    let people: Vec<_> = asked.people.iter().map(|person| person.name.as_str()).collect();
                    println!("asked {} own={} {} {}", asked.action, asked.is_own(), people.join(","), asked.message);
                    request = Some(asked);
                }
                Event::Withdrawn(id) => println!("withdrawn {}", request.as_ref().is_some_and(|request| request.id == id)),
            },
            line = said.next() => match line {
                Some(line) => println!("said {line:?}"),
                None => {
                    println!("over");
                    said = stream::pending().boxed();
                }
            },
            line = lines.recv() => {
                let Some(line) = line else { return Ok(()) };
                let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
                match (word, &request) {
                    ("begin", Some(request)) => {
                        let person = request.people.iter().find(|person| person.name == rest).ok_or("nobody of that name")?;
                        let (begun, stream) = request.begin(person);
                        conversation = Some(begun);
                        said = stream.boxed();
                    }
                    ("say", _) => if let Some(conversation) = &conversation {
                        conversation.answer(SecretString::from(rest));
                    },
                    ("stop", _) => if let Some(conversation) = &conversation {
                        conversation.cancel();
                    },
                    ("answer", Some(request)) => request.answer(match rest {
                        "given" => Answer::Given,
                        "refused" => Answer::Refused,
                        _ => Answer::Dismissed,
                    }),
                    ("again", _) => match Agent::register(Language::German).await {
                        Ok(second) => println!("second {}", second.is_some()),
                        Err(error) => println!("second {error}"),
                    },
                    _ => return Err("not understood".into()),
                }
            }
        }
    }
}

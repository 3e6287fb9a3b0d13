//! What is dropped on the window.

use super::*;

fn shows(program: &Program, text: &str) -> bool {
    let view = program.view();
    iced_test::Simulator::with_size(crate::theme::settings(), program.size, view)
        .find(text)
        .is_ok()
}

#[test]
fn a_package_that_is_dropped_opens_and_another_file_is_said_to_be_none() {
    let mut program = program();
    active(&mut program, 7);
    enqueue(&mut program, install("vim"));
    let entry = current(&program);
    end(&mut program, entry, 8);
    say(&mut program, Message::Dropped("/home/ana/holiday.jpeg".into()));
    say(&mut program, Message::Dropped("/home/ana/letter.odt".into()));
    let said = "letter.odt is no package. The store opens files that end with .stone.";
    assert!(shows(&program, said));
    // On Wayland it is a list.
    say(
        &mut program,
        Message::ListDropped(b"https://example.org/krita.stone\r\n".into()),
    );
    let said = "krita.stone is not on this computer. Download it first, then drop the file here.";
    assert!(shows(&program, said));
    // A list of nothing says nothing.
    say(&mut program, Message::ListDropped(b"# nothing\r\n".into()));
    assert!(shows(&program, said));
    // What can be taken back still can.
    say(&mut program, Message::NoticePutAway);
    assert_eq!(back(&program), Some(&Operation::GoBack { state: 7, from: 8 }));

    // Without a reader it waits for one, as what the store is opened with does.
    say(&mut program, Message::Dropped("/home/ana/krita.stone".into()));
    assert_eq!(
        program.options.opening,
        Some(Opening::Stone("/home/ana/krita.stone".into()))
    );
    assert!(matches!(program.notice, Some(Notice::Changed { .. })));
    let list = b"file:///home/ana/letter.odt\r\nfile:///home/ana/vlc.stone\r\n";
    say(&mut program, Message::ListDropped(list.into()));
    assert_eq!(
        program.options.opening,
        Some(Opening::Stone("/home/ana/vlc.stone".into()))
    );
}

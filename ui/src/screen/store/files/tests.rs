use super::*;

fn changed(path: &str, package: &str, change: FileChange, marks: &[Mark]) -> ChangedFile {
    ChangedFile {
        change,
        path: path.into(),
        package: package.into(),
        marks: marks.to_vec(),
    }
}

fn three() -> Vec<ChangedFile> {
    vec![
        changed("bin/sudo", "sudo", FileChange::Changed, &[Mark::SetId]),
        changed("lib/old.so", "openssl", FileChange::Removed, &[]),
        changed("lib/new.so", "openssl", FileChange::Added, &[]),
    ]
}

fn list() -> Files {
    Files::of_plan(Reader::none(), "digest").0
}

fn hear(files: &mut Files, page: Vec<ChangedFile>) {
    let number = files.number();
    let _ = files.update(Message::Page(number, Ok(page)));
}

#[test]
fn files_are_counted_by_what_happens_to_them() {
    let mut files = list();
    hear(&mut files, three());

    let counts = files.counts();
    assert_eq!(
        (counts.added, counts.changed, counts.removed, counts.marked),
        (1, 1, 1, 1)
    );
    assert_eq!(counts.all(), 3);
    assert!(files.is_whole());
}

#[test]
fn a_page_that_is_full_is_not_the_last_one() {
    let mut files = list();
    let page = (0..PAGE).map(|at| changed(&format!("share/{at}"), "data", FileChange::Added, &[]));
    hear(&mut files, page.collect());
    assert!(!files.is_whole());

    hear(&mut files, three());
    assert!(files.is_whole());
    assert_eq!(files.counts().all(), u64::from(PAGE) + 3);
}

#[test]
fn only_one_packages_files_or_only_the_marked_ones_are_shown() {
    let mut files = list();
    files.show_package(Some("openssl"));
    hear(&mut files, three());
    assert_eq!(files.counts().all(), 2, "also of what comes later");

    files.show_package(None);
    assert_eq!(files.counts().all(), 3);
    let _ = files.update(Message::OnlyMarkedPressed);
    assert_eq!(files.shown, [0]);
    assert_eq!(files.counts().all(), 3, "the counts tell of all");

    files.show_package(Some("nobody"));
    assert!(files.shown.is_empty());
}

#[test]
fn the_answer_to_another_list_is_not_taken() {
    let mut files = list();
    let other = list();
    let _ = files.update(Message::Page(other.number(), Ok(three())));

    assert_eq!(files.counts().all(), 0);
}

#[test]
fn a_list_that_failed_half_way_goes_on_from_there() {
    let mut files = list();
    let page = (0..PAGE).map(|at| changed(&format!("share/{at}"), "data", FileChange::Added, &[]));
    hear(&mut files, page.collect());
    let number = files.number();
    let failure = Failure::new(moult_api::FailureCode::BackendStopped, "");
    let _ = files.update(Message::Page(number, Err(failure)));
    assert!(matches!(files.stage, Stage::Failed(_)));

    let _ = files.update(Message::AgainPressed);
    hear(&mut files, three());
    assert!(files.is_whole());
    assert_eq!(files.counts().all(), u64::from(PAGE) + 3);
}

//! What still runs from a system of before: what the reader sees, and what root saw.

use moult_api::{Failure, RestartNeed, RestartReport};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// Both reports as one. What root saw counts as long as it runs; what the reader sees is newer.
pub(super) fn together(
    own: Option<&Result<RestartReport, Failure>>,
    of_root: Option<&RestartReport>,
    is_running: impl Fn(u32) -> bool,
) -> Option<Result<RestartReport, Failure>> {
    let Some(of_root) = of_root else {
        return own.cloned();
    };
    let (mut programs, kernel) = match own {
        Some(Ok(own)) => (own.programs.clone(), &own.kernel),
        _ => (Vec::new(), &of_root.kernel),
    };
    let seen: Vec<u32> = programs.iter().map(|program| program.pid).collect();
    let others = of_root.programs.iter();
    programs.extend(
        others
            .filter(|program| !seen.contains(&program.pid) && is_running(program.pid))
            .cloned(),
    );
    programs.sort_by(|one, other| (&one.name, one.pid).cmp(&(&other.name, other.pid)));
    let most = programs.iter().map(|program| program.need).max();

    Some(Ok(RestartReport {
        need: if kernel.is_empty() {
            most.unwrap_or(RestartNeed::None)
        } else {
            RestartNeed::Computer
        },
        kernel: kernel.clone(),
        programs,
        incomplete: of_root.incomplete,
    }))
}

/// Whether there is a process of this number, whoever owns it.
pub(super) fn is_running(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);

    pid.is_some_and(|pid| !matches!(test_kill_process(pid), Err(Errno::SRCH)))
}

#[cfg(test)]
mod tests {
    use moult_api::{FailureCode, OldProgram};

    use super::*;

    fn program(name: &str, pid: u32, need: RestartNeed) -> OldProgram {
        OldProgram {
            name: name.into(),
            package: name.into(),
            pid,
            uid: 0,
            unit: String::new(),
            files: vec![],
            need,
        }
    }

    fn report(programs: Vec<OldProgram>, incomplete: bool) -> RestartReport {
        RestartReport {
            need: programs
                .iter()
                .map(|program| program.need)
                .max()
                .unwrap_or(RestartNeed::None),
            kernel: String::new(),
            programs,
            incomplete,
        }
    }

    fn names(report: &RestartReport) -> Vec<&str> {
        report.programs.iter().map(|program| program.name.as_str()).collect()
    }

    #[test]
    fn what_root_saw_is_named_beside_what_the_reader_sees_as_long_as_it_runs() {
        let firefox = || program("firefox", 20, RestartNeed::Programs);
        let own = Some(Ok(report(vec![firefox()], true)));
        let of_root = report(
            vec![
                firefox(),
                program("dbus-daemon", 10, RestartNeed::Computer),
                program("sshd", 30, RestartNeed::Programs),
            ],
            false,
        );

        let both = together(own.as_ref(), Some(&of_root), |_| true).unwrap().unwrap();
        assert_eq!(names(&both), ["dbus-daemon", "firefox", "sshd"]);
        assert_eq!((both.need, both.incomplete), (RestartNeed::Computer, false));

        // dbus-daemon and firefox ended since: the reader does not see firefox any more either.
        let own = Some(Ok(report(vec![], true)));
        let both = together(own.as_ref(), Some(&of_root), |pid| pid == 30)
            .unwrap()
            .unwrap();
        assert_eq!(names(&both), ["sshd"]);
        assert_eq!(both.need, RestartNeed::Programs);
    }

    #[test]
    fn what_one_of_them_does_not_know_the_other_says() {
        let failed: Option<Result<RestartReport, Failure>> = Some(Err(Failure::new(FailureCode::BackendStopped, "")));
        let of_root = RestartReport {
            kernel: "6.12.9".into(),
            ..report(vec![program("sshd", 30, RestartNeed::Programs)], false)
        };
        let all = together(failed.as_ref(), Some(&of_root), |_| true).unwrap().unwrap();
        assert_eq!((names(&all), all.need), (vec!["sshd"], RestartNeed::Computer));

        assert_eq!(together(failed.as_ref(), None, |_| true), failed);
        assert_eq!(together(None, None, |_| true), None);
    }

    #[test]
    fn processes_that_run_are_known_whoever_owns_them() {
        assert!(is_running(std::process::id()) && is_running(1));
        assert!(!is_running(u32::MAX) && !is_running(0) && !is_running(i32::MAX.cast_unsigned()));
    }
}

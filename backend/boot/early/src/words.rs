//! What is said on the consoles, in the language of the system: `moult.lang=` on the kernel's command line.
//!
//! The kernel's own font has the letters of code page 437 and no others; a test holds the words to them.

use crate::Error;
use crate::cmdline::CommandLine;

/// A language that the words are there in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Language {
    #[default]
    English,
    German,
    French,
}

/// Something that is said.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Say<'a> {
    /// A state was made the active one.
    Active(u64),
    /// The state that was asked for could not be; `now` is the one that stays.
    NotActive {
        asked: &'a str,
        reason: &'a str,
        now: Option<u64>,
        seconds: u64,
    },
    /// There is no root; what is there instead follows.
    NoRoot(&'a str),
    /// There is no disk.
    NoDisk,
    /// What a person can do where there is no root.
    NoRootChoices,
    /// The first mounts failed.
    NoMounts(&'a str),
    /// The system's own first program could not be started.
    NoSwitch(&'a str),
    /// A panic of ours.
    Fault,
    /// Nothing goes on.
    TheEnd,
    Restarting,
    CannotRestart(&'a str),
    Checking,
    /// Per cent that were checked, or copied.
    Checked(u64),
    Copied(u64),
    GoodMedium,
    DamagedMedium,
    Copying,
    MediumNotNeeded,
}

impl Language {
    /// The language of `moult.lang=`; English where that names none that is there.
    pub(crate) fn of(line: &CommandLine) -> Self {
        match line.value("moult.lang").and_then(|value| value.get(..2)) {
            Some("de") => Self::German,
            Some("fr") => Self::French,
            _ => Self::English,
        }
    }

    /// That of the kernel's command line.
    pub(crate) fn of_running() -> Self {
        // Before /proc is there, nothing is known.
        let line = std::fs::read_to_string("/proc/cmdline").unwrap_or_default();
        Self::of(&CommandLine::parse(&line))
    }

    pub(crate) fn say(self, what: Say<'_>) -> String {
        match self {
            Self::English => english(what),
            Self::German => german(what),
            Self::French => french(what),
        }
    }

    /// A failure. What the system itself or the maker of a medium would have to know is said in English.
    pub(crate) fn failure(self, error: &Error) -> String {
        let said = match self {
            Self::English => None,
            Self::German => german_failure(error),
            Self::French => french_failure(error),
        };
        said.unwrap_or_else(|| error.to_string())
    }
}

fn english(what: Say<'_>) -> String {
    match what {
        Say::Active(state) => format!("State {state} is active now."),
        Say::NotActive {
            asked,
            reason,
            now,
            seconds,
        } => {
            let now = match now {
                Some(now) => format!("state {now}, which was active before, is whole and stays active"),
                None => "the system is as it was".to_owned(),
            };
            format!(
                "\nState {asked} could not be made active: {reason}.\nNothing was changed: {now}.\n\
                 Enter goes on with it; so does waiting for {seconds} seconds. R and Enter restarts, to choose another entry."
            )
        }
        Say::NoRoot(reason) => {
            format!("\nThe system cannot be started: {reason}.\nYour disks have not been changed. These are there:")
        }
        Say::NoDisk => "  none: no disk, or none with a driver in this initrd".to_owned(),
        Say::NoRootChoices => {
            "Enter looks again. R and Enter restarts; then another entry of the boot menu can be chosen.\n\
                               In two minutes the machine restarts by itself."
                .to_owned()
        }
        Say::NoMounts(reason) => {
            format!("\nThe first mounts failed: {reason}\nYour disks have not been touched.")
        }
        Say::NoSwitch(reason) => format!("\nThe system could not be started: {reason}\nNothing was changed."),
        Say::Fault => {
            "\nMoult's first program has a fault and cannot go on. Nothing was changed that is not whole.".to_owned()
        }
        Say::TheEnd => "The machine restarts with Enter, or by itself in two minutes.".to_owned(),
        Say::Restarting => "Restarting.".to_owned(),
        Say::CannotRestart(error) => format!("The machine cannot be restarted ({error}). Switch it off."),
        Say::Checking => "Checking the medium. This takes as long as reading it.".to_owned(),
        Say::Checked(percent) => format!("{percent:3} % checked"),
        Say::Copied(percent) => format!("{percent:3} % copied"),
        Say::GoodMedium => "The medium is good.".to_owned(),
        Say::DamagedMedium => {
            "\nThe medium is damaged: its content is not what it should be. Your disks have not been touched.\n\
             Make the medium anew, on another stick if it happens again.\n\
             R and Enter restarts. Enter goes on all the same, and the system may fail at any time."
                .to_owned()
        }
        Say::Copying => "Copying the medium into memory.".to_owned(),
        Say::MediumNotNeeded => "The medium is not needed any more.".to_owned(),
    }
}

fn german(what: Say<'_>) -> String {
    match what {
        Say::Active(state) => format!("Zustand {state} ist jetzt aktiv."),
        Say::NotActive {
            asked,
            reason,
            now,
            seconds,
        } => {
            let now = match now {
                Some(now) => format!("Zustand {now}, der vorher aktiv war, ist unversehrt und bleibt aktiv"),
                None => "Das System ist, wie es war".to_owned(),
            };
            format!(
                "\nZustand {asked} konnte nicht aktiv werden: {reason}.\nNichts wurde geändert: {now}.\n\
                 Mit der Eingabetaste geht es damit weiter, ohne Antwort nach {seconds} Sekunden.\n\
                 R und die Eingabetaste starten neu, um einen anderen Eintrag zu wählen."
            )
        }
        Say::NoRoot(reason) => format!(
            "\nDas System kann nicht gestartet werden: {reason}.\n\
             Ihre Datenträger wurden nicht verändert. Diese sind da:"
        ),
        Say::NoDisk => "  keiner: kein Datenträger, oder keiner mit einem Treiber in dieser initrd".to_owned(),
        Say::NoRootChoices => {
            "Die Eingabetaste sieht noch einmal nach. R und die Eingabetaste starten neu; dann kann im Startmenü\n\
             ein anderer Eintrag gewählt werden. In zwei Minuten startet der Computer von selbst neu."
                .to_owned()
        }
        Say::NoMounts(reason) => {
            format!("\nDas erste Einhängen ist misslungen: {reason}\nIhre Datenträger wurden nicht angerührt.")
        }
        Say::NoSwitch(reason) => {
            format!("\nDas System konnte nicht gestartet werden: {reason}\nNichts wurde geändert.")
        }
        Say::Fault => "\nMoults erstes Programm hat einen Fehler und kann nicht weiter. Nichts wurde halb geändert.".to_owned(),
        Say::TheEnd => "Der Computer startet mit der Eingabetaste neu, oder in zwei Minuten von selbst.".to_owned(),
        Say::Restarting => "Neustart.".to_owned(),
        Say::CannotRestart(error) => {
            format!("Der Computer kann nicht neu gestartet werden ({error}). Schalten Sie ihn aus.")
        }
        Say::Checking => "Das Medium wird geprüft. Das dauert so lange, wie es zu lesen.".to_owned(),
        Say::Checked(percent) => format!("{percent:3} % geprüft"),
        Say::Copied(percent) => format!("{percent:3} % kopiert"),
        Say::GoodMedium => "Das Medium ist in Ordnung.".to_owned(),
        Say::DamagedMedium => {
            "\nDas Medium ist beschädigt: Sein Inhalt ist nicht, was er sein soll. Ihre Datenträger wurden nicht angerührt.\n\
             Erstellen Sie das Medium neu, und geschieht es wieder, auf einem anderen Stick.\n\
             R und die Eingabetaste starten neu. Die Eingabetaste allein macht trotzdem weiter; dann kann das System\n\
             jederzeit versagen."
                .to_owned()
        }
        Say::Copying => "Das Medium wird in den Arbeitsspeicher kopiert.".to_owned(),
        Say::MediumNotNeeded => "Das Medium wird nicht mehr gebraucht.".to_owned(),
    }
}

fn french(what: Say<'_>) -> String {
    match what {
        Say::Active(state) => format!("L'état {state} est maintenant actif."),
        Say::NotActive {
            asked,
            reason,
            now,
            seconds,
        } => {
            let now = match now {
                Some(now) => format!("l'état {now}, actif auparavant, est intact et reste actif"),
                None => "le système est tel qu'il était".to_owned(),
            };
            format!(
                "\nL'état {asked} n'a pas pu devenir actif : {reason}.\nRien n'a été modifié : {now}.\n\
                 La touche Entrée continue ainsi, tout comme {seconds} secondes d'attente.\n\
                 R puis Entrée redémarre, pour choisir une autre entrée."
            )
        }
        Say::NoRoot(reason) => format!(
            "\nLe système ne peut pas démarrer : {reason}.\nVos disques n'ont pas été modifiés. Voici ceux qui sont là :"
        ),
        Say::NoDisk => "  aucun : pas de disque, ou aucun dont le pilote soit dans cet initrd".to_owned(),
        Say::NoRootChoices => {
            "Entrée cherche à nouveau. R puis Entrée redémarre ; une autre entrée du menu peut alors être choisie.\n\
             Dans deux minutes, l'ordinateur redémarre de lui-même."
                .to_owned()
        }
        Say::NoMounts(reason) => {
            format!("\nLes premiers montages ont échoué : {reason}\nVos disques n'ont pas été touchés.")
        }
        Say::NoSwitch(reason) => format!("\nLe système n'a pas pu démarrer : {reason}\nRien n'a été modifié."),
        Say::Fault => {
            "\nLe premier programme de Moult a un défaut et ne peut pas continuer. Rien n'a été modifié à moitié.".to_owned()
        }
        Say::TheEnd => "L'ordinateur redémarre avec Entrée, ou de lui-même dans deux minutes.".to_owned(),
        Say::Restarting => "Redémarrage.".to_owned(),
        Say::CannotRestart(error) => format!("L'ordinateur ne peut pas redémarrer ({error}). Éteignez-le."),
        Say::Checking => "Vérification du support. Elle dure autant que sa lecture.".to_owned(),
        Say::Checked(percent) => format!("{percent:3} % vérifiés"),
        Say::Copied(percent) => format!("{percent:3} % copiés"),
        Say::GoodMedium => "Le support est bon.".to_owned(),
        Say::DamagedMedium => {
            "\nLe support est endommagé : son contenu n'est pas ce qu'il devrait être. Vos disques n'ont pas été touchés.\n\
             Refaites le support, sur une autre clé si cela se reproduit.\n\
             R puis Entrée redémarre. Entrée seule continue malgré tout, et le système peut faillir à tout moment."
                .to_owned()
        }
        Say::Copying => "Copie du support en mémoire.".to_owned(),
        Say::MediumNotNeeded => "Le support n'est plus nécessaire.".to_owned(),
    }
}

fn german_failure(error: &Error) -> Option<String> {
    Some(match error {
        Error::NotOurs(path) => format!(
            "{} ist kein System, das Moult pflegt: Der Ordner .moult fehlt",
            path.display()
        ),
        Error::Busy { .. } => "ein anderes Programm ändert dieses System gerade; nichts wurde geändert".to_owned(),
        Error::Unusable { state, reason } => format!("Zustand {state} ist nicht zu gebrauchen ({reason})"),
        Error::Database { path, source } => {
            format!(
                "die Liste der Zustände ({}) ist nicht lesbar ({source})",
                path.display()
            )
        }
        Error::Blocked { path, .. } => format!("{} ist kein Ordner", path.display()),
        Error::AfterSwap { state, source } => format!(
            "Zustand {state} ist an seinem Platz, aber das Aufräumen danach misslang; der nächste Start holt es nach ({source})"
        ),
        Error::CommandLine { word, reason } => {
            format!("die Kommandozeile des Kernels sagt {word:?}, und das ist so nicht zu verstehen ({reason})")
        }
        Error::Encrypted { .. } => "das System ist verschlüsselt, und diese initrd kann nichts aufschließen".to_owned(),
        Error::NotFound { wanted, seconds } => {
            format!("{wanted} ist innerhalb von {seconds} Sekunden nicht erschienen")
        }
        Error::UnknownFileSystem(path) => format!("{} trägt kein Dateisystem, das hier bekannt ist", path.display()),
        Error::NoMemory { needed, free } => format!(
            "für eine Kopie von {needed} MiB im Arbeitsspeicher sind nur {free} MiB frei; starten Sie ohne \"moult.toram\""
        ),
        Error::NotAMedium { path, reason } => format!("{} ist kein Medium von Moult ({reason})", path.display()),
        Error::NoInit(paths) => format!(
            "das System hat kein Programm, mit dem es beginnen könnte: {} fehlen",
            paths.join(", ")
        ),
        Error::Io { .. } | Error::NotActivated(_) | Error::Initrd(_) => return None,
    })
}

fn french_failure(error: &Error) -> Option<String> {
    Some(match error {
        Error::NotOurs(path) => format!(
            "{} n'est pas un système tenu par Moult : le dossier .moult manque",
            path.display()
        ),
        Error::Busy { .. } => "un autre programme modifie ce système ; rien n'a été modifié".to_owned(),
        Error::Unusable { state, reason } => format!("l'état {state} n'est pas utilisable ({reason})"),
        Error::Database { path, source } => {
            format!("la liste des états ({}) est illisible ({source})", path.display())
        }
        Error::Blocked { path, .. } => format!("{} n'est pas un dossier", path.display()),
        Error::AfterSwap { state, source } => format!(
            "l'état {state} est en place, mais le rangement qui suit a échoué ; le prochain démarrage le fera ({source})"
        ),
        Error::CommandLine { word, reason } => {
            format!("la ligne de commande du noyau dit {word:?}, ce qui ne se comprend pas ({reason})")
        }
        Error::Encrypted { .. } => "le système est chiffré, et cet initrd ne sait rien ouvrir".to_owned(),
        Error::NotFound { wanted, seconds } => format!("{wanted} n'est pas apparu en {seconds} secondes"),
        Error::UnknownFileSystem(path) => {
            format!("{} ne contient aucun système de fichiers connu ici", path.display())
        }
        Error::NoMemory { needed, free } => format!(
            "une copie de {needed} Mio en mémoire demande plus que les {free} Mio libres ; démarrez sans \"moult.toram\""
        ),
        Error::NotAMedium { path, reason } => format!("{} n'est pas un support de Moult ({reason})", path.display()),
        Error::NoInit(paths) => format!(
            "le système n'a aucun programme pour commencer : il manque {}",
            paths.join(", ")
        ),
        Error::Io { .. } | Error::NotActivated(_) | Error::Initrd(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The letters beyond ASCII of the kernel's font (code page 437) that our languages use.
    const LETTERS: &str = "ÇüéâäàçêëèïîÄÉôöûùÿÖÜß«»";

    fn all() -> Vec<Say<'static>> {
        vec![
            Say::Active(3),
            Say::NotActive {
                asked: "3",
                reason: "R",
                now: Some(2),
                seconds: 30,
            },
            Say::NotActive {
                asked: "3",
                reason: "R",
                now: None,
                seconds: 30,
            },
            Say::NoRoot("R"),
            Say::NoDisk,
            Say::NoRootChoices,
            Say::NoMounts("R"),
            Say::NoSwitch("R"),
            Say::Fault,
            Say::TheEnd,
            Say::Restarting,
            Say::CannotRestart("R"),
            Say::Checking,
            Say::Checked(7),
            Say::Copied(7),
            Say::GoodMedium,
            Say::DamagedMedium,
            Say::Copying,
            Say::MediumNotNeeded,
        ]
    }

    fn failures() -> Vec<Error> {
        vec![
            Error::NotOurs("/a".into()),
            Error::Busy { pid: None },
            Error::Unusable {
                state: 3,
                reason: "R".to_owned(),
            },
            Error::Blocked {
                path: "/a".into(),
                found: "a link".to_owned(),
            },
            Error::CommandLine {
                word: "root=".to_owned(),
                reason: "R".to_owned(),
            },
            Error::Encrypted { what: "R".to_owned() },
            Error::NotFound {
                wanted: "UUID=1".to_owned(),
                seconds: 30,
            },
            Error::UnknownFileSystem("/a".into()),
            Error::NoMemory { needed: 2, free: 1 },
            Error::NotAMedium {
                path: "/a".into(),
                reason: "R".to_owned(),
            },
            Error::NoInit(vec!["/sbin/init".to_owned()]),
        ]
    }

    #[test]
    fn every_word_is_there_in_every_language_and_the_kernels_font_can_show_it() {
        let languages = [Language::English, Language::German, Language::French];
        let can_show = |text: &str| text.chars().all(|c| c.is_ascii() || LETTERS.contains(c));
        for what in all() {
            let said = languages.map(|language| language.say(what));
            assert!(said.iter().all(|text| can_show(text)), "{said:?}");
            assert!(
                said[0] != said[1] && said[1] != said[2] && said[0] != said[2],
                "{said:?}"
            );
            let numbers = |text: &String| text.chars().filter(char::is_ascii_digit).collect::<String>();
            assert!(said.iter().all(|text| numbers(text) == numbers(&said[0])), "{said:?}");
        }
        for error in failures() {
            let said = languages.map(|language| language.failure(&error));
            assert!(said.iter().all(|text| can_show(text)), "{said:?}");
            assert!(
                said[0] != said[1] && said[1] != said[2] && said[0] != said[2],
                "{said:?}"
            );
        }
    }

    #[test]
    fn the_language_is_that_of_the_command_line() {
        let of = |line: &str| Language::of(&CommandLine::parse(line));
        assert_eq!(of("quiet moult.lang=de rw"), Language::German);
        assert_eq!(of("moult.lang=fr_CA.UTF-8"), Language::French);
        assert_eq!(of("moult.lang=de moult.lang=en"), Language::English);
        for line in ["", "moult.lang", "moult.lang=x", "moult.lang=é", "moult.lang=nl"] {
            assert_eq!(of(line), Language::English, "{line}");
        }
    }
}

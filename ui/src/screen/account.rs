//! Account: who will use the computer.

mod check;
mod strength;

use iced::widget::column;
use moult_api::Account as Choice;
use moult_i18n::{Language, fl};
use secrecy::{ExposeSecret, SecretString};

pub use check::Wrong;
use strength::Strength;

use super::{Look, Page};
use crate::theme::space as gap;
use crate::widget::{Note, meter, secret_field, text_field};

/// Names and passwords as far as they were typed.
#[derive(Debug, Default)]
pub struct Account {
    full_name: String,
    user_name: String,
    password: SecretString,
    again: SecretString,
    hostname: String,
    /// The names below the full name follow it until they are changed by hand.
    user_name_is_own: bool,
    hostname_is_own: bool,
    /// The person wanted to go on: from now on empty fields are told too.
    asked: bool,
    strength: Option<Strength>,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// Full name typed.
    FullName(String),
    /// User name typed.
    UserName(String),
    /// Password typed.
    Password(SecretString),
    /// Password typed again.
    Again(SecretString),
    /// Host name typed.
    Hostname(String),
    /// The sign of the keyboard layout beside a password was pressed.
    LayoutPressed,
    /// On.
    Continue,
    /// Back.
    Back,
}

/// What the program shall do.
#[derive(Debug)]
pub enum Action {
    /// Nothing.
    None,
    /// Open the menu of keyboard layouts.
    OpenKeyboardMenu,
    /// Put the focus on the field that is wrong.
    Focus(&'static str),
    /// Go on.
    Continue,
    /// Go back.
    Back,
}

impl Account {
    /// Nothing typed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Handles a message. Suggestions are made in a language ("anna-pc").
    pub fn update(&mut self, language: Language, message: Message) -> Action {
        match message {
            Message::FullName(name) => {
                self.full_name = name;
                self.suggest(language);
            }
            Message::UserName(name) => {
                // An emptied field takes suggestions again.
                self.user_name_is_own = !name.is_empty();
                self.user_name = name;
                self.suggest_hostname(language);
            }
            Message::Hostname(name) => {
                self.hostname_is_own = !name.is_empty();
                self.hostname = name;
            }
            Message::Password(password) => {
                self.password = password;
                self.strength = self.judge();
            }
            Message::Again(again) => self.again = again,
            Message::LayoutPressed => return Action::OpenKeyboardMenu,
            Message::Back => return Action::Back,
            Message::Continue => {
                self.asked = true;

                return match self.wrong().first() {
                    Some((field, _)) => Action::Focus(field),
                    None => Action::Continue,
                };
            }
        }

        Action::None
    }

    /// The account as the backend wants it.
    pub fn choice(&self) -> Choice {
        Choice {
            full_name: self.full_name.trim().to_owned(),
            user_name: self.user_name.clone(),
            administrator: true,
        }
    }

    /// The host name.
    pub fn hostname(&self) -> &str {
        &self.hostname
    }

    /// The password, for the commit.
    pub fn password(&self) -> &SecretString {
        &self.password
    }

    /// Forgets the passwords; they are wiped.
    pub fn forget(&mut self) {
        self.password = SecretString::default();
        self.again = SecretString::default();
        self.strength = None;
    }

    /// What is wrong, with the id of its field, top to bottom.
    pub fn wrong(&self) -> Vec<(&'static str, Wrong)> {
        let (password, again) = (self.password.expose_secret(), self.again.expose_secret());

        [
            ("account-full-name", check::full_name(self.full_name.trim())),
            ("account-user-name", check::user_name(&self.user_name)),
            ("account-password", check::password(password)),
            ("account-password-again", check::again(password, again)),
            ("account-hostname", check::hostname(&self.hostname)),
        ]
        .into_iter()
        .filter_map(|(field, wrong)| Some((field, wrong?)))
        .collect()
    }

    fn judge(&self) -> Option<Strength> {
        let own = [self.full_name.as_str(), self.user_name.as_str(), self.hostname.as_str()];

        strength::judge(self.password.expose_secret(), &own)
    }

    fn suggest(&mut self, language: Language) {
        if !self.user_name_is_own {
            self.user_name = check::suggest_user_name(&self.full_name);
        }
        self.suggest_hostname(language);
    }

    fn suggest_hostname(&mut self, language: Language) {
        if !self.hostname_is_own {
            self.hostname = match self.user_name.replace('_', "-") {
                name if name.is_empty() => String::new(),
                name => fl!(language, "account-hostname-suggestion", name = name),
            };
        }
    }

    /// The fields.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Page<'a, Message> {
        let language = look.language;
        let wrong = self.wrong();
        // A field that was not touched is not scolded before the person wants to go on.
        let note = |field: &str, is_touched: bool, otherwise: Note| {
            wrong
                .iter()
                .find(|(name, wrong)| *name == field && (self.asked || (is_touched && !wrong.is_empty_field())))
                .map_or(otherwise, |(_, wrong)| Note::Error(wrong.text(language)))
        };
        let typed_with = || Note::Hint(fl!(language, "account-layout", layout = look.layout_name));

        let full_name = text_field("account-full-name", fl!(language, "account-full-name"), &self.full_name)
            .on_input(Message::FullName)
            .on_submit(Message::Continue)
            .note(note(
                "account-full-name",
                true,
                Note::Hint(fl!(language, "account-full-name-hint")),
            ));
        let user_name = text_field("account-user-name", fl!(language, "account-user-name"), &self.user_name)
            .on_input(Message::UserName)
            .on_submit(Message::Continue)
            .note(note("account-user-name", true, Note::None));
        let password = secret_field("account-password", fl!(language, "account-password"), &self.password)
            .on_secret(Message::Password)
            .on_submit(Message::Continue)
            .layout(look.layout_short, Message::LayoutPressed)
            .caps(look.keyboard)
            .note(note("account-password", true, typed_with()));
        let again = secret_field(
            "account-password-again",
            fl!(language, "account-password-again"),
            &self.again,
        )
        .on_secret(Message::Again)
        .on_submit(Message::Continue)
        .layout(look.layout_short, Message::LayoutPressed)
        .caps(look.keyboard)
        .note(note("account-password-again", self.is_again_done(), Note::None));
        let hostname = text_field("account-hostname", fl!(language, "account-hostname"), &self.hostname)
            .on_input(Message::Hostname)
            .on_submit(Message::Continue)
            .note(note("account-hostname", true, Note::None));

        let mut fields = column![full_name, user_name, password].spacing(gap::XS);

        if let Some(strength) = &self.strength {
            fields = fields.push(meter(strength.score, strength.text(language)));
        }

        Page::new(
            fl!(language, "account-title"),
            fl!(language, "account-lead"),
            [fields.push(again).push(hostname).into()],
        )
        .back(language, Message::Back)
        .go_on(language, Some(Message::Continue))
    }

    /// Half a repetition differs from the whole; that is told only once it cannot become right any more.
    fn is_again_done(&self) -> bool {
        !self.password.expose_secret().starts_with(self.again.expose_secret())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> Account {
        let mut account = Account::new();
        let language = Language::English;

        for message in [
            Message::FullName("Ana Müller".into()),
            Message::Password("correct horse battery".into()),
            Message::Again("correct horse battery".into()),
        ] {
            let _ = account.update(language, message);
        }
        account
    }

    #[test]
    fn a_full_name_suggests_a_user_name_and_a_host_name() {
        let account = filled();

        assert_eq!(account.choice().user_name, "ana");
        assert_eq!(account.hostname(), "ana-pc");
        assert_eq!(account.wrong(), []);
    }

    #[test]
    fn a_name_changed_by_hand_is_no_longer_overwritten() {
        let mut account = filled();
        let _ = account.update(Language::English, Message::UserName("boss".into()));
        let _ = account.update(Language::English, Message::FullName("Berta".into()));

        assert_eq!(account.choice().user_name, "boss");
        assert_eq!(account.hostname(), "boss-pc");
    }

    #[test]
    fn one_cannot_go_on_with_passwords_that_differ() {
        let mut account = filled();
        let _ = account.update(Language::English, Message::Again("correct horse".into()));

        assert!(matches!(
            account.update(Language::English, Message::Continue),
            Action::Focus("account-password-again")
        ));
        assert_eq!(account.wrong(), [("account-password-again", Wrong::PasswordDiffers)]);
    }

    #[test]
    fn a_whole_account_goes_on_and_forgetting_wipes_it() {
        let mut account = filled();
        assert!(matches!(
            account.update(Language::English, Message::Continue),
            Action::Continue
        ));

        account.forget();
        assert!(account.password().expose_secret().is_empty());
    }
}

//! Network: cable and Wi-Fi. One can go on without either.

mod form;

use iced::widget::{column, row};
use iced::{Center, Fill};
use moult_api::{
    AccessPoint, Connectivity, Failure, JoinRequest, LinkState, NetworkStatus, Security, WiredLink, WiredMethod,
    WiredRequest,
};
use moult_i18n::{Language, explain, fl};
use secrecy::{ExposeSecret, SecretString};

use form::{Hidden, Wired};

use super::{Look, Page, beside, section};
use crate::format;
use crate::theme::{self, Element, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{
    Choice, Direction, Icon, Note, banner, button, choices, disclosure, icon, secret_field, text_field, words,
};

/// WPA's shortest and longest passphrase.
const KEY: std::ops::RangeInclusive<usize> = 8..=63;

/// The network, and what is being changed about it.
#[derive(Debug, Default)]
pub struct Network {
    status: Option<NetworkStatus>,
    /// The wireless network at hand, by its name's bytes.
    chosen: Option<Vec<u8>>,
    key: SecretString,
    hidden: Option<Hidden>,
    wired: Option<Wired>,
    /// What is under way, in words that were true when it began.
    busy: Option<Busy>,
    failure: Option<Failure>,
    asked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Busy {
    Joining(String),
    SettingUp(String),
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// The network as it is.
    Status(NetworkStatus),
    /// A wireless network was chosen, by its row.
    Chosen(usize),
    /// A key was typed.
    Key(SecretString),
    /// Join the chosen network.
    Join,
    /// The part for hidden networks was opened or closed.
    HiddenPressed,
    /// The name of a hidden network was typed.
    HiddenName(String),
    /// The key of a hidden network was typed.
    HiddenKey(SecretString),
    /// Join the hidden network.
    JoinHidden,
    /// The settings of a wired link were opened or closed, by interface.
    WiredPressed(String),
    /// Automatic (0) or by hand (1).
    Method(usize),
    /// An address was typed.
    Address(String),
    /// A gateway was typed.
    Gateway(String),
    /// Name servers were typed.
    Dns(String),
    /// Set the wired link up.
    Apply,
    /// What was under way ended.
    Finished(Result<(), Failure>),
    /// Look around for wireless networks.
    LookAgain,
    /// The sign of the keyboard layout beside a key was pressed.
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
    /// Join a wireless network with a key.
    Join(JoinRequest, SecretString),
    /// Change a wired link.
    SetWired(WiredRequest),
    /// Look around.
    Scan,
    /// Put the focus on a field.
    Focus(&'static str),
    /// Open the menu of keyboard layouts.
    OpenKeyboardMenu,
    /// Go on.
    Continue,
    /// Go back.
    Back,
}

impl Network {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How far the network reaches, as last heard.
    pub fn connectivity(&self) -> Connectivity {
        self.status
            .as_ref()
            .map_or(Connectivity::Offline, |status| status.connectivity)
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Status(status) => self.status = Some(status),
            Message::Chosen(at) => {
                let point = self
                    .points()
                    .get(at)
                    .filter(|point| point.security != Security::Unsupported);

                if let Some(point) = point.cloned() {
                    if self.chosen.as_ref() != Some(&point.ssid) {
                        self.key = SecretString::default();
                        self.failure = None;
                        self.asked = false;
                    }
                    let wants_key = point.security == Security::Passphrase && !point.active;
                    self.chosen = Some(point.ssid);

                    return if wants_key {
                        Action::Focus("network-key")
                    } else {
                        Action::None
                    };
                }
            }
            Message::Key(key) => self.key = key,
            Message::Join => return self.join(),
            Message::HiddenPressed => {
                self.hidden = if self.hidden.is_some() {
                    None
                } else {
                    Some(Hidden::default())
                };
                self.failure = None;

                return if self.hidden.is_some() {
                    Action::Focus("network-hidden-name")
                } else {
                    Action::None
                };
            }
            Message::HiddenName(name) => self.edit_hidden(|hidden| hidden.name = name),
            Message::HiddenKey(key) => self.edit_hidden(|hidden| hidden.key = key),
            Message::JoinHidden => {
                if let (None, Some(hidden)) = (&self.busy, &mut self.hidden) {
                    hidden.asked = true;

                    if let Some(request) = hidden.request() {
                        self.busy = Some(Busy::Joining(hidden.name.clone()));
                        self.failure = None;
                        return Action::Join(request, hidden.key.clone());
                    }
                }
            }
            Message::WiredPressed(interface) => {
                let is_open = self.wired.as_ref().is_some_and(|wired| wired.interface == interface);
                let link = self
                    .status
                    .iter()
                    .flat_map(|status| &status.wired)
                    .find(|link| link.interface == interface);

                self.wired = if is_open { None } else { link.map(Wired::of) };
                self.failure = None;
            }
            Message::Method(at) => self.edit_wired(|wired| {
                wired.method = if at == 0 {
                    WiredMethod::Dhcp
                } else {
                    WiredMethod::Static
                };
            }),
            Message::Address(text) => self.edit_wired(|wired| wired.address = text),
            Message::Gateway(text) => self.edit_wired(|wired| wired.gateway = text),
            Message::Dns(text) => self.edit_wired(|wired| wired.dns = text),
            Message::Apply => {
                if let (None, Some(wired)) = (&self.busy, &mut self.wired) {
                    wired.asked = true;

                    if let Some(request) = wired.request() {
                        self.busy = Some(Busy::SettingUp(wired.interface.clone()));
                        self.failure = None;
                        return Action::SetWired(request);
                    }
                }
            }
            Message::Finished(outcome) => {
                self.busy = None;
                self.asked = false;

                match outcome {
                    Ok(()) => {
                        // The key is with NetworkManager now; nobody needs it here.
                        self.key = SecretString::default();
                        self.hidden = None;
                        self.wired = None;
                        self.failure = None;
                    }
                    Err(failure) => self.failure = Some(failure),
                }
            }
            Message::LookAgain => return Action::Scan,
            Message::LayoutPressed => return Action::OpenKeyboardMenu,
            Message::Continue => return Action::Continue,
            Message::Back => return Action::Back,
        }

        Action::None
    }

    /// Forgets every key; they are wiped.
    pub fn forget(&mut self) {
        self.key = SecretString::default();
        self.hidden = None;
    }

    fn join(&mut self) -> Action {
        let Some(point) = self.chosen().cloned() else {
            return Action::None;
        };

        if self.busy.is_some() {
            return Action::None;
        }
        if point.security == Security::Passphrase && !KEY.contains(&self.key.expose_secret().len()) {
            self.asked = true;
            return Action::Focus("network-key");
        }

        self.failure = None;
        self.busy = Some(Busy::Joining(point.name.clone()));
        let request = JoinRequest {
            ssid: point.ssid,
            hidden: false,
            security: point.security,
        };

        Action::Join(request, self.key.clone())
    }

    fn edit_hidden(&mut self, edit: impl FnOnce(&mut Hidden)) {
        if let Some(hidden) = &mut self.hidden {
            edit(hidden);
        }
    }

    fn edit_wired(&mut self, edit: impl FnOnce(&mut Wired)) {
        if let Some(wired) = &mut self.wired {
            edit(wired);
        }
    }

    fn points(&self) -> &[AccessPoint] {
        self.status.as_ref().map_or(&[], |status| &status.access_points)
    }

    fn chosen(&self) -> Option<&AccessPoint> {
        let chosen = self.chosen.as_ref()?;

        self.points().iter().find(|point| point.ssid == *chosen)
    }

    /// Cables, Wi-Fi, and what to know without them.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Page<'a, Message> {
        let language = look.language;
        let mut content: Vec<Element<'a, Message>> = Vec::new();

        match &self.busy {
            Some(Busy::Joining(network)) => {
                content.push(banner::info(fl!(
                    language,
                    "network-joining",
                    network = network.clone()
                )));
            }
            Some(Busy::SettingUp(interface)) => {
                content.push(banner::info(fl!(
                    language,
                    "network-applying",
                    interface = interface.clone()
                )));
            }
            None => {}
        }
        if let Some(failure) = &self.failure {
            let text = explain(language, failure, "");
            content.push(
                column![banner::danger(text.what), words::body(text.todo)]
                    .spacing(gap::S)
                    .into(),
            );
        }
        if let Some(status) = &self.status {
            content.extend(status.wired.iter().map(|link| self.wired_view(language, link)));

            if status.wireless {
                content.push(self.wireless_view(look, status));
            } else if !status.wired.is_empty() {
                content.push(
                    words::body(fl!(language, "network-wifi-no-device"))
                        .style(theme::quiet)
                        .into(),
                );
            } else {
                content.push(banner::warn(fl!(language, "network-none")));
            }
        } else {
            content.push(
                words::body(fl!(language, "backend-starting"))
                    .style(theme::quiet)
                    .into(),
            );
        }

        let page = |content| {
            Page::new(fl!(language, "network-title"), fl!(language, "network-lead"), content)
                .back(language, Message::Back)
        };

        if self.connectivity() == Connectivity::Online {
            page(content).go_on(language, Some(Message::Continue))
        } else {
            content.push(banner::info(fl!(language, "network-offline-note")));
            let skip = button::primary(fl!(language, "network-skip"))
                .id("continue")
                .on_press(Message::Continue);

            page(content).button(skip)
        }
    }

    fn wired_view<'a>(&'a self, language: Language, link: &WiredLink) -> Element<'a, Message> {
        let open = self.wired.as_ref().filter(|wired| wired.interface == link.interface);
        let sign = match link.state {
            LinkState::Connected => icon(Icon::CircleCheck).style(theme::good),
            LinkState::Failed => icon(Icon::CircleAlert).style(theme::danger),
            _ => icon(Icon::Cable).style(theme::quiet),
        };
        let state = row![sign, words::body(format::link(language, link))]
            .spacing(gap::XS)
            .align_y(Center);
        let settings = disclosure(
            format!("network-settings-{}", link.interface),
            fl!(language, "network-settings"),
            open.is_some(),
            Direction::default(),
            Message::WiredPressed(link.interface.clone()),
            || match open {
                Some(wired) => wired.view(language, self.busy.is_none()),
                None => iced::widget::Space::new().into(),
            },
        );

        section(
            fl!(language, "network-wired", interface = link.interface.clone()),
            column![state, settings].spacing(gap::XS),
        )
    }

    fn wireless_view<'a>(&'a self, look: Look<'a>, status: &'a NetworkStatus) -> Element<'a, Message> {
        let language = look.language;
        let again = button::secondary(fl!(language, "network-look-again"))
            .id("network-scan")
            .on_press(Message::LookAgain);
        let mut list = column![beside(words::section(fl!(language, "network-wifi")), again)]
            .spacing(gap::S)
            .width(Fill);

        if status.access_points.is_empty() {
            list = list.push(words::body(fl!(language, "network-wifi-none")).style(theme::quiet));
        }

        let chosen = status
            .access_points
            .iter()
            .position(|point| Some(&point.ssid) == self.chosen.as_ref());
        let rows = status
            .access_points
            .iter()
            .enumerate()
            .map(|(at, point)| access_point(language, at, point));
        list = list.push(choices(
            "network-points",
            rows,
            chosen,
            Direction::default(),
            Message::Chosen,
        ));

        if let Some(point) = self.chosen().filter(|point| !point.active) {
            list = list.push(self.key_view(look, point));
        }

        let hidden = disclosure(
            "network-hidden",
            fl!(language, "network-hidden"),
            self.hidden.is_some(),
            Direction::default(),
            Message::HiddenPressed,
            || match &self.hidden {
                Some(hidden) => hidden.view(look, self.busy.is_none()),
                None => iced::widget::Space::new().into(),
            },
        );

        list.push(hairline()).push(hidden).into()
    }

    fn key_view<'a>(&'a self, look: Look<'a>, point: &AccessPoint) -> Element<'a, Message> {
        let language = look.language;
        let join = button::secondary(fl!(language, "network-join"))
            .id("network-join")
            .on_press_maybe(self.busy.is_none().then_some(Message::Join));

        if point.security == Security::Open {
            return row![join].into();
        }

        let is_short = self.asked && !KEY.contains(&self.key.expose_secret().len());
        let key = secret_field(
            "network-key",
            fl!(language, "network-key", network = point.name.clone()),
            &self.key,
        )
        .on_secret(Message::Key)
        .on_submit(Message::Join)
        .layout(look.layout_short, Message::LayoutPressed)
        .caps(look.keyboard)
        .note(if is_short {
            Note::Error(fl!(language, "network-key-short"))
        } else {
            Note::Hint(fl!(language, "account-layout", layout = look.layout_name))
        });

        column![key, join].spacing(gap::XS).into()
    }
}

fn access_point<'a>(language: Language, at: usize, point: &AccessPoint) -> Choice<'a, Message> {
    let strength = fl!(language, "network-strength", percent = point.strength);
    let security = match point.security {
        Security::Open => fl!(language, "network-open"),
        Security::Passphrase => fl!(language, "network-protected"),
        Security::Unsupported => fl!(language, "network-unsupported"),
    };
    let mut facts = vec![strength];
    if point.active {
        facts.insert(0, fl!(language, "network-active"));
    }

    let choice = Choice::new(format!("network-{at}"), point.name.clone());

    if point.security == Security::Unsupported {
        choice.details(facts.join(" · ")).refused(security)
    } else {
        facts.push(security);
        choice.details(facts.join(" · "))
    }
}

/// A field of this screen.
fn field<'a>(
    id: &'static str,
    label: String,
    value: &'a str,
    hint: String,
    on_input: fn(String) -> Message,
) -> crate::widget::Field<'a, Message> {
    text_field(id, label, value).placeholder(hint).on_input(on_input)
}

#[cfg(test)]
#[path = "network/tests.rs"]
mod tests;

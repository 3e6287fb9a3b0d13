//! The two forms of the network screen: a wired link set up by hand, and a network that hides its name.

use std::net::Ipv4Addr;

use iced::widget::{column, row};
use moult_api::{JoinRequest, Security, WiredLink, WiredMethod, WiredRequest};
use moult_i18n::{Language, fl};
use secrecy::{ExposeSecret, SecretString};

use super::{KEY, Message, field};
use crate::screen::Look;
use crate::theme::{Element, space as gap};
use crate::widget::{Choice, Direction, Note, button, choices, secret_field};

/// Settings of a wired link, as far as they were typed.
#[derive(Debug, Clone)]
pub(super) struct Wired {
    pub(super) interface: String,
    pub(super) method: WiredMethod,
    pub(super) address: String,
    pub(super) gateway: String,
    pub(super) dns: String,
    pub(super) asked: bool,
}

impl Wired {
    pub(super) fn of(link: &WiredLink) -> Self {
        Self {
            interface: link.interface.clone(),
            method: link.method,
            address: link.address.clone(),
            gateway: link.gateway.clone(),
            dns: link.dns.join(" "),
            asked: false,
        }
    }

    /// The request, once every field can be understood.
    pub(super) fn request(&self) -> Option<WiredRequest> {
        let (address, gateway, dns) = match self.method {
            WiredMethod::Dhcp => (String::new(), String::new(), Vec::new()),
            WiredMethod::Static if self.is_address() && self.is_gateway() && self.is_dns() => (
                self.address.trim().to_owned(),
                self.gateway.trim().to_owned(),
                self.servers().map(str::to_owned).collect(),
            ),
            WiredMethod::Static => return None,
        };

        Some(WiredRequest {
            interface: self.interface.clone(),
            method: self.method,
            address,
            gateway,
            dns,
        })
    }

    fn is_address(&self) -> bool {
        self.address.trim().split_once('/').is_some_and(|(address, prefix)| {
            address.parse::<Ipv4Addr>().is_ok() && prefix.parse::<u8>().is_ok_and(|prefix| (1..=32).contains(&prefix))
        })
    }

    fn is_gateway(&self) -> bool {
        let gateway = self.gateway.trim();

        gateway.is_empty() || gateway.parse::<Ipv4Addr>().is_ok()
    }

    fn is_dns(&self) -> bool {
        self.servers().all(|server| server.parse::<Ipv4Addr>().is_ok())
    }

    fn servers(&self) -> impl Iterator<Item = &str> {
        self.dns.split([' ', ',']).filter(|server| !server.is_empty())
    }

    pub(super) fn view<'a>(&'a self, language: Language, is_free: bool) -> Element<'a, Message> {
        let methods = [
            Choice::new("network-dhcp", fl!(language, "network-method-dhcp")),
            Choice::new("network-static", fl!(language, "network-method-static")),
        ];
        let chosen = usize::from(self.method == WiredMethod::Static);
        let note = |is_right: bool, text: String| {
            if self.asked && !is_right {
                Note::Error(text)
            } else {
                Note::None
            }
        };
        let mut form = column![choices(
            "network-method",
            methods,
            Some(chosen),
            Direction::default(),
            Message::Method
        )]
        .spacing(gap::XS);

        if self.method == WiredMethod::Static {
            let (address, gateway, dns) = (
                field(
                    "network-address",
                    fl!(language, "network-address"),
                    &self.address,
                    fl!(language, "network-address-hint"),
                    Message::Address,
                ),
                field(
                    "network-gateway",
                    fl!(language, "network-gateway"),
                    &self.gateway,
                    fl!(language, "network-gateway-hint"),
                    Message::Gateway,
                ),
                field(
                    "network-dns",
                    fl!(language, "network-dns"),
                    &self.dns,
                    fl!(language, "network-dns-hint"),
                    Message::Dns,
                ),
            );

            form = form
                .push(
                    address
                        .on_submit(Message::Apply)
                        .note(note(self.is_address(), fl!(language, "network-address-wrong"))),
                )
                .push(
                    gateway
                        .on_submit(Message::Apply)
                        .note(note(self.is_gateway(), fl!(language, "network-gateway-wrong"))),
                )
                .push(
                    dns.on_submit(Message::Apply)
                        .note(note(self.is_dns(), fl!(language, "network-dns-wrong"))),
                );
        }

        let apply = button::secondary(fl!(language, "network-apply"))
            .id("network-apply")
            .on_press_maybe(is_free.then_some(Message::Apply));

        form.push(row![apply]).into()
    }
}

/// A network that does not send its name.
#[derive(Debug, Clone, Default)]
pub(super) struct Hidden {
    pub(super) name: String,
    pub(super) key: SecretString,
    pub(super) asked: bool,
}

impl Hidden {
    pub(super) fn request(&self) -> Option<JoinRequest> {
        let security = if self.key.expose_secret().is_empty() {
            Security::Open
        } else {
            Security::Passphrase
        };

        (self.is_name() && self.is_key()).then(|| JoinRequest {
            ssid: self.name.clone().into_bytes(),
            hidden: true,
            security,
        })
    }

    fn is_name(&self) -> bool {
        (1..=32).contains(&self.name.len())
    }

    fn is_key(&self) -> bool {
        let length = self.key.expose_secret().len();

        length == 0 || KEY.contains(&length)
    }

    pub(super) fn view<'a>(&'a self, look: Look<'a>, is_free: bool) -> Element<'a, Message> {
        let language = look.language;
        let name = field(
            "network-hidden-name",
            fl!(language, "network-hidden-name"),
            &self.name,
            String::new(),
            Message::HiddenName,
        )
        .on_submit(Message::JoinHidden)
        .note(if self.asked && !self.is_name() {
            Note::Error(fl!(language, "network-name-wrong"))
        } else {
            Note::None
        });
        let key = secret_field("network-hidden-key", fl!(language, "network-hidden-key"), &self.key)
            .on_secret(Message::HiddenKey)
            .on_submit(Message::JoinHidden)
            .layout(look.layout_short, Message::LayoutPressed)
            .caps(look.keyboard)
            .note(if self.asked && !self.is_key() {
                Note::Error(fl!(language, "network-key-short"))
            } else {
                Note::None
            });
        let join = button::secondary(fl!(language, "network-join"))
            .id("network-join-hidden")
            .on_press_maybe(is_free.then_some(Message::JoinHidden));

        column![name, key, row![join]].spacing(gap::XS).into()
    }
}

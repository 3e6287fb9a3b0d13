//! Physical keys in, logical events out, in the layout that was chosen.

use iced::advanced::input_method;
use iced::keyboard::{self, Key, Modifiers};
use iced::{Event, mouse, touch, window};
use kbvm::state_machine::{Direction, State};
use kbvm::xkb::compose::{ComposeTable, FeedResult, State as ComposeState};
use kbvm::{Components, Keycode, Keysym, ModifierMask};

use super::keymap::{Keymap, compose_table};
use super::{Error, evdev, keysym};

/// Turns the compositor's keyboard events into those of the chosen layout.
#[derive(Debug, Default)]
pub struct Translator {
    active: Option<Active>,
    compose: Compose,
    /// The keys that are down, in order, and what each meant when it went down.
    held: Vec<(u32, Key)>,
}

/// A layout and where its state machine stands.
#[derive(Debug)]
struct Active {
    keymap: Keymap,
    state: State,
    components: Components,
    /// Locks that this state machine has the other way round, because they were set under another layout.
    flipped: ModifierMask,
}

impl Active {
    fn new(keymap: Keymap) -> Self {
        let state = keymap.machine.create_state();

        Self {
            keymap,
            state,
            components: Components::default(),
            flipped: ModifierMask::NONE,
        }
    }

    fn feed(&mut self, key: u32, direction: Direction) {
        let mut events = Vec::new();
        self.keymap
            .machine
            .handle_key(&mut self.state, &mut events, Keycode::from_evdev(key), direction);

        for event in events {
            let _changed = self.components.apply_event(event);
        }
    }

    fn locked(&self) -> ModifierMask {
        self.components.mods_locked ^ self.flipped
    }

    fn effective(&self) -> ModifierMask {
        self.components.mods_pressed | self.components.mods_latched | self.locked()
    }

    /// What applications call modifiers: those held down, not the locks.
    fn modifiers(&self) -> Modifiers {
        let down = self.components.mods_pressed | self.components.mods_latched;

        [
            (ModifierMask::SHIFT, Modifiers::SHIFT),
            (ModifierMask::CONTROL, Modifiers::CTRL),
            (ModifierMask::MOD1, Modifiers::ALT),
            (ModifierMask::MOD4, Modifiers::LOGO),
        ]
        .into_iter()
        .filter(|(mask, _)| down.contains(*mask))
        .fold(Modifiers::empty(), |all, (_, modifier)| all | modifier)
    }

    /// The symbol of a key and its text, with the given modifiers.
    fn look_up(&self, key: u32, modifiers: ModifierMask) -> (Keysym, String) {
        let mut symbol = kbvm::syms::NoSymbol;
        let mut text = String::new();

        for (at, found) in self
            .keymap
            .symbols
            .lookup(self.components.group, modifiers, Keycode::from_evdev(key))
            .into_iter()
            .enumerate()
        {
            if at == 0 {
                symbol = found.keysym();
            }

            text.extend(found.char().filter(|c| !c.is_control()));
        }

        (symbol, text)
    }

    fn repeats(&self, key: u32) -> bool {
        self.keymap.symbols.repeats(Keycode::from_evdev(key))
    }
}

/// Dead keys and Compose. The table of a language is read once, when the first key is pressed.
#[derive(Debug, Default)]
struct Compose {
    language: String,
    table: Option<Option<(ComposeTable, ComposeState)>>,
    pending: bool,
}

enum Composed {
    /// The key means what it means.
    Nothing,
    /// The key was taken; more keys must follow.
    Pending,
    /// The sequence is complete.
    Text(String),
    /// The sequence was broken off by this key.
    Broken,
}

impl Compose {
    fn set_language(&mut self, language: &str) {
        if self.language != language {
            *self = Self {
                language: language.to_owned(),
                ..Self::default()
            };
        }
    }

    fn reset(&mut self) {
        if std::mem::take(&mut self.pending)
            && let Some(Some((table, state))) = &mut self.table
        {
            *state = table.create_state();
        }
    }

    fn feed(&mut self, symbol: Keysym) -> Composed {
        let table = self.table.get_or_insert_with(|| {
            compose_table(&self.language).map(|table| {
                let state = table.create_state();
                (table, state)
            })
        });

        let Some((table, state)) = table else {
            return Composed::Nothing;
        };

        let result = match table.feed(state, symbol) {
            None => return Composed::Nothing,
            Some(FeedResult::Pending) => Composed::Pending,
            Some(FeedResult::Aborted) => Composed::Broken,
            Some(FeedResult::Composed { string, keysym }) => Composed::Text(
                string
                    .map(str::to_owned)
                    .or_else(|| keysym.and_then(Keysym::char).map(String::from))
                    .unwrap_or_default(),
            ),
        };

        self.pending = matches!(result, Composed::Pending);

        result
    }
}

impl Translator {
    /// Types in another layout from now on; see [`super::Keyboard::switch`].
    ///
    /// # Errors
    /// [`Error::NoSymbols`] when the layout does not compile; the old one stays.
    pub fn switch(&mut self, code: &str, variant: &str) -> Result<(), Error> {
        let mut new = Active::new(Keymap::compile(code, variant)?);

        for (key, _) in &self.held {
            new.feed(*key, Direction::Down);
        }

        let wanted = match &self.active {
            Some(old) => new.keymap.same_locks(&old.keymap, old.locked()),
            None => ModifierMask::NONE,
        };
        // Nothing was ever locked by the keys fed above that was not locked before.
        new.flipped = new.components.mods_locked ^ wanted;

        self.compose.reset();
        self.active = Some(new);

        Ok(())
    }

    /// Chooses the Compose table by language ("de", "pt-BR").
    pub fn set_language(&mut self, language: &str) {
        self.compose.set_language(language);
    }

    /// Whether Caps Lock is on.
    #[must_use]
    pub fn caps_lock(&self) -> bool {
        self.active
            .as_ref()
            .is_some_and(|active| active.locked().contains(ModifierMask::LOCK))
    }

    /// Whether Num Lock is on.
    #[must_use]
    pub fn num_lock(&self) -> bool {
        self.active.as_ref().is_some_and(|active| {
            let mask = active.keymap.num_lock;

            mask != ModifierMask::NONE && active.locked().contains(mask)
        })
    }

    /// Whether a dead key or Compose waits for the next key.
    #[must_use]
    pub fn is_composing(&self) -> bool {
        self.compose.pending
    }

    /// Turns one event of the compositor into the events that widgets get: none, one or several.
    pub fn translate(&mut self, event: &Event) -> Vec<Event> {
        match event {
            Event::Keyboard(event) => self.keyboard(event),
            Event::Window(window::Event::Unfocused) => {
                // The releases go to another window: forget every key that is down.
                let mut events = self.release_all();
                events.push(event.clone());

                events
            }
            Event::Mouse(mouse::Event::ButtonPressed(_)) | Event::Touch(touch::Event::FingerPressed { .. }) => {
                // The pointer chooses another field: an accent meant for the old one must not end up there.
                self.compose.reset();

                vec![event.clone()]
            }
            _ => vec![event.clone()],
        }
    }

    fn keyboard(&mut self, event: &keyboard::Event) -> Vec<Event> {
        let unchanged = || vec![Event::Keyboard(event.clone())];

        let Some(active) = &mut self.active else {
            return unchanged();
        };

        match event {
            // The compositor's modifiers are those of its own keymap; ours follow from the keys.
            keyboard::Event::ModifiersChanged(_) => Vec::new(),

            keyboard::Event::KeyPressed {
                physical_key,
                location,
                repeat,
                ..
            } => {
                let Some(code) = evdev::code(*physical_key) else {
                    return unchanged();
                };

                let effective = active.effective();
                let (symbol, text) = active.look_up(code, effective);
                let (plain, _) = active.look_up(code, ModifierMask::NONE);

                if *repeat && (!active.repeats(code) || keysym::begins_sequence(symbol)) {
                    return Vec::new();
                }

                let before = active.modifiers();

                if !repeat && !self.held.iter().any(|(held, _)| *held == code) {
                    active.feed(code, Direction::Down);
                    self.held.push((code, keysym::key(plain)));
                }

                let modifiers = active.modifiers();
                let mut events = Vec::new();

                if modifiers != before {
                    events.push(Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)));
                }

                let is_shortcut = modifiers.control() || modifiers.alt() || modifiers.logo();

                let pressed = |key: Key, modified: Key, text: Option<&str>| {
                    Event::Keyboard(keyboard::Event::KeyPressed {
                        key,
                        modified_key: modified,
                        physical_key: *physical_key,
                        location: *location,
                        modifiers,
                        text: text.map(Into::into),
                        repeat: *repeat,
                    })
                };

                let text = if is_shortcut {
                    text
                } else {
                    match self.compose.feed(symbol) {
                        Composed::Nothing => text,
                        Composed::Text(text) => text,
                        Composed::Pending => return events,
                        Composed::Broken => match keysym::key(symbol) {
                            // These only take the accent back.
                            Key::Named(keyboard::key::Named::Backspace | keyboard::key::Named::Escape) => {
                                return events;
                            }
                            _ => text,
                        },
                    }
                };

                let mut characters = text.chars();

                events.push(match (characters.next(), characters.next()) {
                    _ if is_shortcut => pressed(keysym::key(plain), keysym::key(symbol), None),
                    (None, _) => pressed(keysym::key(plain), keysym::key(symbol), None),
                    // Enter, Tab and the like stay named; a space is named and has text.
                    (Some(' '), None) => pressed(
                        Key::Named(keyboard::key::Named::Space),
                        Key::Named(keyboard::key::Named::Space),
                        Some(" "),
                    ),
                    (Some(_), None) => pressed(keysym::key(plain), Key::Character(text.as_str().into()), Some(&text)),
                    // Text inputs take only the first character of a key: several are handed over whole.
                    (Some(_), Some(_)) => Event::InputMethod(input_method::Event::Commit(text)),
                });

                events
            }

            keyboard::Event::KeyReleased {
                physical_key, location, ..
            } => {
                let Some(code) = evdev::code(*physical_key) else {
                    return unchanged();
                };
                // A release without its press belongs to another window or to a time before focus.
                let Some(at) = self.held.iter().position(|(held, _)| *held == code) else {
                    return Vec::new();
                };

                let before = active.modifiers();
                let (_, key) = self.held.remove(at);
                active.feed(code, Direction::Up);
                let modifiers = active.modifiers();

                let mut events = vec![Event::Keyboard(keyboard::Event::KeyReleased {
                    key: key.clone(),
                    modified_key: key,
                    physical_key: *physical_key,
                    location: *location,
                    modifiers,
                })];

                if modifiers != before {
                    events.push(Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)));
                }

                events
            }
        }
    }

    fn release_all(&mut self) -> Vec<Event> {
        self.compose.reset();

        let held = std::mem::take(&mut self.held);
        let Some(active) = &mut self.active else {
            return Vec::new();
        };
        let before = active.modifiers();

        for (key, _) in held {
            active.feed(key, Direction::Up);
        }

        if active.modifiers() == before {
            Vec::new()
        } else {
            vec![Event::Keyboard(keyboard::Event::ModifiersChanged(active.modifiers()))]
        }
    }
}

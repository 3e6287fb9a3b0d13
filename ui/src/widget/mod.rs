//! Reusable widgets. They know the theme, never a screen, a backend or a language.
//!
//! | function | what it shows |
//! |---|---|
//! | `button::{primary, secondary, danger, quiet, hold}(label)` | buttons; `.id(..)`, `.called(..)`, `.on_press(..)`, `.on_press_maybe(..)` |
//! | `focusable(content)` | anything as a Tab stop: `.id(..).on_press(..)` |
//! | `text_field(id, label, value)`, `secret_field(id, label, secret)` | a labelled field with a line for hints and errors |
//! | `dropdown(id, items, selected, on_select)` | a menu that is searched by typing; [`dropdown::open`] opens it from outside |
//! | `choices(id, rows, selected, on_select)` | one of several rows, each with details, a bar, or a reason why not |
//! | `segments(parts)`, `segments::legend(parts)` | what is on a disk, to scale |
//! | `progress_bar(fraction)`, `meter(score, word)` | how far; how strong (0 to 4) |
//! | `check(id, tick, label, direction, on_press)` | something that is chosen, or some of it, or not |
//! | `timeline(id, notches, selected, direction, on_select)` | states of the past on one line, to slide along |
//! | `by_keys(id, content, on_move)` | a Tab stop around a list with nothing to press in it, that keys scroll |
//! | `rows(id, scroll, (count, height, room), row, on_scroll)` | a long list, of which only what is in sight is made |
//! | `card(direction, picture, name, summary, sign)`, `grid(direction, columns, gap, things)`, `fact(..)` | apps at a glance; what is known of one |
//! | `picture(handle, side, instead)` | a picture, or what stands in its place |
//! | `excerpt(text, lines)` | text that is cut off where its lines end |
//! | `tick(direction, label, is_on)` | a box to tick |
//! | `arrows::arrows(content, on_arrow)`, `arrows::step(rows, up)` | Up and Down among rows |
//! | `unfolding(id, scroll, .., row, open, on_scroll)` | the same, one row of which may be unfolded |
//! | `chip(label, is_on)`, `switch(word, is_on)` | one of a few choices in a row; on or off |
//! | `rail(steps, current)`, `step_line(text)` | the steps of the installer |
//! | `banner::{info, warn, danger, good}(text)` | something to know, with an icon |
//! | `disclosure(id, title, is_open, direction, on_toggle, body)` | details, folded |
//! | `Frame::new(content)` | the frame of every screen: bar, rail, content column, buttons |
//! | `icon(Icon::..)`, `words::{display, heading, section, body, strong, small}` | an icon; text in the five sizes |
//! | `Direction::{row, align, ..}` | rows that are mirrored in right-to-left languages |
//! | `focus::{next, previous, to}` | tasks that move the focus and scroll it into view |
//! | `trace::collect()` | a task: where every widget with an id is |
//!
//! Every interactive widget takes an id, is at least 40 high, shows a ring when the keyboard focused it (drawn 4 outside
//! of its bounds: leave that much room) and answers to Enter and Space.

pub mod arrows;
pub mod banner;
pub mod button;
pub mod by_keys;
pub mod card;
pub mod check;
pub mod chip;
pub mod choice;
pub mod control;
pub mod direction;
pub mod disclosure;
pub mod dropdown;
pub mod excerpt;
pub mod field;
#[cfg(test)]
pub(crate) mod film;
pub mod focus;
pub mod frame;
pub mod icon;
pub mod picture;
pub mod progress;
pub mod rail;
pub mod rows;
pub mod search;
pub mod segments;
pub mod sheet;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod trace;
pub mod unfolding;
pub mod words;

pub use by_keys::{Move, by_keys};
pub use card::{Sign, card, fact, grid};
pub use check::{Tick, check};
pub use chip::{chip, switch};
pub use choice::{Choice, choices};
pub use control::{Control, focusable};
pub use direction::Direction;
pub use disclosure::disclosure;
pub use dropdown::{Dropdown, Item, dropdown};
pub use excerpt::{Excerpt, excerpt};
pub use field::{Field, Note, secret_field, text_field};
pub use frame::Frame;
pub use icon::{Icon, icon};
pub use picture::picture;
pub use progress::{meter, progress_bar};
pub use rail::{rail, step_line};
pub use rows::{Scroll, rows};
pub use segments::{Kind, Segment, segments};
pub use sheet::sheet;
pub use timeline::{Notch, Timeline, timeline};
pub use unfolding::unfolding;

pub use crate::theme::Element;

//! What a program tells its compositor of its windows, read from what libwayland prints of it.

use std::collections::{BTreeMap, BTreeSet};

/// What a client of libwayland told its compositor, read from what `WAYLAND_DEBUG=client` prints.
#[derive(Debug, Default)]
pub(super) struct Protocol {
    /// By the number of the `wl_surface`.
    pub(super) windows: BTreeMap<String, Mapped>,
}

#[derive(Debug, Default)]
pub(super) struct Mapped {
    pub(super) title: String,
    pub(super) app_id: String,
    /// A buffer was attached and committed.
    pub(super) mapped: bool,
}

impl Protocol {
    pub(super) fn read(log: &str) -> Protocol {
        let mut protocol = Protocol::default();
        // xdg_surface and xdg_toplevel by the surface that they are of; surfaces with a buffer that is not committed yet.
        let mut surfaces: BTreeMap<String, String> = BTreeMap::new();
        let mut attached: BTreeSet<String> = BTreeSet::new();

        for line in log.lines().filter(|line| is_protocol(line)) {
            let Some((object, rest)) = line.split_once(" -> ").and_then(|(_, request)| request.split_once('.')) else {
                continue;
            };
            let object = object.replace('@', "#");
            let (request, arguments) = rest.split_once('(').unwrap_or((rest, ""));
            let of = |kind: &str| {
                let at = arguments.replace('@', "#").find(kind)?;
                let arguments = arguments.replace('@', "#");
                let number: String = arguments
                    .get(at..)?
                    .chars()
                    .take_while(|c| !",)".contains(*c))
                    .collect();
                Some(number)
            };
            let text = || {
                let inner = arguments.split_once('"').map_or("", |(_, rest)| rest);
                inner.rsplit_once('"').map_or("", |(inner, _)| inner).to_owned()
            };
            match request {
                "get_xdg_surface" => {
                    if let (Some(role), Some(surface)) = (of("xdg_surface#"), of("wl_surface#")) {
                        let _ = surfaces.insert(role, surface);
                    }
                }
                "get_toplevel" => {
                    if let (Some(surface), Some(toplevel)) = (surfaces.get(&object).cloned(), of("xdg_toplevel#")) {
                        let _ = surfaces.insert(toplevel, surface.clone());
                        let _ = protocol.windows.entry(surface).or_default();
                    }
                }
                "set_title" | "set_app_id" => {
                    let window = surfaces
                        .get(&object)
                        .and_then(|surface| protocol.windows.get_mut(surface));
                    if let Some(window) = window {
                        if request == "set_title" {
                            window.title = text();
                        } else {
                            window.app_id = text();
                        }
                    }
                }
                "attach" if of("wl_buffer#").is_some() => drop(attached.insert(object)),
                "commit" if attached.contains(&object) => {
                    if let Some(window) = protocol.windows.get_mut(&object) {
                        window.mapped = true;
                    }
                }
                _ => {}
            }
        }
        protocol
    }

    pub(super) fn mapped(&self) -> Option<&Mapped> {
        self.windows.values().find(|window| window.mapped)
    }
}

/// `[3163468.401] {Default Queue}  -> wl_surface#3.commit()`, without the queue before libwayland 1.23.
pub(super) fn is_protocol(line: &str) -> bool {
    line.starts_with('[')
        && line
            .split_once(']')
            .is_some_and(|(time, _)| time.chars().skip(1).all(|c| c.is_ascii_digit() || c == '.' || c == ' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "[ 92.1] {Default Queue}  -> wl_compositor#5.create_surface(new id wl_surface#20)
Gtk-WARNING: something
[ 92.2] {Default Queue}  -> xdg_wm_base#9.get_xdg_surface(new id xdg_surface#21, wl_surface#20)
[ 92.3] {Default Queue}  -> xdg_surface#21.get_toplevel(new id xdg_toplevel#22)
[ 92.4] {Default Queue}  -> xdg_toplevel#22.set_title(\"A \"quoted\" title\")
[ 92.5] {Default Queue}  -> wl_surface#20.commit()
[ 92.6] {Default Queue} xdg_surface#21.configure(1)
";

    #[test]
    fn a_window_is_mapped_when_a_buffer_is_committed() {
        let open = Protocol::read(LOG);
        assert_eq!(open.windows["wl_surface#20"].title, "A \"quoted\" title");
        assert!(open.mapped().is_none());

        let attached = format!("{LOG}[ 93.0] {{Default Queue}}  -> wl_surface#20.attach(wl_buffer#30, 0, 0)\n");
        assert!(Protocol::read(&attached).mapped().is_none());
        let committed = format!("{attached}[ 93.1] {{Default Queue}}  -> wl_surface#20.commit()\n");
        assert!(Protocol::read(&committed).mapped().is_some());
        // The spelling of older libraries, and a surface without a role, such as a pointer's picture.
        assert!(
            Protocol::read(&committed.replace('#', "@").replace("{Default Queue} ", ""))
                .mapped()
                .is_some()
        );
        assert!(
            Protocol::read(&committed.replace("get_toplevel", "get_popup"))
                .mapped()
                .is_none()
        );
    }
}

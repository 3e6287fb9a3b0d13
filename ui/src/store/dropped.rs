//! Files that are dropped on the window, where it is one of Wayland's: the toolkit does not tell of them, the clipboard does.

use futures_util::Stream;
use futures_util::stream;
use tokio::sync::mpsc;

/// Lists of what is dropped from now on, as `text/uri-list` has them (RFC 2483), 64 KiB of each at most.
pub(super) fn lists() -> impl Stream<Item = Vec<u8>> {
    let (sender, receiver) = mpsc::unbounded_channel();
    clipboard_wayland::on_drop(move |list| {
        // Nobody listens any more when the window is on its way out.
        let _ = sender.send(list);
    });

    stream::unfold(receiver, |mut receiver| async {
        let list = receiver.recv().await?;
        Some((list, receiver))
    })
}

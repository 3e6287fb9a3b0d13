use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

fn png_of(width: u32, height: u32, pixel: [u8; 4]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    let pixels: Vec<u8> = pixel
        .into_iter()
        .cycle()
        .take(width as usize * height as usize * 4)
        .collect();
    writer.write_image_data(&pixels).unwrap();
    drop(writer);

    bytes
}

/// 16 x 8 pixels, red.
const JPEG: &[u8] = include_bytes!("samples/red.jpg");

/// 16 x 8 pixels, red.
fn webp() -> Vec<u8> {
    let mut bytes = Vec::new();
    let pixels = [254, 0, 0].repeat(16 * 8);
    image_webp::WebPEncoder::new(&mut bytes)
        .encode(&pixels, 16, 8, image_webp::ColorType::Rgb8)
        .unwrap();

    bytes
}

fn icon_at(path: &Path) -> Item {
    Item {
        id: "x".into(),
        package: "x".into(),
        name: "X".into(),
        summary: String::new(),
        kind: moult_api::ItemKind::App,
        icon: path.to_string_lossy().into_owned(),
        version: String::new(),
        repository: String::new(),
        installed: false,
        newer: false,
        held: false,
    }
}

#[test]
fn png_jpeg_and_webp_become_pixels() {
    for (name, bytes) in [
        ("png", png_of(16, 8, [254, 0, 0, 255]).as_slice()),
        ("jpeg", JPEG),
        ("webp", webp().as_slice()),
    ] {
        let pixels = decode(bytes, SHOTS).unwrap_or_else(|| panic!("{name}"));
        assert_eq!((pixels.width, pixels.height), (16, 8), "{name}");
        let [red, green, blue, alpha] = pixels.rgba[..4] else {
            panic!()
        };
        assert!(
            red > 240 && green < 16 && blue < 16 && alpha == 255,
            "{name}: {:?}",
            &pixels.rgba[..4]
        );
    }
}

#[test]
fn a_picture_beyond_the_limits_is_none_before_it_takes_memory() {
    let side = Limits { side: 15, ..SHOTS };
    let area = Limits { pixels: 127, ..SHOTS };
    let file = Limits { file: 20, ..SHOTS };

    for bytes in [png_of(16, 8, [1; 4]).as_slice(), JPEG, webp().as_slice()] {
        for limits in [side, area, file] {
            assert!(decode(bytes, limits).is_none());
        }
    }

    // 2,000,000,000 pixels a side, in a file of a few bytes.
    let mut bomb = png_of(1, 1, [1; 4]);
    bomb[16..24].copy_from_slice(&[0x77, 0x35, 0x94, 0, 0x77, 0x35, 0x94, 0]);
    assert!(decode(&bomb, SHOTS).is_none());
}

#[test]
fn every_broken_picture_is_none_or_a_picture_and_never_a_panic() {
    for whole in [png_of(16, 8, [9; 4]).as_slice(), JPEG, webp().as_slice()] {
        for end in 0..whole.len() {
            let _ = decode(&whole[..end], SHOTS);
        }
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut broken = whole.to_vec();
                broken[at] = value;
                let _ = decode(&broken, SHOTS);
            }
        }
    }
}

#[test]
fn a_picture_is_scaled_down_by_its_means_and_never_up() {
    let mut rgba = Vec::new();
    for at in 0..16 {
        rgba.extend(if at % 2 == 0 {
            [200, 0, 0, 255]
        } else {
            [100, 0, 0, 255]
        });
    }
    let pixels = Pixels {
        width: 4,
        height: 4,
        rgba,
    };
    let small = pixels.fit(2, 9);
    assert_eq!((small.width, small.height), (2, 2));
    assert!(small.rgba.chunks_exact(4).all(|pixel| pixel == [150, 0, 0, 255]));
    let same = small.fit(100, 100);
    assert_eq!((same.width, same.height), (2, 2));
}

#[test]
fn what_cannot_be_seen_does_not_tint_what_can() {
    let pixels = Pixels {
        width: 2,
        height: 1,
        rgba: vec![10, 20, 30, 255, 255, 255, 255, 0],
    };
    let one = pixels.fit(1, 1);

    assert_eq!(one.rgba, [10, 20, 30, 128]);
}

#[tokio::test]
async fn icons_are_read_once_and_the_large_one_is_found_beside_the_small_one() {
    let folder = tempfile::tempdir().unwrap();
    let (small, large) = (folder.path().join("64x64"), folder.path().join("128x128"));
    std::fs::create_dir_all(&small).unwrap();
    std::fs::create_dir_all(&large).unwrap();
    std::fs::write(small.join("a.png"), png_of(64, 64, [1, 2, 3, 255])).unwrap();
    std::fs::write(large.join("a.png"), png_of(128, 128, [1, 2, 3, 255])).unwrap();
    let item = icon_at(&small.join("a.png"));
    let pictures = Pictures::default();
    pictures.load(std::slice::from_ref(&item)).await;
    pictures.load_large(std::slice::from_ref(&item)).await;

    let width = |handle: Option<Handle>| match handle {
        Some(Handle::Rgba { width, .. }) => width,
        _ => 0,
    };
    assert_eq!(width(pictures.icon(&item.icon)), 64);
    assert_eq!(width(pictures.large_icon(&item.icon)), 128);
    assert_eq!(
        pictures.icon(&item.icon).unwrap().id(),
        pictures.icon(&item.icon).unwrap().id()
    );
}

#[tokio::test]
async fn what_is_no_icon_is_none_and_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("text.png"), "no picture").unwrap();
    std::fs::write(at("large.png"), vec![0; 2 << 20]).unwrap();
    std::fs::write(at("wide.png"), png_of(1025, 1, [1; 4])).unwrap();
    std::fs::create_dir(at("folder.png")).unwrap();
    // Nobody writes to it: reading would wait for ever.
    rustix::fs::mknodat(
        rustix::fs::CWD,
        at("pipe.png"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let names = [
        "text.png",
        "large.png",
        "wide.png",
        "folder.png",
        "pipe.png",
        "absent.png",
    ];
    let items: Vec<Item> = names.iter().map(|name| icon_at(&at(name))).collect();
    let pictures = Pictures::default();

    tokio::time::timeout(Duration::from_secs(20), pictures.load(&items))
        .await
        .unwrap();
    assert!(items.iter().all(|item| pictures.icon(&item.icon).is_none()));
    assert!(
        items
            .iter()
            .all(|item| lock(&pictures.shared.icons).knows(&item.icon, 64))
    );
}

#[test]
fn the_longest_unused_pictures_go_when_there_is_no_room() {
    let pixels = || Pixels {
        width: 100,
        height: 100,
        rgba: vec![0; 40_000],
    };
    let mut shelf = Shelf::default();
    for name in ["a", "b", "c"] {
        shelf.keep(name.to_owned(), 64, Some(pixels()));
    }
    let _ = shelf.get("a", 64);
    shelf.make_room(90_000);
    assert!(shelf.knows("a", 64) && shelf.knows("c", 64) && !shelf.knows("b", 64));

    shelf.make_room(10);
    assert!(shelf.knows("a", 64), "the newest stays");
    assert_eq!(shelf.known.len(), 1);
}

#[test]
fn icons_have_room_for_more_than_the_window_shows() {
    let pictures = Pictures::default();
    assert_eq!(pictures.icons_room(), ICONS_ROOM);
    let sizes = [
        (640.0, 480.0, 1.0),
        (1920.0, 1080.0, 1.0),
        (3840.0, 2160.0, 1.0),
        (1920.0, 1080.0, 2.0),
    ];
    for (width, height, scale) in sizes {
        pictures.set_size(Size::new(width, height));
        pictures.set_scale(scale);
        let icon = side(ICON, scale) as usize;
        // The cards of Explore, 290 logical pixels wide at least, without anything between them.
        let seen = (width / 290.0 * (height / crate::widget::card::HEIGHT)) as usize;
        let room = pictures.icons_room();
        assert!(room >= seen * icon * icon * 4, "{width} x {height} at {scale}: {room}");
        assert!(room <= (width * height * scale * scale) as usize * 4 || room == ICONS_ROOM);
    }
}

#[test]
fn the_picture_that_is_fetched_is_the_smallest_that_is_wide_enough() {
    let image = |width| ShotImage {
        url: format!("https://a/{width}"),
        width,
        height: 1,
    };
    let images = [image(1920), image(1248), image(752), image(224)];
    let pictures = Pictures::default();
    assert_eq!(pictures.fitting(&images, 752.0), Some(&images[2]));
    assert_eq!(pictures.fitting(&images, 4000.0), Some(&images[0]));
    assert_eq!(pictures.fitting(&[image(0)], 752.0), Some(&image(0)));
    assert_eq!(pictures.fitting(&[], 752.0), None);

    pictures.set_scale(1.5);
    assert_eq!(pictures.fitting(&images, 752.0), Some(&images[1]));
}

/// A server that answers each connection with the next of these, and then no more.
async fn server(answers: Vec<Vec<u8>>) -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await.unwrap();
            let _ = socket.write_all(&answer).await;
        }
    });

    (base, serving)
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let mut all = format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n").into_bytes();
    all.extend_from_slice(body);

    all
}

fn cached_in(folder: &Path) -> Pictures {
    let pictures = Pictures::default();
    let cache = Cache::new(folder.to_path_buf(), CACHE_ROOM);
    pictures.shared.cache.set(Some(cache)).unwrap();

    pictures
}

#[tokio::test]
async fn a_screenshot_is_fetched_scaled_down_and_found_on_the_disk_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let (base, serving) = server(vec![answer("200 OK", &png_of(400, 200, [1, 2, 3, 255]))]).await;
    let url = format!("{base}/a.png");
    let pictures = cached_in(folder.path());
    pictures.load_shot(&url, (200.0, 200.0), Reach::Near).await.unwrap();
    serving.await.unwrap();
    assert!(matches!(
        pictures.shot(&url),
        Some(Handle::Rgba {
            width: 200,
            height: 100,
            ..
        })
    ));

    // The server is gone; another window finds it. It was written beside the view.
    let is_kept = |entry: std::io::Result<std::fs::DirEntry>| {
        let name = entry.unwrap().file_name();
        !name.to_string_lossy().starts_with('.')
    };
    for _ in 0..6000 {
        if std::fs::read_dir(folder.path()).unwrap().any(is_kept) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let later = cached_in(folder.path());
    later.load_shot(&url, (400.0, 400.0), Reach::Near).await.unwrap();
    assert!(later.shot(&url).is_some());
}

#[tokio::test]
async fn what_is_not_there_not_a_picture_or_too_large_is_a_failure_of_its_kind() {
    let folder = tempfile::tempdir().unwrap();
    let endless = answer("200 OK", &vec![0; (8 << 20) + 1]);
    let (base, _serving) = server(vec![
        answer("404 Not Found", b""),
        answer("200 OK", b"<html>"),
        answer("200 OK\r\ncontent-length: 9000000", b""),
        endless,
    ])
    .await;

    for expected in [
        ShotFailure::Unreachable,
        ShotFailure::NoPicture,
        ShotFailure::NoPicture,
        ShotFailure::NoPicture,
    ] {
        let pictures = cached_in(folder.path());
        let outcome = pictures
            .load_shot(&format!("{base}/{expected:?}"), (200.0, 200.0), Reach::Near)
            .await;
        assert_eq!(outcome, Err(expected));
        let _ = std::fs::remove_dir_all(folder.path());
    }
}

#[tokio::test]
async fn nothing_on_this_computer_is_asked_for_a_catalogue_from_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let pictures = cached_in(folder.path());

    for (url, expected) in [
        (format!("http://127.0.0.1:{port}/a.png"), ShotFailure::Refused),
        (format!("http://[::ffff:127.0.0.1]:{port}/a.png"), ShotFailure::Refused),
        (format!("http://localhost:{port}/a.png"), ShotFailure::Unreachable),
        ("file:///etc/passwd".to_owned(), ShotFailure::Refused),
    ] {
        let outcome = pictures.load_shot(&url, (200.0, 200.0), Reach::Public).await;
        assert_eq!(outcome, Err(expected), "{url}");
    }
    let waited = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(waited.is_err(), "somebody knocked");
}

#[tokio::test]
async fn a_server_may_lead_on_only_so_often() {
    let folder = tempfile::tempdir().unwrap();
    let (base, _serving) = server(vec![answer("302 Found\r\nlocation: /again", b""); 12]).await;
    let pictures = cached_in(folder.path());

    assert_eq!(
        pictures.load_shot(&base, (200.0, 200.0), Reach::Near).await,
        Err(ShotFailure::Unreachable)
    );
}

//! Fetching screenshots with this user's rights. The addresses are strangers' words: whoever writes a catalogue must not
//! make this computer ask things of itself or of its neighbours.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Url, redirect};

use super::ShotFailure;

const CONNECT: Duration = Duration::from_secs(8);
/// For each single wait for more.
const IDLE: Duration = Duration::from_secs(8);
/// For all of it.
const WHOLE: Duration = Duration::from_secs(30);
const REDIRECTS: usize = 4;

/// Whom a catalogue's addresses may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Only the public web.
    #[default]
    Public,
    /// This computer and its own network too: for a catalogue that came from there itself.
    Near,
}

impl Reach {
    /// What a repository at this address may name: near things only if it is near itself.
    #[must_use]
    pub fn of(repository: &str) -> Self {
        let Ok(url) = Url::parse(repository) else {
            return Self::Public;
        };
        let is_near = match url.scheme() {
            "file" => true,
            _ => url
                .host_str()
                .is_some_and(|host| host == "localhost" || literal(host).is_some_and(|address| !is_public(address))),
        };

        if is_near { Self::Near } else { Self::Public }
    }
}

/// The bytes at an address, `limit` at most.
pub(super) async fn fetch(url: &str, reach: Reach, limit: u64) -> Result<Vec<u8>, ShotFailure> {
    let url = Url::parse(url).map_err(|_| ShotFailure::Refused)?;
    if !is_allowed(&url, reach) {
        return Err(ShotFailure::Refused);
    }

    let client = client(reach).await?;
    let unreachable = |error: reqwest::Error| {
        tracing::info!(error = %error.without_url(), "a screenshot was not to be had");
        ShotFailure::Unreachable
    };
    let mut response = client.get(url).send().await.map_err(unreachable)?;
    if !response.status().is_success() {
        return Err(ShotFailure::Unreachable);
    }
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(ShotFailure::NoPicture);
    }

    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(unreachable)? {
        if bytes.len() as u64 + piece.len() as u64 > limit {
            return Err(ShotFailure::NoPicture);
        }
        bytes.extend_from_slice(&piece);
    }

    Ok(bytes)
}

/// The client for a reach, made when the first address needs it: it reads the system's certificates.
async fn client(reach: Reach) -> Result<Client, ShotFailure> {
    static PUBLIC: OnceLock<Client> = OnceLock::new();
    static NEAR: OnceLock<Client> = OnceLock::new();

    let made = match reach {
        Reach::Public => &PUBLIC,
        Reach::Near => &NEAR,
    };
    if let Some(client) = made.get() {
        return Ok(client.clone());
    }

    let built = tokio::task::spawn_blocking(move || build(reach)).await;
    match built {
        Ok(Ok(client)) => Ok(made.get_or_init(|| client).clone()),
        Ok(Err(error)) => {
            tracing::warn!(%error, "no screenshots: there is no client for the web");
            Err(ShotFailure::Unreachable)
        }
        Err(_) => Err(ShotFailure::Unreachable),
    }
}

fn build(reach: Reach) -> Result<Client, reqwest::Error> {
    // Another part of the process may have chosen the provider already; that one is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let policy = redirect::Policy::custom(move |attempt| {
        let was_protected = attempt.previous().iter().any(|url| url.scheme() == "https");
        if !is_allowed(attempt.url(), reach) || (was_protected && attempt.url().scheme() != "https") {
            attempt.error("the server leads to an address that is not asked")
        } else if attempt.previous().len() > REDIRECTS {
            attempt.error("the server leads on and on")
        } else {
            attempt.follow()
        }
    });
    let client = Client::builder()
        .user_agent(concat!("moult/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .read_timeout(IDLE)
        .timeout(WHOLE)
        .pool_idle_timeout(Duration::from_secs(10))
        .redirect(policy);

    match reach {
        Reach::Public => client.dns_resolver(PublicNames { proxies: proxies() }).build(),
        Reach::Near => client.build(),
    }
}

/// Whether an address is asked at all. Names are judged by [`PublicNames`], once it is known where they lead.
fn is_allowed(url: &Url, reach: Reach) -> bool {
    let Some(host) = url.host_str() else { return false };
    let is_web = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();

    is_web && (reach == Reach::Near || literal(host).is_none_or(is_public))
}

/// The address that a host is, if it is no name.
fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Finds public addresses and no others, at the moment of connecting: a name cannot lead elsewhere afterwards.
struct PublicNames {
    /// Hosts that the person's environment names for this very purpose.
    proxies: Vec<String>,
}

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let is_proxy = self.proxies.iter().any(|proxy| proxy == name.as_str());

        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0))
                .await?
                .filter(|address| is_proxy || is_public(address.ip()))
                .collect();

            if found.is_empty() {
                Err("it has no public address".into())
            } else {
                Ok(Box::new(found.into_iter()) as Addrs)
            }
        })
    }
}

fn proxies() -> Vec<String> {
    ["http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .filter_map(|value| {
            Url::parse(&value)
                .or_else(|_| Url::parse(&format!("http://{value}")))
                .ok()
        })
        .filter_map(|url| url.host_str().map(str::to_owned))
        .collect()
}

/// Whether an address belongs to the public internet, as far as its registries say.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || matches!(
            (a, b, c),
            // This network; shared by carriers; IETF protocols; 6to4 relays; benchmarks; multicast and beyond.
            (0 | 224.., _, _) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18 | 19, _)
        );

    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let [.., high, low] = segments;
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };

    match segments {
        // IPv4 in other clothes: mapped, NAT64, 6to4.
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Teredo and other IETF protocols; documentation.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // All that is given out so far.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_internet_are_public() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["8.8.8.8", "151.101.2.132", "2a04:4e42::644", "::ffff:8.8.8.8"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn addresses_of_this_computer_and_its_network_and_other_schemes_are_not_asked() {
        let asked = |url: &str, reach| is_allowed(&Url::parse(url).unwrap(), reach);

        for refused in [
            "http://127.0.0.1/a.png",
            "http://[::1]/a.png",
            // The same number, as browsers understand it.
            "http://2130706433/a.png",
            "http://0x7f.1/a.png",
            "http://192.168.1.1/a.png",
            "https://me:secret@example.org/a.png",
            "ftp://example.org/a.png",
            "file:///etc/passwd",
        ] {
            assert!(!asked(refused, Reach::Public), "{refused}");
        }
        assert!(asked("https://example.org/a.png", Reach::Public));
        assert!(asked("http://127.0.0.1:8000/a.png", Reach::Near));
        assert!(!asked("file:///etc/passwd", Reach::Near));
    }

    #[test]
    fn only_a_repository_that_is_near_may_name_what_is_near() {
        for near in [
            "file:///srv/repo/stone.index",
            "http://127.0.0.1:8000/stone.index",
            "http://[::1]:8000/",
            "http://localhost/",
            "http://192.168.1.10/repo",
        ] {
            assert_eq!(Reach::of(near), Reach::Near, "{near}");
        }
        for far in ["https://example.org/repo", "http://8.8.8.8/", "nonsense", ""] {
            assert_eq!(Reach::of(far), Reach::Public, "{far}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_computer_has_no_public_address() {
        let names = PublicNames { proxies: Vec::new() };
        assert!(names.resolve("localhost".parse().unwrap()).await.is_err());

        let names = PublicNames {
            proxies: vec!["localhost".to_owned()],
        };
        assert!(names.resolve("localhost".parse().unwrap()).await.is_ok());
    }
}

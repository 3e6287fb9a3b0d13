//! Who vouches for a package list.
//!
//! Beside `stone.index` is `stone.index.json`, which says what the list is and until when that holds, and
//! `stone.index.json.minisig`, a detached minisign signature over exactly those bytes:
//!
//! ```json
//! {"schema":1,"blake3":"<64 hex>","size":1234,"sequence":7,"expires":"2027-01-31T00:00:00Z"}
//! ```

use minisign_verify::{PublicKey, Signature};
use serde::{Deserialize, Serialize};
use url::Url;

use super::TrustFault;
use crate::web::hex;

pub(crate) const LARGEST_STATEMENT: u64 = 64 << 10;
pub(crate) const LARGEST_SIGNATURE: u64 = 4 << 10;
const SCHEMA: u64 = 1;

/// How far a repository's package list can be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// No key is named for it: whoever is between here and there could have changed the list.
    Unsigned,
    /// A key is named, and no list was read since.
    NotYet,
    /// The list in use was signed.
    Signed {
        /// The id of the key, as minisign shows it.
        key: String,
        /// Until when the list is good: seconds since 1970 (UTC).
        expires: i64,
    },
}

/// The document that is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Document {
    pub(super) schema: u64,
    pub(super) blake3: String,
    pub(super) size: u64,
    pub(super) sequence: u64,
    pub(super) expires: String,
}

/// What somebody with one of the keys said about a package list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// BLAKE3 of the list.
    pub(crate) digest: [u8; 32],
    /// Bytes of the list.
    pub(crate) size: u64,
    /// Grows with each list.
    pub(crate) sequence: u64,
    /// Seconds since 1970 (UTC).
    pub(crate) expires: i64,
    /// The key's id.
    pub(crate) key: String,
}

impl Statement {
    /// Reads what was signed, after proving that it was signed by one of the keys.
    pub(crate) fn read(document: &[u8], signature: &[u8], keys: &[String]) -> Result<Statement, TrustFault> {
        let bad = |reason: &str| TrustFault::BadSignature {
            reason: reason.to_owned(),
        };
        let text = std::str::from_utf8(signature).map_err(|_| bad("it is not a text"))?;
        let signature = Signature::decode(text).map_err(|error| bad(&error.to_string()))?;
        let mut signed_by = None;
        for key in keys {
            let public = PublicKey::from_base64(key).map_err(|error| bad(&error.to_string()))?;
            // The old kind of signature, over the bytes themselves, is not needed.
            match public.verify(document, &signature, false) {
                Ok(()) => signed_by = Some(key_id(key).unwrap_or_default()),
                Err(minisign_verify::Error::UnexpectedKeyId) => {}
                Err(error) => return Err(bad(&error.to_string())),
            }
        }
        let Some(key) = signed_by else {
            let id = minisign::SignatureBox::from_string(text).map(|signature| id_text(signature.keynum()));
            return Err(TrustFault::UnknownKey {
                key: id.unwrap_or_default(),
            });
        };
        let unreadable = |reason: String| TrustFault::Unreadable { reason };
        let said = Document::read(document).map_err(unreadable)?;
        let expires: jiff::Timestamp = said
            .expires
            .parse()
            .map_err(|error| unreadable(format!("expires: {error}")))?;
        if i64::try_from(said.sequence).is_err() {
            return Err(unreadable(format!("the sequence {} is too large", said.sequence)));
        }
        Ok(Statement {
            digest: digest_of(&said.blake3)
                .ok_or_else(|| unreadable("blake3 is not 64 hexadecimal digits".to_owned()))?,
            size: said.size,
            sequence: said.sequence,
            expires: expires.as_second(),
            key,
        })
    }

    /// Whether it holds now. `seen` is when the last signed list was read, `newest` that one's number.
    pub(crate) fn holds(&self, now: i64, seen: Option<i64>, newest: Option<u64>) -> Result<(), TrustFault> {
        /// Clocks are set right by so much without anything being wrong.
        const SLACK: i64 = 600;
        if let Some(seen) = seen.filter(|seen| now < seen.saturating_sub(SLACK)) {
            return Err(TrustFault::WrongClock { now, seen });
        }
        if now >= self.expires {
            return Err(TrustFault::Expired { expires: self.expires });
        }
        match newest {
            Some(seen) if self.sequence < seen => Err(TrustFault::RolledBack {
                found: self.sequence,
                seen,
            }),
            _ => Ok(()),
        }
    }

    /// Whether this is the list that was signed.
    pub(crate) fn fits(&self, size: u64, digest: &[u8; 32]) -> Result<(), TrustFault> {
        let reason = if size != self.size {
            format!("it has {size} bytes and not {}", self.size)
        } else if digest != &self.digest {
            format!("its BLAKE3 is {} and not {}", hex(digest), hex(&self.digest))
        } else {
            return Ok(());
        };
        Err(TrustFault::Mixed { reason })
    }
}

impl Document {
    pub(super) fn new(blake3: &[u8; 32], size: u64, sequence: u64, expires: jiff::Timestamp) -> Document {
        Document {
            schema: SCHEMA,
            blake3: hex(blake3),
            size,
            sequence,
            expires: expires.to_string(),
        }
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Document, String> {
        #[derive(Deserialize)]
        struct Schema {
            schema: u64,
        }
        let Schema { schema } = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if schema != SCHEMA {
            return Err(format!("its schema is {schema}; this program understands {SCHEMA}"));
        }
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }
}

fn digest_of(text: &str) -> Option<[u8; 32]> {
    let digest = blake3::Hash::from_hex(text).ok()?;
    Some(*digest.as_bytes())
}

/// The id of a public key as minisign shows it; None if it is no key.
pub(crate) fn key_id(key: &str) -> Option<String> {
    PublicKey::from_base64(key).ok()?;
    let key = minisign::PublicKey::from_base64(key).ok()?;
    Some(id_text(key.keynum()))
}

pub(super) fn id_text(id: &[u8]) -> String {
    id.iter().rev().map(|byte| format!("{byte:02X}")).collect()
}

/// Where the statement about a list is.
pub(crate) fn statement_of(list: &Url) -> Url {
    beside(list, ".json")
}

/// Where its signature is.
pub(crate) fn signature_of(list: &Url) -> Url {
    beside(list, ".json.minisig")
}

fn beside(list: &Url, ending: &str) -> Url {
    let mut url = list.clone();
    url.set_path(&format!("{}{ending}", list.path()));
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use minisign::KeyPair;

    fn sign(pair: &KeyPair, text: &str) -> Vec<u8> {
        let signature = minisign::sign(None, &pair.sk, text.as_bytes(), Some("x"), Some("y")).unwrap();
        signature.to_bytes()
    }

    fn statement(expires: &str, sequence: &str) -> String {
        let digest = hex(blake3::hash(b"list").as_bytes());
        format!(r#"{{"schema":1,"blake3":"{digest}","size":4,"sequence":{sequence},"expires":"{expires}","more":[]}}"#)
    }

    #[test]
    fn only_what_one_of_the_keys_signed_is_believed() {
        let (ours, other) = (
            KeyPair::generate_unencrypted_keypair().unwrap(),
            KeyPair::generate_unencrypted_keypair().unwrap(),
        );
        let keys = [other.pk.to_base64(), ours.pk.to_base64()];
        let text = statement("2027-01-31T00:00:00Z", "7");
        let read = |text: &str, signature: &[u8], keys: &[String]| Statement::read(text.as_bytes(), signature, keys);
        let signature = sign(&ours, &text);
        let good = read(&text, &signature, &keys).unwrap();
        assert_eq!((good.size, good.sequence, good.expires), (4, 7, 1_801_353_600));
        assert_eq!(Some(good.key.clone()), key_id(&keys[1]));

        let unknown = read(&text, &signature, &keys[..1]);
        assert_eq!(unknown, Err(TrustFault::UnknownKey { key: good.key.clone() }));
        let altered = read(&text.replace("\"sequence\":7", "\"sequence\":8"), &signature, &keys);
        assert!(matches!(altered, Err(TrustFault::BadSignature { .. })), "{altered:?}");
        for nonsense in [&b""[..], b"\xff", b"a\nb\nc\nd\n"] {
            let refused = read(&text, nonsense, &keys);
            assert!(matches!(refused, Err(TrustFault::BadSignature { .. })), "{refused:?}");
        }
    }

    #[test]
    fn what_was_signed_must_be_understood() {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let keys = [pair.pk.to_base64()];
        let good = statement("2027-01-31T00:00:00Z", "7");
        for text in [
            good.replace("\"schema\":1", "\"schema\":2"),
            good.replace("2027-01-31T00:00:00Z", "tomorrow"),
            good.replace("\"sequence\":7", "\"sequence\":18446744073709551615"),
            good.replace("\"sequence\":7", "\"sequence\":-1"),
            good.replace("\"blake3\":\"", "\"blake3\":\"0"),
            String::new(),
        ] {
            let read = Statement::read(text.as_bytes(), &sign(&pair, &text), &keys);
            assert!(matches!(read, Err(TrustFault::Unreadable { .. })), "{text}: {read:?}");
        }
    }

    #[test]
    fn time_number_and_content_must_fit() {
        let one = Statement {
            digest: *blake3::hash(b"list").as_bytes(),
            size: 4,
            sequence: 7,
            expires: 10_000,
            key: String::new(),
        };
        assert_eq!(one.holds(9_999, Some(9_999), Some(7)), Ok(()));
        assert_eq!(
            one.holds(10_000, None, None),
            Err(TrustFault::Expired { expires: 10_000 })
        );
        assert_eq!(
            one.holds(5_000, Some(9_000), None),
            Err(TrustFault::WrongClock {
                now: 5_000,
                seen: 9_000
            })
        );
        assert_eq!(
            one.holds(5_000, None, Some(8)),
            Err(TrustFault::RolledBack { found: 7, seen: 8 })
        );
        assert_eq!(one.fits(4, blake3::hash(b"list").as_bytes()), Ok(()));
        assert!(one.fits(5, blake3::hash(b"list").as_bytes()).is_err());
        assert!(one.fits(4, blake3::hash(b"tsil").as_bytes()).is_err());
    }

    #[test]
    fn the_statement_is_beside_its_list() {
        let list = "https://a.org/x/stone.index?token=1".parse().unwrap();
        assert_eq!(statement_of(&list).as_str(), "https://a.org/x/stone.index.json?token=1");
        assert_eq!(
            signature_of(&list).as_str(),
            "https://a.org/x/stone.index.json.minisig?token=1"
        );
    }
}

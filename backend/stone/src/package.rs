//! A package's metadata as one value.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::meta::{MetaRecord, Tag, Value};
use crate::provider::{Kind, Provider};

/// What is known about a package without its files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// The upstream version, for display only; releases are what is compared.
    pub version: String,
    /// Goes up with each change of the recipe.
    pub source_release: u64,
    /// Goes up with each build of the same recipe.
    pub build_release: u64,
    /// As `x86_64`.
    pub architecture: String,
    /// One line.
    pub summary: String,
    /// As long as it takes.
    pub description: String,
    /// The recipe's name, which groups packages built together.
    pub source_id: String,
    /// A URL.
    pub homepage: String,
    /// SPDX names.
    pub licenses: Vec<String>,
    /// What it needs.
    pub dependencies: Vec<Provider>,
    /// What it gives, without the implicit `name(name)`; see [`all_providers`](Self::all_providers).
    pub providers: Vec<Provider>,
    /// What it cannot be installed together with.
    pub conflicts: Vec<Provider>,
    /// Only in an index: where the stone is, relative to the index.
    pub uri: Option<String>,
    /// Only in an index: SHA-256 of the whole stone, in lower-case hexadecimal.
    pub hash: Option<String>,
    /// Only in an index: bytes of the stone.
    pub size: Option<u64>,
}

impl Package {
    /// Collects the metadata of one package.
    ///
    /// The first record of a tag counts. Releases and size may have any integer type. Records of unknown tags, and
    /// dependencies of kinds that this version does not know, are left out, as is an explicit `name(name)`.
    ///
    /// # Errors
    /// [`Error::MissingField`] for what every package has, [`Error::NegativeField`] for a negative number.
    pub fn from_records(records: &[MetaRecord]) -> Result<Package, Error> {
        let text = |tag, field| optional_text(records, tag).ok_or(Error::MissingField(field));
        let number = |tag, field| optional_number(records, tag, field)?.ok_or(Error::MissingField(field));
        let name = text(Tag::Name, "name")?;
        let own = Provider::name(name.clone());
        let mut package = Package {
            version: text(Tag::Version, "version")?,
            source_release: number(Tag::Release, "source release")?,
            build_release: number(Tag::BuildRelease, "build release")?,
            architecture: text(Tag::Architecture, "architecture")?,
            summary: text(Tag::Summary, "summary")?,
            description: text(Tag::Description, "description")?,
            source_id: text(Tag::SourceId, "source id")?,
            homepage: text(Tag::Homepage, "homepage")?,
            uri: optional_text(records, Tag::PackageUri),
            hash: optional_text(records, Tag::PackageHash),
            size: optional_number(records, Tag::PackageSize, "package size")?,
            name,
            ..Package::default()
        };
        for record in records {
            match (record.tag, &record.value) {
                (Tag::License, Value::Text(license)) => package.licenses.push(license.clone()),
                (Tag::Depends, Value::Dependency { kind, target }) => {
                    package.dependencies.extend(known(*kind, target));
                }
                (Tag::Provides, Value::Provider { kind, target }) => {
                    package
                        .providers
                        .extend(known(*kind, target).filter(|given| *given != own));
                }
                (Tag::Conflicts, Value::Provider { kind, target }) => package.conflicts.extend(known(*kind, target)),
                _ => {}
            }
        }
        Ok(package)
    }

    /// The records of the package, in the order that other writers use; dependencies are sorted by their text.
    pub fn to_records(&self) -> Vec<MetaRecord> {
        let text = |tag, text: &str| MetaRecord::new(tag, Value::Text(text.to_owned()));
        let number = |tag, number| MetaRecord::new(tag, Value::U64(number));
        let mut records = vec![
            text(Tag::Name, &self.name),
            text(Tag::Version, &self.version),
            number(Tag::Release, self.source_release),
            number(Tag::BuildRelease, self.build_release),
            text(Tag::Architecture, &self.architecture),
            text(Tag::Summary, &self.summary),
            text(Tag::Description, &self.description),
            text(Tag::SourceId, &self.source_id),
            text(Tag::Homepage, &self.homepage),
        ];
        records.extend(self.uri.iter().map(|uri| text(Tag::PackageUri, uri)));
        records.extend(self.hash.iter().map(|hash| text(Tag::PackageHash, hash)));
        records.extend(self.size.iter().map(|size| number(Tag::PackageSize, *size)));
        records.extend(self.licenses.iter().map(|license| text(Tag::License, license)));
        let mut dependencies: Vec<&Provider> = self.dependencies.iter().collect();
        dependencies.sort_by_cached_key(|dependency| dependency.to_string());
        records.extend(dependencies.into_iter().map(|Provider { kind, target }| {
            MetaRecord::new(
                Tag::Depends,
                Value::Dependency {
                    kind: kind.number(),
                    target: target.clone(),
                },
            )
        }));
        let provider = |tag, Provider { kind, target }: &Provider| {
            MetaRecord::new(
                tag,
                Value::Provider {
                    kind: kind.number(),
                    target: target.clone(),
                },
            )
        };
        let own = Provider::name(&self.name);
        let given = self.providers.iter().filter(|given| **given != own);
        records.extend(given.map(|given| provider(Tag::Provides, given)));
        records.extend(self.conflicts.iter().map(|refused| provider(Tag::Conflicts, refused)));
        records
    }

    /// What the package gives, the implicit `name(name)` first.
    pub fn all_providers(&self) -> impl Iterator<Item = Provider> + '_ {
        std::iter::once(Provider::name(&self.name)).chain(self.providers.iter().cloned())
    }
}

fn optional_text(records: &[MetaRecord], tag: Tag) -> Option<String> {
    records
        .iter()
        .filter(|record| record.tag == tag)
        .find_map(|record| record.value.text())
        .map(str::to_owned)
}

fn optional_number(records: &[MetaRecord], tag: Tag, field: &'static str) -> Result<Option<u64>, Error> {
    let number = records
        .iter()
        .filter(|record| record.tag == tag)
        .find_map(|record| record.value.integer());
    number
        .map(|number| u64::try_from(number).map_err(|_| Error::NegativeField(field)))
        .transpose()
}

fn known(kind: u8, target: &str) -> Option<Provider> {
    Kind::from_number(kind).map(|kind| Provider::new(kind, target))
}

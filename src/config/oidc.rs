//! Providers elsewhere at which people and holders sign in (OpenID Connect).

use super::{ConfigError, serve::in_range};
use serde::{Deserialize, Deserializer, de::Error as _};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use yinxin_trust::licence::{codes::CreditCode, metadata::HolderCodeType};

/// Most providers.
const MOST: usize = 8;

/// `[oidc.NAME]`: a provider. The name stands in addresses: 1 to 32 of a-z, 0-9 and hyphen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcProvider {
    /// Its issuer, exactly as it says it of itself.
    pub issuer: String,
    /// What this service is called there.
    pub client_id: String,
    /// File with the secret of this service there, one line; without it the service is a public client.
    pub client_secret_file: Option<PathBuf>,
    /// Who signs in there.
    #[serde(rename = "for")]
    pub used_by: OidcFor,
    /// What its button says, Chinese.
    pub title: String,
    /// The same in English.
    pub title_en: String,
    /// What is asked for; `openid` is always among them.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// `acr` values of which the token must bear one; any where empty.
    #[serde(default)]
    pub acr: Vec<String>,
    /// The last time they proved who they are may be so long ago, seconds, 0 to 86400.
    pub max_age_seconds: Option<u32>,
    /// `acr` values that count as a second factor.
    #[serde(default)]
    pub second_factor_acr: Vec<String>,
    /// `amr` values that count as a second factor.
    #[serde(default)]
    pub second_factor_amr: Vec<String>,
    /// Where in the token things stand.
    #[serde(default)]
    pub claims: OidcClaims,
    /// Staff: unified social credit code of the body of all of them, where no claim says it.
    pub body: Option<String>,
    /// Staff: which value of the claim is which role. A value that is not here is none.
    #[serde(default)]
    pub roles: BTreeMap<String, StaffRole>,
    /// Holders: the kind of code (持证主体代码类型) of all of them, where no claim says it.
    pub holder_kind: Option<String>,
    /// Holders: which value of the claim is which kind of code. A value that is not here is none.
    #[serde(default)]
    pub holder_kinds: BTreeMap<String, String>,
}

/// Who signs in at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OidcFor {
    /// People of bodies.
    Staff,
    /// Holders of licences.
    Holders,
}

/// What a person is in their body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the roles")]
pub enum StaffRole {
    Officer,
    Approver,
    SealKeeper,
    Clerk,
    Auditor,
    Administrator,
}

/// Names of claims; each a word, or the list of words that leads to it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OidcClaims {
    /// Staff: what they are called here when others name them.
    pub login: ClaimPath,
    /// What they are called.
    pub name: ClaimPath,
    /// Staff: unified social credit code of their body.
    pub body: Option<ClaimPath>,
    /// Staff: a word or a list of words.
    pub roles: ClaimPath,
    /// Holders: the kind of code.
    pub kind: Option<ClaimPath>,
    /// Holders: the code.
    pub number: ClaimPath,
}

/// Where a claim stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath(pub Vec<String>);

impl<'de> Deserialize<'de> for ClaimPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Given {
            One(String),
            Several(Vec<String>),
        }
        let path = match Given::deserialize(deserializer)? {
            Given::One(word) => vec![word],
            Given::Several(words) => words,
        };
        if path.is_empty() || path.len() > 8 || path.iter().any(|word| word.is_empty() || word.len() > 200) {
            return Err(D::Error::custom("a claim is a word, or a list of one to eight words"));
        }
        Ok(Self(path))
    }
}

impl Default for OidcClaims {
    fn default() -> Self {
        let one = |word: &str| ClaimPath(vec![word.to_owned()]);
        Self {
            login: one("preferred_username"),
            name: one("name"),
            body: None,
            roles: one("roles"),
            kind: None,
            number: one("number"),
        }
    }
}

fn scopes() -> Vec<String> {
    vec!["openid".to_owned(), "profile".to_owned()]
}

/// What is wrong with the providers of a configuration, as the member at fault.
pub(super) fn check(providers: &BTreeMap<String, OidcProvider>) -> Result<(), ConfigError> {
    in_range("oidc", providers.len(), 0, MOST, "at most eight providers")?;
    let mut issuers: Vec<_> = providers.values().map(|one| (&one.issuer, &one.client_id)).collect();
    issuers.sort_unstable();
    if issuers.windows(2).any(|two| two.first() == two.last()) {
        return Err(range("oidc.NAME.client_id", "another for each provider of one issuer"));
    }
    providers.iter().try_for_each(|(name, provider)| {
        let known = |octet: u8| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if !(1..=32).contains(&name.len()) || !name.bytes().all(known) {
            return Err(range("oidc.NAME", "1 to 32 of a-z, 0-9 and hyphen"));
        }
        provider.check()
    })
}

const fn range(member: &'static str, wanted: &'static str) -> ConfigError {
    ConfigError::Range { member, wanted }
}

impl OidcProvider {
    fn check(&self) -> Result<(), ConfigError> {
        let line = |text: &String, most: usize| {
            (1..=most).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control)
        };
        let visible = |text: &String, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_graphic())
        };
        if !visible(&self.issuer, 500) || self.issuer.contains(['?', '#']) {
            return Err(range("oidc.NAME.issuer", "an address without query and fragment"));
        }
        if !visible(&self.client_id, 200) {
            return Err(range("oidc.NAME.client_id", "1 to 200 visible ASCII characters"));
        }
        for (member, text) in [("oidc.NAME.title", &self.title), ("oidc.NAME.title_en", &self.title_en)] {
            if !line(text, 40) {
                return Err(range(member, "1 to 40 characters"));
            }
        }
        if !self.scopes.iter().any(|scope| scope == "openid") || !self.scopes.iter().all(|scope| visible(scope, 100)) {
            return Err(range("oidc.NAME.scopes", "words, openid among them"));
        }
        if let Some(seconds) = self.max_age_seconds {
            in_range("oidc.NAME.max_age_seconds", seconds, 0, 86_400, "0 to 86400")?;
        }
        match self.used_by {
            OidcFor::Staff => {
                if self.body.is_some() == self.claims.body.is_some() {
                    return Err(range("oidc.NAME.body", "said by body or by claims.body, for staff"));
                }
                if self.roles.is_empty() {
                    return Err(range("oidc.NAME.roles", "at least one, for staff: without it nobody is admitted"));
                }
                if self.body.as_ref().is_some_and(|code| code.parse::<CreditCode>().is_err()) {
                    return Err(range("oidc.NAME.body", "a unified social credit code"));
                }
                if self.holder_kind.is_some() || self.claims.kind.is_some() || !self.holder_kinds.is_empty() {
                    return Err(range("oidc.NAME.holder_kind", "absent for staff"));
                }
            }
            OidcFor::Holders => {
                if self.holder_kind.is_some() == self.claims.kind.is_some() {
                    return Err(range("oidc.NAME.holder_kind", "said by holder_kind or by claims.kind, for holders"));
                }
                if self.claims.kind.is_some() == self.holder_kinds.is_empty() {
                    return Err(range("oidc.NAME.holder_kinds", "there with claims.kind, and only then"));
                }
                let kinds = self.holder_kind.iter().chain(self.holder_kinds.values());
                if kinds.into_iter().any(|kind| HolderCodeType::of_code(kind).is_none()) {
                    return Err(range("oidc.NAME.holder_kind", "three digits of a kind of code, such as 111"));
                }
                if self.body.is_some() || self.claims.body.is_some() || !self.roles.is_empty() {
                    return Err(range("oidc.NAME.roles", "absent for holders"));
                }
            }
        }
        Ok(())
    }

    /// Makes relative paths start at `folder`.
    pub(super) fn rooted_at(self, folder: &Path) -> Self {
        Self { client_secret_file: self.client_secret_file.map(|path| folder.join(path)), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    const STAFF: &str = "[database]\naddress = \"sqlite:a\"\n[access]\norigin = \"https://a.example\"\n[oidc.province]\n\
        issuer = \"https://id.example\"\nclient_id = \"yinxin\"\nfor = \"staff\"\ntitle = \"统一认证\"\ntitle_en = \"Sign-in\"\n";

    #[test]
    fn what_a_provider_says_once_and_wholly() {
        let staff = format!("{STAFF}body = \"11330100MB0000000N\"\n[oidc.province.roles]\nofficers = \"officer\"\n");
        let config = Config::parse(&staff).unwrap();
        assert_eq!(config.oidc["province"].claims.login.0, ["preferred_username"]);
        let nested = staff.clone() + "[oidc.province.claims]\nroles = [\"realm_access\", \"roles\"]\n";
        assert_eq!(Config::parse(&nested).unwrap().oidc["province"].claims.roles.0.len(), 2);
        let holders = STAFF.replace("\"staff\"", "\"holders\"") + "holder_kind = \"111\"\n";
        assert!(Config::parse(&holders).is_ok());
        for (wrong, member) in [
            (STAFF.to_owned(), "oidc.NAME.body"),
            (format!("{STAFF}body = \"x\"\n"), "oidc.NAME.roles"),
            (staff.replace("officers = \"officer\"", "officers = \"boss\""), "officers"),
            (staff.replace("11330100MB0000000N", "11330100MB0000000A"), "oidc.NAME.body"),
            (holders.replace("\"111\"", "\"112\""), "oidc.NAME.holder_kind"),
            (staff.replace("oidc.province", "oidc.Province"), "oidc.NAME"),
            (staff.replace("https://id.example", "https://id.example?a"), "oidc.NAME.issuer"),
            (staff.replace("[database]\naddress = \"sqlite:a\"\n", ""), "oidc"),
            (staff.replace("origin = \"https://a.example\"\n", ""), "oidc"),
            (STAFF.replace("\"staff\"", "\"holders\""), "oidc.NAME.holder_kind"),
            (holders.clone() + "[oidc.province.roles]\na = \"clerk\"\n", "oidc.NAME.roles"),
            (holders.replace("title_en", "secret = \"x\"\ntitle_en"), "secret"),
            (holders.replace("holder_kind =", "scopes = [\"profile\"]\nholder_kind ="), "oidc.NAME.scopes"),
            (holders.replace("holder_kind = \"111\"", "claims.kind = \"k\""), "oidc.NAME.holder_kinds"),
            (holders.replace("holder_kind =", "claims.name = []\nholder_kind ="), "claims"),
        ] {
            let error = Config::parse(&wrong).unwrap_err().to_string();
            assert!(error.contains(member), "{member}: {error}");
        }
    }
}

//! A provider of OpenID Connect on the loopback: everybody who comes consents at once, and it misbehaves as it is told.

use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    hmac,
    rand::SystemRandom,
    rsa,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256},
};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};
use url::form_urlencoded;

/// What it does wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mischief {
    #[default]
    Nothing,
    WrongNonce,
    OtherAudience,
    TwoAudiences,
    OtherParty,
    Ended,
    NeverEnds,
    OfTheFuture,
    Old,
    NotBefore,
    AlgorithmNone,
    KeyedWithThePublicKey,
    UnknownKey,
    OtherKeyOfTheName,
    Critical,
    CutShort,
    NoSubject,
    OtherIssuerInTheToken,
    OtherIssuerInTheAddress,
    NoIssuerInTheAddress,
    OtherIssuerOfItself,
    PlainEndpoints,
    Silent,
    Huge,
    RedirectsElsewhere,
    Refuses,
    OwnFault,
}

/// How it signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Signs {
    #[default]
    Es256,
    Rs256,
    Ps256,
}

pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    inner: Arc<Inner>,
}

struct Inner {
    client: (String, Option<String>),
    clock: Box<dyn Fn() -> i64 + Send + Sync>,
    told: Mutex<Told>,
    asked: Mutex<BTreeMap<String, usize>>,
    next: AtomicUsize,
}

struct Told {
    mischief: Mischief,
    signs: Signs,
    claims: Map<String, Value>,
    key: EcdsaKeyPair,
    rsa: Option<rsa::KeyPair>,
    kid: String,
    codes: BTreeMap<String, Code>,
    used: BTreeSet<String>,
}

struct Code {
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

fn ecdsa() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap()
}

/// Ring makes no RSA keys, OpenSSL does.
fn rsa_key() -> rsa::KeyPair {
    let made = Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-outform", "DER"])
        .output()
        .unwrap();
    assert!(made.status.success());
    // PKCS#1 or PKCS#8, as the version of OpenSSL likes
    rsa::KeyPair::from_pkcs8(&made.stdout).or_else(|_| rsa::KeyPair::from_der(&made.stdout)).unwrap()
}

impl Provider {
    /// For a client with its secret, if it has one; `clock` says seconds from 1970.
    pub(crate) fn start(client: &str, secret: Option<&str>, clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let told = Told {
            mischief: Mischief::Nothing,
            signs: Signs::Es256,
            claims: Map::new(),
            key: ecdsa(),
            rsa: None,
            kid: "key-1".to_owned(),
            codes: BTreeMap::new(),
            used: BTreeSet::new(),
        };
        let inner = Arc::new(Inner {
            client: (client.to_owned(), secret.map(str::to_owned)),
            clock: Box::new(clock),
            told: Mutex::new(told),
            asked: Mutex::default(),
            next: AtomicUsize::new(1),
        });
        let served = Arc::clone(&inner);
        // ends with the process
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let inner = Arc::clone(&served);
                thread::spawn(move || serve(&inner, address, stream));
            }
        });
        Self { address, inner }
    }

    /// By its name: to a browser another site than the service, which is called by its number.
    pub(crate) fn origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    pub(crate) fn issuer(&self) -> String {
        format!("{}/realm", self.origin())
    }

    /// Who signs in from now on.
    pub(crate) fn says(&self, claims: Value) {
        self.inner.told.lock().unwrap().claims = claims.as_object().unwrap().clone();
    }

    pub(crate) fn does(&self, mischief: Mischief) {
        self.inner.told.lock().unwrap().mischief = mischief;
    }

    pub(crate) fn signs(&self, signs: Signs) {
        let mut told = self.inner.told.lock().unwrap();
        told.signs = signs;
        if signs != Signs::Es256 && told.rsa.is_none() {
            told.rsa = Some(rsa_key());
        }
    }

    /// Another key, under another name.
    pub(crate) fn rotates(&self) {
        let mut told = self.inner.told.lock().unwrap();
        told.key = ecdsa();
        told.kid = format!("key-{}", self.inner.next.fetch_add(1, Ordering::SeqCst) + 100);
    }

    /// How often it was asked for something.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.inner.asked.lock().unwrap().get(path).copied().unwrap_or_default()
    }
}

fn serve(inner: &Inner, address: SocketAddr, mut stream: TcpStream) {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let Some((head, body)) = request(&mut stream) else { return };
    let mut words = head.lines().next().unwrap_or_default().split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    *inner.asked.lock().unwrap().entry(path.to_owned()).or_default() += 1;
    let pairs = |text: &str| form_urlencoded::parse(text.as_bytes()).into_owned().collect::<BTreeMap<_, _>>();
    let mut told = inner.told.lock().unwrap();
    let base = format!("http://localhost:{}/realm", address.port());
    let mischief = told.mischief;
    match (method, path) {
        ("GET", "/realm/.well-known/openid-configuration") => {
            let of_itself = if mischief == Mischief::OtherIssuerOfItself { format!("{base}/") } else { base.clone() };
            let token = if mischief == Mischief::PlainEndpoints {
                "http://id.example/token".to_owned()
            } else {
                format!("{base}/token")
            };
            let said = json!({
                "issuer": of_itself, "authorization_endpoint": format!("{base}/authorise?kept=1"), "token_endpoint": token,
                "jwks_uri": format!("{base}/keys"), "authorization_response_iss_parameter_supported": true,
                "code_challenge_methods_supported": ["S256"],
            });
            answer(&mut stream, "200 OK", &[], &said.to_string());
        }
        ("GET", "/realm/keys") => {
            if mischief == Mischief::Huge {
                let many = "x".repeat(1 << 20);
                return answer(&mut stream, "200 OK", &[], &json!({ "keys": [], "more": many }).to_string());
            }
            answer(&mut stream, "200 OK", &[], &told.keys().to_string());
        }
        ("GET", "/realm/authorise") => {
            let asked = pairs(query);
            let of = |name: &str| asked.get(name).cloned().unwrap_or_default();
            assert_eq!((of("response_type").as_str(), of("client_id")), ("code", inner.client.0.clone()));
            assert_eq!((of("code_challenge_method").as_str(), of("kept").as_str()), ("S256", "1"));
            assert!(of("scope").split(' ').any(|one| one == "openid"));
            let code = format!("code-{}", inner.next.fetch_add(1, Ordering::SeqCst));
            let (nonce, challenge) = (of("nonce"), of("code_challenge"));
            told.codes.insert(code.clone(), Code { nonce, challenge, redirect_uri: of("redirect_uri") });
            let mut back = form_urlencoded::Serializer::new(String::new());
            if mischief == Mischief::Refuses {
                back.append_pair("error", "access_denied");
            } else {
                back.append_pair("code", &code);
            }
            back.append_pair("state", &of("state"));
            match mischief {
                Mischief::NoIssuerInTheAddress => {}
                Mischief::OtherIssuerInTheAddress => drop(back.append_pair("iss", "https://other.example")),
                _ => drop(back.append_pair("iss", &base)),
            }
            let to = format!("Location: {}?{}\r\n", of("redirect_uri"), back.finish());
            answer(&mut stream, "302 Found", &[&to], "");
        }
        ("POST", "/realm/token") => {
            match mischief {
                Mischief::Silent => {
                    drop(told);
                    return thread::sleep(Duration::from_secs(8));
                }
                Mischief::OwnFault => return answer(&mut stream, "500 Oops", &[], "{}"),
                Mischief::RedirectsElsewhere => {
                    let to = format!("Location: {base}/elsewhere\r\n");
                    return answer(&mut stream, "307 Temporary Redirect", &[&to], "");
                }
                _ => {}
            }
            let given = pairs(&String::from_utf8_lossy(&body));
            let of = |name: &str| given.get(name).cloned().unwrap_or_default();
            let known = match &inner.client {
                (id, None) => of("client_id") == *id,
                (id, Some(secret)) => {
                    let wanted = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
                    head.lines().any(|line| line.eq_ignore_ascii_case(&format!("authorization: {wanted}")))
                }
            };
            if !known {
                return answer(&mut stream, "401 Unauthorized", &[], "{\"error\":\"invalid_client\"}");
            }
            let code = told.codes.remove(&of("code"));
            let challenge =
                URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, of("code_verifier").as_bytes()));
            let fits = |code: &Code| code.challenge == challenge && code.redirect_uri == of("redirect_uri");
            let Some(code) = code.filter(fits).filter(|_| told.used.insert(of("code"))) else {
                return answer(&mut stream, "400 Bad Request", &[], "{\"error\":\"invalid_grant\"}");
            };
            let token = told.token(&base, &inner.client.0, &code.nonce, (inner.clock)());
            let body = json!({ "access_token": "a", "token_type": "Bearer", "id_token": token });
            answer(&mut stream, "200 OK", &[], &body.to_string());
        }
        _ => answer(&mut stream, "404 Not Found", &[], ""),
    }
}

impl Told {
    fn keys(&self) -> Value {
        let encoded = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
        let point = self.key.public_key().as_ref();
        let mut keys = vec![
            // of no use for signatures, and of a kind that nobody reads
            json!({ "kty": "EC", "crv": "P-256", "kid": self.kid, "use": "enc", "x": encoded(&point[1..33]), "y": encoded(&point[33..]) }),
            json!({ "kty": "OKP", "crv": "X448", "kid": "other", "x": "AA" }),
            json!({ "kty": "EC", "crv": "P-256", "kid": self.kid, "use": "sig", "alg": "ES256", "x": encoded(&point[1..33]), "y": encoded(&point[33..]) }),
        ];
        if let Some(rsa) = &self.rsa {
            let parts: ring::rsa::PublicKeyComponents<Vec<u8>> = rsa.public().into();
            keys.push(json!({ "kty": "RSA", "kid": "rsa-1", "n": encoded(&parts.n), "e": encoded(&parts.e) }));
        }
        json!({ "keys": keys })
    }

    fn token(&self, issuer: &str, client: &str, nonce: &str, now: i64) -> String {
        let does = |mischief| self.mischief == mischief;
        let mut claims =
            json!({ "iss": issuer, "sub": "somebody", "aud": client, "nonce": nonce, "iat": now, "exp": now + 300 });
        let said = claims.as_object_mut().unwrap();
        said.extend(self.claims.clone());
        let mut put = |name: &str, value: Value| drop(said.insert(name.to_owned(), value));
        match self.mischief {
            Mischief::WrongNonce => put("nonce", json!("another")),
            Mischief::OtherAudience => put("aud", json!("another")),
            Mischief::TwoAudiences => put("aud", json!([client, "another"])),
            Mischief::OtherParty => put("azp", json!("another")),
            Mischief::Ended => put("exp", json!(now - 61)),
            Mischief::NeverEnds => put("exp", Value::Null),
            Mischief::OfTheFuture => put("iat", json!(now + 120)),
            Mischief::Old => put("iat", json!(now - 3600)),
            Mischief::NotBefore => put("nbf", json!(now + 120)),
            Mischief::NoSubject => put("sub", json!("")),
            Mischief::OtherIssuerInTheToken => put("iss", json!("https://other.example")),
            _ => {}
        }
        let (word, kid) = match self.signs {
            Signs::Es256 => ("ES256", self.kid.as_str()),
            Signs::Rs256 => ("RS256", "rsa-1"),
            Signs::Ps256 => ("PS256", "rsa-1"),
        };
        let mut header = json!({ "alg": word, "kid": kid, "typ": "JWT" });
        match self.mischief {
            Mischief::AlgorithmNone => header["alg"] = json!("none"),
            Mischief::KeyedWithThePublicKey => header["alg"] = json!("HS256"),
            Mischief::UnknownKey => header["kid"] = json!("nobody's"),
            Mischief::Critical => header["crit"] = json!(["exp"]),
            _ => {}
        }
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encoded(&header), encoded(&claims));
        if does(Mischief::AlgorithmNone) {
            return format!("{signed}.");
        }
        if does(Mischief::KeyedWithThePublicKey) {
            let key = hmac::Key::new(hmac::HMAC_SHA256, self.key.public_key().as_ref());
            return format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes())));
        }
        let random = SystemRandom::new();
        let value = match (self.signs, &self.rsa) {
            (Signs::Rs256 | Signs::Ps256, Some(rsa)) => {
                let padding: &'static dyn ring::signature::RsaEncoding =
                    if self.signs == Signs::Rs256 { &RSA_PKCS1_SHA256 } else { &RSA_PSS_SHA256 };
                let mut value = vec![0; rsa.public().modulus_len()];
                rsa.sign(padding, &random, signed.as_bytes(), &mut value).unwrap();
                value
            }
            _ => {
                let other = ecdsa();
                let key = if does(Mischief::OtherKeyOfTheName) { &other } else { &self.key };
                key.sign(&random, signed.as_bytes()).unwrap().as_ref().to_vec()
            }
        };
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(value));
        if does(Mischief::CutShort) { token[..token.len() - 4].to_owned() } else { token }
    }
}

/// Head and body.
fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut octets = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some(end) = octets.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&octets[..end]).into_owned();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if octets.len() >= end + 4 + length.unwrap_or_default() {
                return Some((head, octets[end + 4..].to_vec()));
            }
        }
        match stream.read(&mut piece) {
            Ok(count) if count > 0 => octets.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
}

fn answer(stream: &mut TcpStream, status: &str, headers: &[&str], body: &str) {
    let (more, length) = (headers.concat(), body.len());
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{more}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
}

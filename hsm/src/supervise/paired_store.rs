//! Two stores that hold the same key, of whatever drivers: one stands in for the other.

use crate::{
    ErrorClass, KeyDescription, KeyError, KeyOrder, KeyReference, KeyState, KeyStore, SignRequest, SignatureValue,
    Signer,
};
use std::sync::Arc;
use yinxin_trust::base::Moment;

/// Keys that lie in two stores. They bear the references of the first; which key of the second is the same
/// is told by public key and purpose alone. The first signs; the second signs where the first is lost or busy, so
/// that work goes back by itself when the first is there again. Both should be supervised: a lost device then
/// says so at once.
///
/// Each store counts for itself, so keys with a limit of uses are refused. Keys are made in each
/// store by its own means.
pub struct PairedStore {
    first: Arc<dyn KeyStore>,
    second: Arc<dyn KeyStore>,
}

impl PairedStore {
    /// Over two stores.
    pub fn new(first: Arc<dyn KeyStore>, second: Arc<dyn KeyStore>) -> Self {
        Self { first, second }
    }

    /// The same key in the second store.
    fn twin(&self, key: &KeyDescription) -> Result<Option<KeyReference>, KeyError> {
        let same = |other: &KeyDescription| {
            other.public_key.is_some() && other.public_key == key.public_key && other.purpose == key.purpose
        };
        Ok(self.second.list()?.into_iter().find(same).map(|other| other.reference))
    }
}

impl KeyStore for PairedStore {
    fn driver(&self) -> &'static str {
        "pair"
    }

    fn generate(&self, _: &KeyOrder, _: Moment) -> Result<KeyDescription, KeyError> {
        Err(self.cannot("make a key in two devices; make it in one and restore it in the other"))
    }

    fn list(&self) -> Result<Vec<KeyDescription>, KeyError> {
        let mut both = Vec::new();
        for key in self.first.list()? {
            if self.twin(&key)?.is_some() {
                both.push(key);
            }
        }
        Ok(both)
    }

    fn describe(&self, key: &KeyReference) -> Result<KeyDescription, KeyError> {
        self.first.describe(key)
    }

    /// In both; where that fails in the second, the key is out of service in the first already.
    fn set_state(&self, key: &KeyReference, state: KeyState) -> Result<(), KeyError> {
        let description = self.first.describe(key)?;
        let twin = self.twin(&description)?.ok_or_else(|| KeyError::Unknown(key.clone()))?;
        self.first.set_state(key, state)?;
        self.second.set_state(&twin, state)
    }

    fn signer(&self, key: &KeyReference) -> Result<Arc<dyn Signer>, KeyError> {
        let first = self.first.signer(key)?;
        let description = first.description();
        let twin = self.twin(description)?.ok_or_else(|| KeyError::Unknown(key.clone()))?;
        let second = self.second.signer(&twin)?;
        if description.limits.most_uses.is_some() || second.description().limits.most_uses.is_some() {
            return Err(self.cannot("keep a limit of uses over two devices"));
        }
        Ok(Arc::new(PairedSigner { first, second }))
    }
}

impl core::fmt::Debug for PairedStore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PairedStore({}, {})", self.first.driver(), self.second.driver())
    }
}

struct PairedSigner {
    first: Arc<dyn Signer>,
    second: Arc<dyn Signer>,
}

impl Signer for PairedSigner {
    fn description(&self) -> &KeyDescription {
        self.first.description()
    }

    fn sign(&self, request: &SignRequest<'_>) -> Result<SignatureValue, KeyError> {
        let away = |error: &KeyError| matches!(error.class(), ErrorClass::Lost | ErrorClass::Busy);
        match self.first.sign(request) {
            Err(error) if away(&error) => {
                // where both are away, the first says when to ask again
                self.second.sign(request).map_err(|second| if away(&second) { error } else { second })
            }
            answer => answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, Purpose, ToSign};
    use core::time::Duration;
    use std::sync::atomic::{AtomicU8, AtomicU32, Ordering::SeqCst};
    use yinxin_trust::{base::Moment, suite::PublicKey};

    const SOUND: u8 = 0;
    const LOST: u8 = 1;
    const SILENT: u8 = 2;

    /// A store of one key in memory, that is told how to answer.
    struct Told {
        description: KeyDescription,
        mood: AtomicU8,
        signed: AtomicU32,
    }

    fn told(reference: &str, public: u8, limits: Limits) -> Arc<Told> {
        let order = KeyOrder::new(crate::KeyAlgorithm::Ed25519, Purpose::Stamper).limited(limits);
        let public = Some(PublicKey::Ed25519([public; 32].into()));
        let description = KeyDescription::ordered(reference.parse().unwrap(), &order, public, None);
        Arc::new(Told { description, mood: AtomicU8::new(SOUND), signed: AtomicU32::new(0) })
    }

    struct ToldKey(Arc<Told>);

    impl Signer for ToldKey {
        fn description(&self) -> &KeyDescription {
            &self.0.description
        }

        fn sign(&self, _: &SignRequest<'_>) -> Result<SignatureValue, KeyError> {
            let device = || self.0.description.reference.to_string().into();
            match self.0.mood.load(SeqCst) {
                LOST => Err(KeyError::Lost { device: device(), retry_after: Duration::from_secs(1) }),
                SILENT => Err(KeyError::NoAnswer { device: device() }),
                _ => {
                    self.0.signed.fetch_add(1, SeqCst);
                    Ok(SignatureValue::Ed25519([0; 64]))
                }
            }
        }
    }

    struct Store(Arc<Told>);

    impl KeyStore for Store {
        fn driver(&self) -> &'static str {
            "told"
        }

        fn generate(&self, _: &KeyOrder, _: Moment) -> Result<KeyDescription, KeyError> {
            Err(self.cannot("make keys"))
        }

        fn list(&self) -> Result<Vec<KeyDescription>, KeyError> {
            Ok(vec![self.0.description.clone()])
        }

        fn describe(&self, _: &KeyReference) -> Result<KeyDescription, KeyError> {
            Ok(self.0.description.clone())
        }

        fn signer(&self, _: &KeyReference) -> Result<Arc<dyn Signer>, KeyError> {
            Ok(Arc::new(ToldKey(Arc::clone(&self.0))))
        }
    }

    fn pair(one: &Arc<Told>, two: &Arc<Told>) -> PairedStore {
        PairedStore::new(Arc::new(Store(Arc::clone(one))), Arc::new(Store(Arc::clone(two))))
    }

    #[test]
    fn the_second_stands_in_and_gives_back() {
        let (one, two) = (told("sdf:index=1", 1, Limits::default()), told("sdf:index=7", 1, Limits::default()));
        let key = one.description.reference.clone();
        let signer = pair(&one, &two).signer(&key).unwrap();
        assert_eq!(signer.description().reference, key);
        let request = SignRequest::new(Purpose::Stamper, ToSign::Message(b"m"), Moment::from_unix_seconds(0).unwrap());
        let counts = || (one.signed.load(SeqCst), two.signed.load(SeqCst));
        signer.sign(&request).unwrap();
        one.mood.store(LOST, SeqCst);
        signer.sign(&request).unwrap();
        signer.sign(&request).unwrap();
        assert_eq!(counts(), (1, 2));
        two.mood.store(LOST, SeqCst);
        let lost = signer.sign(&request).unwrap_err();
        assert!(matches!(&lost, KeyError::Lost { device, .. } if **device == *key.to_string()), "{lost}");
        one.mood.store(SOUND, SeqCst);
        signer.sign(&request).unwrap();
        // a lost answer is unknown: the other is not asked
        one.mood.store(SILENT, SeqCst);
        two.mood.store(SOUND, SeqCst);
        assert_eq!(signer.sign(&request).unwrap_err().class(), ErrorClass::Unknown);
        assert_eq!(counts(), (2, 2));
    }

    #[test]
    fn only_the_same_key_is_a_twin() {
        let one = told("sdf:index=1", 1, Limits::default());
        let key = one.description.reference.clone();
        let other = pair(&one, &told("sdf:index=1", 2, Limits::default()));
        assert!(matches!(other.signer(&key), Err(KeyError::Unknown(_))));
        assert!(other.list().unwrap().is_empty());
        let limited = Limits { most_uses: Some(5), ..Limits::default() };
        let refused = pair(&one, &told("sdf:index=1", 1, limited)).signer(&key).err().unwrap();
        assert!(matches!(refused, KeyError::Unsupported { driver: "pair", .. }), "{refused}");
    }
}

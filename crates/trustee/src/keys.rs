use veche_crypto::chaum_pedersen;
use veche_crypto::feldman::Polynomial;
use veche_crypto::group::{GroupError, Point, Scalar};
use veche_crypto::hash::{Digest, scalar};
use veche_crypto::schnorr;
use veche_crypto::signature::{PublicKey, SecretKey};
use veche_record::entry::{Commitments, Complaint, Confirm, Shares, Signed};
use veche_verify::Ceremony;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// The domain tags of what a trustee derives from its secret.
const TAG_COEFFICIENT: &str = "trustee-coefficient";
const TAG_COMMUNICATION: &str = "trustee-communication";

/// A trustee's communication key of one attempt:
/// `H("trustee-communication"; secret, genesis hash, attempt, trustee)`.
pub(crate) fn communication_key(
    secret: &Secret,
    ceremony: &Ceremony,
    trustee: u8,
) -> Result<SecretKey, GroupError> {
    key_of_attempt(secret, &ceremony.genesis(), ceremony.attempt(), trustee)
}

/// What a trustee's secret is called, to know it again: the public key of attempt 0, which no ceremony has, so that it
/// says nothing and is on no board.
pub(crate) fn name_of(secret: &Secret, genesis: &Digest, trustee: u8) -> Result<PublicKey, GroupError> {
    key_of_attempt(secret, genesis, 0, trustee).map(|key| key.public())
}

fn key_of_attempt(
    secret: &Secret,
    genesis: &Digest,
    attempt: u8,
    trustee: u8,
) -> Result<SecretKey, GroupError> {
    let fields: [&[u8]; 4] = [secret.bytes(), genesis.as_bytes(), &[attempt], &[trustee]];
    SecretKey::new(*Zeroizing::new(scalar(TAG_COMMUNICATION, &fields)))
}

/// A trustee's polynomials and communication key of one attempt. Wiped when dropped.
pub(crate) struct Keys {
    trustee: u8,
    communication: SecretKey,
    polynomials: Vec<Polynomial>,
}

impl Keys {
    /// Coefficient k of slot j is
    /// `H("trustee-coefficient"; secret, genesis hash, attempt, trustee, j, k)`, with j from 0 as u16
    /// and k from 0 as u8.
    pub fn derive(secret: &Secret, ceremony: &Ceremony, trustee: u8) -> Result<Self, GroupError> {
        let communication = communication_key(secret, ceremony, trustee)?;
        let (genesis, attempt) = (ceremony.genesis(), ceremony.attempt());
        let coefficient = |slot: u16, k: u8| {
            let fields: [&[u8]; 6] =
                [secret.bytes(), genesis.as_bytes(), &[attempt], &[trustee], &slot.to_le_bytes(), &[k]];
            scalar(TAG_COEFFICIENT, &fields)
        };
        let polynomial =
            |slot| Polynomial::new((0..ceremony.threshold()).map(|k| coefficient(slot, k)).collect());
        let polynomials = (0_u16..).take(ceremony.slots()).map(polynomial).collect();
        Ok(Keys { trustee, communication, polynomials })
    }

    pub fn public(&self) -> PublicKey {
        self.communication.public()
    }

    pub fn commit(&self, ceremony: &Ceremony) -> Result<Signed<Commitments>, GroupError> {
        let commitments =
            self.polynomials.iter().map(Polynomial::commitments).collect::<Result<Vec<_>, _>>()?;
        let context = Commitments::possession_context(
            &ceremony.genesis(),
            ceremony.attempt(),
            (ceremony.trustees(), ceremony.threshold()),
            // The limits of a manifest keep the number of slots far below 2^16.
            ceremony.slots() as u16,
            self.trustee,
            &self.public(),
        );
        let secrets: Vec<&Scalar> = self.polynomials.iter().flat_map(Polynomial::coefficients).collect();
        let points: Vec<Point> = commitments.iter().flatten().copied().collect();
        let content = Commitments {
            attempt: ceremony.attempt(),
            trustee: self.trustee,
            communication: self.public(),
            possession: schnorr::Proof::prove(&context, &secrets, &points)?,
            commitments,
        };
        Signed::new(content, &self.communication, &ceremony.genesis())
    }

    /// The Diffie–Hellman value with another trustee.
    fn shared(&self, ceremony: &Ceremony, other: u8) -> Option<Point> {
        let other = ceremony.commitments(other)?.communication;
        self.communication.diffie_hellman(&other).ok()
    }

    pub fn deal(&self, ceremony: &Ceremony) -> Option<Signed<Shares>> {
        let encrypt = |recipient: u8| {
            let pads = ceremony.pads(self.trustee, recipient, &self.shared(ceremony, recipient)?)?;
            let shares =
                self.polynomials.iter().map(|polynomial| Zeroizing::new(polynomial.share(recipient)));
            Some(shares.zip(pads).map(|(share, pad)| *share + pad).collect())
        };
        let recipients = (1..=ceremony.trustees()).filter(|recipient| *recipient != self.trustee);
        let content = Shares {
            attempt: ceremony.attempt(),
            dealer: self.trustee,
            round: ceremony.round_hash()?,
            encrypted: recipients.map(encrypt).collect::<Option<_>>()?,
        };
        Signed::new(content, &self.communication, &ceremony.genesis()).ok()
    }

    /// What a dealer gave this trustee, or `None` when it is not what the dealer committed to.
    pub fn received(&self, ceremony: &Ceremony, dealer: u8) -> Option<Zeroizing<Vec<Scalar>>> {
        if dealer == self.trustee {
            let own = self.polynomials.iter().map(|polynomial| polynomial.share(dealer));
            return Some(Zeroizing::new(own.collect()));
        }
        let shared = self.shared(ceremony, dealer)?;
        let shares = Zeroizing::new(ceremony.decrypt_shares(dealer, self.trustee, &shared)?);
        ceremony.verify_shares(dealer, self.trustee, &shares).ok().map(|()| shares)
    }

    pub fn complain(&self, ceremony: &Ceremony, dealer: u8) -> Option<Signed<Complaint>> {
        let other = ceremony.commitments(dealer)?.communication;
        let context = ceremony.complaint_context(self.trustee, dealer)?;
        let statement = chaum_pedersen::Statement {
            context: &context,
            alpha: other.point(),
            betas: &[],
            shares: &[*self.public().point()],
        };
        let (shared, proof) = self
            .communication
            .with_scalar(|scalar| chaum_pedersen::decrypt(&statement, std::slice::from_ref(scalar)))
            .ok()?;
        let content = Complaint {
            attempt: ceremony.attempt(),
            complainer: self.trustee,
            dealer,
            shares: ceremony.shares_hash(dealer)?,
            shared: *shared.first()?,
            proof,
        };
        Signed::new(content, &self.communication, &ceremony.genesis()).ok()
    }

    pub fn confirm(&self, ceremony: &Ceremony, transcript: Digest) -> Option<Signed<Confirm>> {
        let content = Confirm { attempt: ceremony.attempt(), trustee: self.trustee, transcript };
        Signed::new(content, &self.communication, &ceremony.genesis()).ok()
    }

    /// The sum of what all dealers gave this trustee, or who gave it something false.
    pub fn combine(&self, ceremony: &Ceremony) -> Result<Zeroizing<Vec<Scalar>>, u8> {
        let mut sum = Zeroizing::new(vec![Scalar::ZERO; ceremony.slots()]);
        for dealer in 1..=ceremony.trustees() {
            let shares = self.received(ceremony, dealer).ok_or(dealer)?;
            sum.iter_mut().zip(shares.iter()).for_each(|(sum, share)| *sum += share);
        }
        Ok(sum)
    }

    pub fn into_communication(self) -> SecretKey {
        self.communication
    }
}

use zeroize::Zeroizing;

/// The platform gave no randomness. Nothing is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this device's random source gave nothing usable; restart the browser or use another device")]
pub struct DeadRandomSource;

/// 32 bytes of the platform's randomness, used once and wiped.
pub struct Randomness(Zeroizing<[u8; 32]>);

impl Randomness {
    /// Takes the bytes. A source that is dead gives bytes that are all equal, zeros above all; a
    /// working one does so with probability 2⁻²⁴⁸.
    ///
    /// # Errors
    /// [`DeadRandomSource`].
    pub fn new(bytes: [u8; 32]) -> Result<Self, DeadRandomSource> {
        let bytes = Zeroizing::new(bytes);
        let first = bytes.first();
        if bytes.iter().all(|byte| Some(byte) == first) {
            return Err(DeadRandomSource);
        }
        Ok(Randomness(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

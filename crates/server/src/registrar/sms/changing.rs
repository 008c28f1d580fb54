//! A gateway that another one can take the place of while the server runs.

use std::sync::{Arc, PoisonError, RwLock};

use super::{Sending, SmsGateway, SmsMessage};

/// A gateway that another one can take the place of. What is under way ends with the one it began with.
pub struct ChangingGateway(RwLock<Arc<dyn SmsGateway>>);

impl ChangingGateway {
    /// Begins with this one.
    pub fn new(gateway: Arc<dyn SmsGateway>) -> Self {
        ChangingGateway(RwLock::new(gateway))
    }

    /// Takes another one from the next message on.
    pub fn set(&self, gateway: Arc<dyn SmsGateway>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = gateway;
    }
}

impl SmsGateway for ChangingGateway {
    fn send<'a>(&'a self, message: &'a SmsMessage) -> Sending<'a> {
        let now = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        Box::pin(async move { now.send(message).await })
    }
}

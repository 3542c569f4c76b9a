//! Whose wrong guesses are counted together, of a request: its network, and the device at which its session is, a
//! kiosk's or a window's, whoever uses that.

use super::{AppState, Problem, asker::network_of};
use crate::flow::{devices, tries::Guesser};
use actix_web::HttpRequest;

/// Who asks, for pages that anybody may ask. A session is looked at for its device alone.
///
/// # Errors
/// What the register says.
pub(super) async fn guesser(request: &HttpRequest, state: &AppState) -> Result<Guesser, Problem> {
    Ok(Guesser::from(network_of(request)).at(device(request, state).await?.as_deref()))
}

/// The same where the network is counted already, by the table of routes (`web::asker`).
///
/// # Errors
/// What the register says.
pub(super) async fn at_device(request: &HttpRequest, state: &AppState) -> Result<Guesser, Problem> {
    Ok(Guesser::default().at(device(request, state).await?.as_deref()))
}

async fn device(request: &HttpRequest, state: &AppState) -> Result<Option<String>, Problem> {
    let Some(Some(secret)) = state.cookies().read(request.headers()) else { return Ok(None) };
    state.in_office(move |office, now| devices::of_session(&office.store, &secret, now)).await
}

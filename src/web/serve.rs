//! Starting and stopping the service.

use super::{AppState, Problem, auth, edge, further, health, pages, routes};
use crate::config::Timeouts;
use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::{Server, ServerHandle},
    middleware::from_fn,
    rt, web,
};
use std::{
    io,
    net::SocketAddr,
    panic,
    sync::mpsc,
    thread::{self, JoinHandle},
    time::Duration,
};

/// Serves until told to stop (SIGTERM finishes running requests). Once the
/// sockets listen, `listening` is called with the public and the separate address.
///
/// # Errors
/// When an address cannot be bound or the system gives no thread.
pub fn serve(
    state: AppState,
    listening: impl FnOnce(SocketAddr, Option<SocketAddr>) -> io::Result<()>,
) -> io::Result<()> {
    run(state, true, |public, admin, _| listening(public, admin))
}

/// A service on a thread of its own, beside other work of the process: signals are not its.
pub struct Running {
    address: SocketAddr,
    handle: ServerHandle,
    thread: JoinHandle<io::Result<()>>,
}

impl Running {
    /// Starts it; it listens when this returns.
    ///
    /// # Errors
    /// When an address cannot be bound or the system gives no thread.
    pub fn start(state: AppState) -> io::Result<Self> {
        let (tell, told) = mpsc::channel();
        let serving =
            move || run(state, false, |public, _, handle| tell.send((public, handle)).map_err(io::Error::other));
        let thread = thread::Builder::new().name("serve".to_owned()).spawn(serving)?;
        match told.recv() {
            Ok((address, handle)) => Ok(Self { address, handle, thread }),
            Err(_) => match thread.join() {
                Ok(Err(error)) => Err(error),
                _ => Err(io::Error::other("the service did not start")),
            },
        }
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it, running requests first.
    ///
    /// # Errors
    /// What it ended with.
    pub fn stop(self) -> io::Result<()> {
        rt::System::new().block_on(self.handle.stop(true));
        self.thread.join().map_err(|_| io::Error::other("the service panicked"))?
    }
}

fn run(
    state: AppState,
    heeds_signals: bool,
    listening: impl FnOnce(SocketAddr, Option<SocketAddr>, ServerHandle) -> io::Result<()>,
) -> io::Result<()> {
    report_panics_without_their_text();
    rt::System::new().block_on(async move {
        let serve = state.serve().clone();
        let (public, address) = public_server(&state, heeds_signals, serve.listen, &serve.timeouts)?;
        let handle = public.handle();
        let admin = serve.admin_listen.map(|at| admin_server(&state, at, &serve.timeouts)).transpose()?;
        let admin_address = admin.as_ref().map(|(_, address)| *address);
        let admin = admin.map(|(server, _)| (server.handle(), rt::spawn(server)));
        let public = rt::spawn(public);
        // Its first step installs the handlers of signals: only then is it true that it can be told to stop.
        tokio::task::yield_now().await;
        tracing::info!(%address, "listening");
        if serve.trusted_proxies.is_empty() {
            tracing::warn!(
                "no proxy is trusted (serve.trusted_proxies): who asks through one counts as its address, and requests of \
                 this machine are not limited"
            );
        }
        listening(address, admin_address, handle)?;

        // The separate address outlives the public one: it is watched while requests finish.
        let outcome = public.await.map_err(io::Error::other).flatten();
        tracing::info!("stopped taking requests");
        if let Some((handle, running)) = admin {
            handle.stop(false).await;
            let _ = running.await;
        }
        outcome
    })
}

fn public_server(
    state: &AppState,
    heeds_signals: bool,
    at: SocketAddr,
    waits: &Timeouts,
) -> io::Result<(Server, SocketAddr)> {
    let shared = web::Data::new(state.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            // the last one wrapped is the first to be passed
            .wrap(from_fn(auth::guard))
            .wrap(from_fn(further::further))
            .wrap(from_fn(edge::edge))
            .configure(routes::configure)
            .default_service(web::to(no_page_here))
    })
    .keep_alive(Duration::from_secs(waits.keep_alive_seconds.into()))
    .client_request_timeout(Duration::from_secs(waits.head_seconds.into()))
    .client_disconnect_timeout(Duration::from_secs(5))
    // A client that has closed its side is gone: what it waited for is abandoned.
    .h1_allow_half_closed(false)
    .shutdown_timeout(waits.shutdown_seconds.into());
    let server = if heeds_signals { server } else { server.disable_signals() };
    let server = server.bind(at)?;
    started(server.addrs().first().copied(), server.run())
}

fn admin_server(state: &AppState, at: SocketAddr, waits: &Timeouts) -> io::Result<(Server, SocketAddr)> {
    let shared = web::Data::new(state.clone());
    let server = HttpServer::new(move || {
        App::new().app_data(shared.clone()).configure(health::configure_admin).default_service(web::to(nothing_here))
    })
    .workers(1)
    .client_request_timeout(Duration::from_secs(waits.head_seconds.into()))
    .disable_signals()
    .bind(at)?;
    started(server.addrs().first().copied(), server.run())
}

fn started(address: Option<SocketAddr>, server: Server) -> io::Result<(Server, SocketAddr)> {
    Ok((server, address.ok_or_else(|| io::Error::other("no address was bound"))?))
}

async fn no_page_here(request: HttpRequest) -> HttpResponse {
    pages::refused(&request, &Problem::not_found())
}

async fn nothing_here() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}

/// A panic's text may hold what a document says; its place is enough.
fn report_panics_without_their_text() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panicked");
    }));
}

//! Issuing, acting, standing: the flows over real registers and real keys.

mod acts;
mod crash;
mod orders;
mod refused;
